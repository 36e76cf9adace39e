package cli

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/load"
)

// What the sandbox plays where nothing says otherwise.
const (
	sandboxAccount = "012345678901"
	sandboxRegion  = "us-west-2"
	sandboxAddress = "127.0.0.1:4566"
	// sandboxExecutionRole is the one that AWS's own console makes.
	sandboxExecutionRole = "ecsTaskExecutionRole"
)

type sandboxFlags struct {
	listen, account, region string
	faults                  faultFlags
	lag, roleDelay          time.Duration
	eventDelay              time.Duration
	enforceIAM              bool
}

func (a *app) sandboxCommand() *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use: "sandbox", Short: "Serve the embedded AWS to any client", Args: noArguments,
		Long: `Serve the embedded AWS over HTTP until interrupted. Point any client at it by
AWS_ENDPOINT_URL=http://ADDRESS, with any credentials. Its state is the one that
--sandbox uses for the same account; without a deploy_config it is kept in the
working directory. What was answered outlives the process, even one that is
killed; against a power cut only what was there when it started is safe, and all
of it once it has ended.

--lag and --role-delay make it as late as AWS, where a list may miss what was
just written and a new role cannot be used at once.

Changes of secrets, roles, task definitions, services and parameters become
events, as CloudTrail tells of them, for the queues to which rules of EventBridge
send them; --event-delay says how late.

--faults makes calls fail as they do on AWS: a share of all of them, as in
--faults 10%, or rules such as

  rate=0.1 kind=reset-after match=secretsmanager:*
  kind=throttle nth=3; kind=latency delay=100ms-2s match=ecs:*

of the kinds latency, skew, expired, throttle, error, reset-before, reset-after,
slow-body and truncate. GET, PUT and DELETE /_sandbox/faults show, set and end
them while it runs.

With --enforce-iam, credentials count: those of users and sessions that IAM and
STS gave out, and of an administrator,
AWS_ACCESS_KEY_ID=` + sandbox.AdminKey + `
AWS_SECRET_ACCESS_KEY=` + sandbox.AdminSecret + `

The commands below work on the sandbox that --url names; else on the folder that
--sandbox names; else on the one that serves the account on http://` + sandboxAddress + `,
if there is one; else on the folder that would be served here.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd, f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", sandboxAddress, "`ADDRESS` to listen on")
	cmd.Flags().StringVar(&f.account, "account", sandboxAccount, "the account it plays")
	cmd.Flags().StringVar(&f.region, "region", sandboxRegion, "the region of callers that name none")
	cmd.Flags().BoolVar(&f.enforceIAM, "enforce-iam", false, "let callers do what their policies allow, and nothing else")
	f.faults.register(cmd.Flags())
	cmd.Flags().DurationVar(&f.lag, "lag", 0, "how late lists may be, such as 30s; AWS documents up to 5m of secrets")
	cmd.Flags().DurationVar(&f.roleDelay, "role-delay", 0, "how long a new or changed role may be refused, such as 10s")
	cmd.Flags().DurationVar(&f.eventDelay, "event-delay", 300*time.Millisecond, "how long after a change its event reaches EventBridge's targets")
	cmd.AddCommand(a.sandboxReset(), a.sandboxDump(), a.sandboxLoad(), a.sandboxEnv())
	return cmd
}

func (a *app) serve(cmd *cobra.Command, f sandboxFlags) (err error) {
	if f.lag < 0 || f.roleDelay < 0 || f.eventDelay < 0 {
		return &report.UsageError{Message: "--lag, --role-delay or --event-delay is less than nothing", Hint: "want a duration such as 30s"}
	}
	dir, err := a.sandboxDir()
	if err != nil {
		return err
	}
	opts := sandbox.Options{Account: f.account, Region: f.region, Dir: filepath.Join(dir, f.account), KMSKeys: []string{"*"},
		Lag: f.lag, RoleDelay: f.roleDelay, EventDelay: f.eventDelay, EnforceIAM: f.enforceIAM}
	closeLog, err := a.faultOptions(f.faults, &opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	server, err := sandbox.New(opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", f.listen, err)
	}
	fmt.Fprintf(a.Stderr, "serving AWS account %s on http://%s (state in %s); stop with ctrl-c\n", f.account, listener.Addr(), filepath.Join(dir, f.account))
	if len(opts.Faults) > 0 {
		fmt.Fprintf(a.Stderr, "calls fail by %d rules, drawn by --seed %d\n", len(opts.Faults), server.Faults().Seed)
	}
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
