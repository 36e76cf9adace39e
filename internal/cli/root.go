package cli

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/load/vaultpass"
)

const about = `reconciler makes AWS what your deploy_config says: Secrets Manager secrets,
parameters, IAM task roles with their trust, and ECS task definitions.

  reconciler plan staging       what apply would do; writes nothing
  reconciler apply staging      does it
  reconciler daemon staging     keeps it so

Without an AWS account, add --sandbox. ENV may be left out where
DEPLOYMENT_ENVIRONMENT names it, and every flag also reads RECONCILER_<FLAG>.`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use: "reconciler", Short: "Converge secrets, task roles and task definitions on AWS ECS", Long: about,
		SilenceErrors: true, SilenceUsage: true, SuggestionsMinimumDistance: 2,
		Args:              refuseUnknown,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.prepare(cmd) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	root.SetFlagErrorFunc(badFlag)
	a.global.register(root)
	cobra.CheckErr(root.RegisterFlagCompletionFunc("task", a.completeTask))
	root.AddCommand(a.initCommand(), a.importCommand(), a.validateCommand(), a.renderCommand(), a.schemaCommand(), a.planCommand(), a.applyCommand(), a.daemonCommand(), a.statusCommand(),
		a.suspendCommand(), a.resumeCommand(), a.fingerprintCommand(), a.vaultCommand(), a.execCommand(), a.sandboxCommand(), a.iamPolicyCommand(), a.versionCommand())
	return root
}

// refuseUnknown names the commands that a mistyped one may have meant.
func refuseUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see " + cmd.CommandPath() + " --help"
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		hint = "did you mean " + strings.Join(like, " or ") + "?"
	}
	return &report.UsageError{Message: fmt.Sprintf("there is no command %q", args[0]), Hint: hint}
}

// app is one run of the program.
type app struct {
	Process
	global global
	asking atomic.Bool // whether a question waits for its answer
	commit string      // that the spec is of, where no git tells; ""
	// unlocked is where the vault passwords of an environment come from.
	unlocked struct {
		environment string
		passwords   *vaultpass.Sources
		store       *passwordStore
	}
}

// prepare fills flags from the environment and checks them.
func (a *app) prepare(cmd *cobra.Command) error {
	a.say(a.strays(cmd.Root()))
	if err := a.fill(cmd); err != nil {
		return err
	}
	return a.global.check()
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
		return &report.UsageError{Message: fmt.Sprintf("%s takes one environment, not %s", cmd.CommandPath(), strings.Join(args, " ")), Hint: detached(cmd)}
	}
	return nil
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &report.UsageError{Message: fmt.Sprintf("%s takes no arguments, not %s", cmd.CommandPath(), strings.Join(args, " ")), Hint: detached(cmd)}
	}
	return nil
}

// detached is the hint for who put the folder of --sandbox into a word of its
// own; "" where that cannot be.
func detached(cmd *cobra.Command) string {
	if f := cmd.Flags().Lookup("sandbox"); f == nil || f.Value.String() != f.NoOptDefVal {
		return ""
	}
	return "a folder for --sandbox follows a =, as in --sandbox=DIR"
}
