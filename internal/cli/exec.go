package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/inject"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

func (a *app) execCommand() *cobra.Command {
	var compat bool
	var locations []string
	cmd := &cobra.Command{
		Use: "exec [-- COMMAND [ARGUMENT…]]", Short: "Run a command with what its env locations hold",
		Long: `Run a command with the environment that proc_wrapper would give it, without
Python: what PROC_WRAPPER_ENV_LOCATIONS and PROC_WRAPPER_CONFIG_LOCATIONS name,
and the variables whose names end in _FOR_PROC_WRAPPER_TO_RESOLVE. The other
PROC_WRAPPER_ variables about env locations count as well. The command is the
one after --, or PROC_WRAPPER_TASK_COMMAND.

What cannot be fetched fails before the command runs; with --compat it runs
without it, as proc_wrapper lets it. The exit code is the command's; 127 when it
is not found, 126 when it cannot be run, 1 when its environment cannot be made.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at > 0 || at < 0 && len(args) > 0 {
				return &report.UsageError{Message: "exec takes its command after --", Hint: "as in `reconciler exec -- python main.py`"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.exec(cmd.Context(), args, locations, compat) },
	}
	cmd.Flags().BoolVar(&compat, "compat", false, "run without what cannot be fetched, as proc_wrapper does")
	cmd.Flags().StringArrayVar(&locations, "env-location", nil, "`LOCATION` to read after those of PROC_WRAPPER_ENV_LOCATIONS (repeatable)")
	return cmd
}

func (a *app) exec(ctx context.Context, args, locations []string, compat bool) error {
	if a.global.sandbox != "" {
		return &report.UsageError{Message: "exec reaches AWS by AWS_ENDPOINT_URL", Hint: "run `reconciler sandbox`, and `eval $(reconciler sandbox env)`"}
	}
	p, err := inject.ParamsFrom(a.Environ)
	if err != nil {
		return err
	}
	p.EnvLocations, p.Compat = append(p.EnvLocations, locations...), compat
	if len(args) == 0 {
		if args, err = p.Argv(); err != nil {
			return &spec.Error{Message: "PROC_WRAPPER_TASK_COMMAND: " + err.Error(), Hint: "write it as a shell would take it"}
		}
	}
	if len(args) == 0 {
		return &report.UsageError{Message: "exec runs a command, and there is none", Hint: "give it after --, or in PROC_WRAPPER_TASK_COMMAND"}
	}
	r := inject.Resolver{Config: a.regional, Now: time.Now, Warn: func(text string) { fmt.Fprintf(a.Stderr, "warning: %s\n", text) }}
	environ, err := r.Resolve(ctx, p, a.Environ)
	if err != nil {
		return fmt.Errorf("the command was not run: %w", err)
	}
	return a.become(inject.Command{Args: args, Environ: environ, Dir: p.Dir, Timeout: p.Timeout, Grace: p.Grace})
}

// become runs the command, which takes over the signals, the terminal and the
// exit code.
func (a *app) become(c inject.Command) error {
	a.asking.Store(true)
	status, err := inject.Run(c)
	if err != nil {
		complain(a.Stderr, err)
	}
	return exit(status)
}

// regional reaches AWS in a region, "" for the SDK's own.
func (a *app) regional(ctx context.Context, region string) (aws.Config, error) {
	log, err := a.logger()
	if err != nil {
		return aws.Config{}, err
	}
	s, err := awsapi.Open(ctx, awsapi.Options{Region: region, AssumeRoleARN: a.global.assumeRoleARN, SessionName: "reconciler", Log: log})
	if err != nil {
		return aws.Config{}, err
	}
	return s.Config, nil
}
