package cli

import (
	"fmt"
	"net"
	"path/filepath"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/spec/load"
)

// What the sandbox plays where nothing says otherwise.
const (
	sandboxAccount = "012345678901"
	sandboxRegion  = "us-west-2"
	// sandboxExecutionRole is the one that AWS's own console makes.
	sandboxExecutionRole = "ecsTaskExecutionRole"
)

type sandboxFlags struct {
	listen, account, region string
	enforceIAM              bool
}

func (a *app) sandboxCommand() *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Serve the embedded AWS to any client", Args: noArguments,
		Long: `Serve the embedded AWS over HTTP until interrupted. Point any client at it by
AWS_ENDPOINT_URL=http://ADDRESS, with any credentials. Its state is the one that
--sandbox uses for the same account; without a deploy_config it is kept in the
working directory.

With --enforce-iam, credentials count: those of users and sessions that IAM and
STS gave out, and of an administrator,
AWS_ACCESS_KEY_ID=` + sandbox.AdminKey + `
AWS_SECRET_ACCESS_KEY=` + sandbox.AdminSecret,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd, f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:4566", "`ADDRESS` to listen on")
	cmd.Flags().StringVar(&f.account, "account", sandboxAccount, "the account it plays")
	cmd.Flags().StringVar(&f.region, "region", sandboxRegion, "the region of callers that name none")
	cmd.Flags().BoolVar(&f.enforceIAM, "enforce-iam", false, "let callers do what their policies allow, and nothing else")
	return cmd
}

func (a *app) serve(cmd *cobra.Command, f sandboxFlags) error {
	dir, err := a.sandboxDir()
	if err != nil {
		return err
	}
	server, err := sandbox.New(sandbox.Options{Account: f.account, Region: f.region, Dir: filepath.Join(dir, f.account), KMSKeys: []string{"*"},
		EnforceIAM: f.enforceIAM})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", f.listen, err)
	}
	fmt.Fprintf(a.Stderr, "serving AWS account %s on http://%s (state in %s); stop with ctrl-c\n", f.account, listener.Addr(), filepath.Join(dir, f.account))
	return server.Serve(cmd.Context(), listener)
}

// sandboxDir is where the sandbox keeps its state: the folder that is named, or
// one beside deploy_config, which is the same from wherever it is called.
func (a *app) sandboxDir() (string, error) {
	if named := a.global.sandbox; named != "" && named != besideDeployConfig {
		return a.path(named)
	}
	dir, err := a.WorkDir()
	if err != nil {
		return "", fmt.Errorf("cannot tell the working directory: %w", err)
	}
	if found, err := load.Find(load.Options{Dir: a.global.deployConfig, WorkDir: dir}); err == nil {
		dir = filepath.Dir(found)
	}
	return filepath.Join(dir, filepath.FromSlash(sandboxState)), nil
}
