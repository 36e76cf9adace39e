package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecs-reconciler/pkg/report"
)

const about = `reconciler makes AWS what your deploy_config says: Secrets Manager secrets,
IAM task roles with their trust, and ECS task definitions.

  reconciler plan staging       what apply would do; writes nothing
  reconciler apply staging      does it

Without an AWS account, add --sandbox. ENV may be left out where
DEPLOYMENT_ENVIRONMENT names it, and every flag also reads RECONCILER_<FLAG>.`

func newRoot(p Process) *cobra.Command {
	a := &app{Process: p}
	root := &cobra.Command{
		Use: "reconciler", Short: "Converge secrets, task roles and task definitions on AWS ECS", Long: about,
		SilenceErrors: true, SilenceUsage: true, SuggestionsMinimumDistance: 2,
		Args:              refuseUnknown,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.prepare(cmd) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &report.UsageError{Message: err.Error(), Hint: "see " + cmd.CommandPath() + " --help"}
	})
	a.global.register(root)
	root.AddCommand(a.initCommand(), a.validateCommand(), a.renderCommand(), a.schemaCommand(), a.planCommand(), a.applyCommand(),
		a.sandboxCommand(), a.iamPolicyCommand(), versionCommand())
	return root
}

// refuseUnknown names the commands that a mistyped one may have meant.
func refuseUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see reconciler --help"
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		hint = "did you mean " + strings.Join(like, " or ") + "?"
	}
	return &report.UsageError{Message: fmt.Sprintf("there is no command %q", args[0]), Hint: hint}
}

// app is one run of the program.
type app struct {
	Process
	global global
}

// prepare fills flags from the environment and checks them.
func (a *app) prepare(cmd *cobra.Command) error {
	var bad error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if bad == nil && !f.Changed {
			bad = a.fromEnv(cmd, f)
		}
	})
	if bad != nil {
		return bad
	}
	return a.global.check()
}

// fromEnv gives a flag the value of RECONCILER_<FLAG>.
func (a *app) fromEnv(cmd *cobra.Command, f *pflag.Flag) error {
	name := "RECONCILER_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
	value, ok := a.Env(name)
	if !ok || value == "" || f.Name == "help" {
		return nil
	}
	if f.NoOptDefVal != "" && (value == "1" || value == "true") {
		value = f.NoOptDefVal // as the flag alone, without a value
	}
	if err := cmd.Flags().Set(f.Name, value); err != nil {
		return &report.UsageError{Message: fmt.Sprintf("%s=%q: %v", name, value, err)}
	}
	return nil
}

// environment is the ENV argument, or what stands in for it.
func (a *app) environment(args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	if env, ok := a.Env("DEPLOYMENT_ENVIRONMENT"); ok && env != "" {
		return env, nil
	}
	return "", &report.UsageError{Message: "which environment?", Hint: "name it, as in `reconciler plan staging`, or set DEPLOYMENT_ENVIRONMENT"}
}

// oneEnvironment is the Args of commands that take ENV.
func oneEnvironment(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return &report.UsageError{Message: fmt.Sprintf("%s takes one environment, not %s", cmd.CommandPath(), strings.Join(args, " "))}
	}
	return nil
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &report.UsageError{Message: fmt.Sprintf("%s takes no arguments, not %s", cmd.CommandPath(), strings.Join(args, " "))}
	}
	return nil
}
