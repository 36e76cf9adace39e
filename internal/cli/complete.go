package cli

import (
	"context"

	"github.com/spf13/cobra"

	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/load"
)

// A shell asks for completions in the middle of a line, so whatever goes wrong
// is silence, and no program that prints a password is run.

// completeEnvironment offers the environments of deploy_config as ENV.
func (a *app) completeEnvironment(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	o, err := a.glance(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names, err := load.Environments(o)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeTask offers the tasks of the environment that the line names so far.
func (a *app) completeTask(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if cmd.Name() == iamPolicy && len(args) > 0 {
		args = args[1:]
	}
	o, err := a.glance(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if o.Environment, err = a.environment(args); err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	d, err := load.Load(cmd.Context(), o)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return taskNames(d), cobra.ShellCompDirectiveNoFileComp
}

// glance is how the spec is read for a completion: without passwords.
func (a *app) glance(cmd *cobra.Command) (load.Options, error) {
	if err := a.fill(cmd); err != nil {
		return load.Options{}, err
	}
	dir, err := a.WorkDir()
	region, account, role := a.place()
	return load.Options{
		Dir: a.global.deployConfig, WorkDir: dir, Env: a.Env, Region: region, Account: account, ExecutionRole: role, Version: version,
		Keys:      a.keys(dir).Keys,
		Passwords: func(context.Context) ([]ansiblevault.Password, error) { return nil, nil },
		Signature: func(context.Context) (string, error) { return "completion", nil },
	}, err
}
