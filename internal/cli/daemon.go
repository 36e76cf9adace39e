package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/report"
)

const aboutDaemon = `Keep what the specs of each ENV say true, until interrupted. Everything is looked at
each --interval, and what changed of the specs at once; what differs is put right as
` + "`reconciler apply`" + ` would. A task that fails is tried again ever less often, and one
that fails for good when its spec or its objects change. Specs that cannot be read
leave the last good ones in force.

An object that another writer changes back three times in ten minutes is left alone
for as long, and reported. Tasks that ` + "`reconciler suspend`" + ` names are left alone.

SIGHUP reads the specs and the passwords of vaults again. With --sandbox, the
embedded AWS is served to other clients too.`

// The bounds of what a task waits for after it failed.
const (
	firstBackoff = 5 * time.Second
	mostBackoff  = 5 * time.Minute
)

// daemonGrace is how long the write in hand may take once the daemon is to end.
const daemonGrace = 20 * time.Second

func (a *app) daemonCommand() *cobra.Command {
	var f daemonFlags
	cmd := &cobra.Command{
		Use: "daemon [ENV...]", Short: "Keep what the specs say true", Long: aboutDaemon, ValidArgsFunction: a.completeEnvironment,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return a.daemon(cmd, args, f) },
	}
	f.register(cmd)
	cmd.AddCommand(a.daemonCheckCommand(), a.daemonMembersCommand(), a.printEventsTemplateCommand())
	return cmd
}

func (a *app) daemon(cmd *cobra.Command, args []string, f daemonFlags) (err error) {
	o, err := f.policy.options()
	if err != nil {
		return err
	}
	names, err := a.environments(args)
	if err != nil {
		return err
	}
	if f.policy.prune && (len(a.global.tasks) > 0 || len(a.global.labels) > 0) {
		return &report.UsageError{Message: "--prune looks at everything", Hint: "leave out --task and --selector"}
	}
	if !cmd.Flags().Changed("log-level") {
		a.global.logLevel = "info"
	}
	if o.Log, err = a.logger(); err != nil {
		return err
	}
	o.Parallelism = a.global.parallelism
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	return a.run(ctx, names, o, f)
}

// run starts what a daemon consists of, and ends it in the reverse order.
func (a *app) run(ctx context.Context, names []string, o daemon.Options, f daemonFlags) (err error) {
	w, err := a.watcher(f.watch, o.Log)
	if err != nil {
		return err
	}
	w.options(&o)
	specs, err := a.specs(f.source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, specs.Close()) }()
	served := &sandboxes{app: a, listen: f.source.sandboxServe}
	defer func() { err = errors.Join(err, served.close()) }()

	d := daemon.New(o)
	environments := a.kept(names, o, specs, served, w)
	// What watches outlives what is watched.
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	var others sync.WaitGroup
	defer others.Wait()
	defer stop()
	if err := w.start(beside, &others, d, f.watch); err != nil {
		return err
	}
	others.Go(func() { specs.Watch(beside, d.Reload) })
	others.Go(func() { hangUp(beside, environments, d) })
	if err := a.listen(beside, &others, d, f.events, o.Log); err != nil {
		return err
	}
	return a.keep(ctx, d, environments, f.members, w, o.Log)
}

// environments are the ENV arguments, or what stands in for them, each once.
func (a *app) environments(args []string) ([]string, error) {
	if len(args) == 0 {
		one, err := a.environment(args)
		return []string{one}, err
	}
	names := slices.Compact(slices.Sorted(slices.Values(args)))
	if len(names) < len(args) {
		return nil, &report.UsageError{Message: "an environment is named twice: " + strings.Join(args, " ")}
	}
	return names, nil
}

// hangUp reads everything again at each SIGHUP.
func hangUp(ctx context.Context, environments []*keptEnvironment, d *daemon.Daemon) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	defer signal.Stop(signals)
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
			for _, k := range environments {
				k.log.Info("reading the specs again")
				k.lock()
			}
			d.Reload()
		}
	}
}

// keep works every environment at once, until ctx ends; with members, those
// that this one has.
func (a *app) keep(ctx context.Context, d *daemon.Daemon, environments []*keptEnvironment, m membership, w *watcher, log *zap.Logger) error {
	if m.members != "" {
		return a.share(ctx, d, environments, m, w, log)
	}
	var all sync.WaitGroup
	errs := make([]error, len(environments))
	for i, k := range environments {
		all.Go(func() { errs[i] = d.Keep(ctx, k, nil) })
	}
	all.Wait()
	return errors.Join(errs...)
}
