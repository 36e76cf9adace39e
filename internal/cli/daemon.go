package cli

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

const aboutDaemon = `Keep what the specs of each ENV say true, until interrupted. Everything is looked at
each --interval, and what changed of the specs at once; what differs is put right as
` + "`reconciler apply`" + ` would. A task that fails is tried again ever less often, and one
that fails for good when its spec or its objects change. Specs that cannot be read
leave the last good ones in force.

An object that another writer changes back three times in ten minutes is left alone
for as long, and reported. Tasks that ` + "`reconciler suspend`" + ` names are left alone.

With --sandbox, the embedded AWS is served to other clients too.`

// The bounds of what a task waits for after it failed.
const (
	firstBackoff = 5 * time.Second
	mostBackoff  = 5 * time.Minute
)

// daemonGrace is how long the write in hand may take once the daemon is to end.
const daemonGrace = 20 * time.Second

type daemonFlags struct {
	interval      time.Duration
	drift         string
	window        string
	prune, adopt  bool
	maxDeletes    int
	maxWrites     int
	sandboxListen string
}

func (a *app) daemonCommand() *cobra.Command {
	var f daemonFlags
	cmd := &cobra.Command{
		Use: "daemon [ENV...]", Short: "Keep what the specs say true", Long: aboutDaemon, ValidArgsFunction: a.completeEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return a.daemon(cmd, args, f) },
	}
	f.register(cmd)
	return cmd
}

func (f *daemonFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.DurationVar(&f.interval, "interval", 5*time.Minute, "how often to look at everything")
	fs.StringVar(&f.drift, "drift", "", "do no more about drift than this, whatever tasks say: correct, report or ignore")
	fs.StringVar(&f.window, "window", "", "change things only then, as in `\"Mon-Fri 09:00-17:00 Europe/Berlin\"` (default: always)")
	fs.BoolVar(&f.prune, "prune", false, "also delete what is ours and no longer declared")
	fs.BoolVar(&f.adopt, "adopt", false, "take over objects that are nobody's")
	fs.IntVar(&f.maxDeletes, "max-deletes", 10, "delete nothing when more than this many objects would be in one interval")
	fs.IntVar(&f.maxWrites, "max-writes-per-cycle", 0, "write nothing when more than this many objects would be in one interval (default: any number)")
	fs.StringVar(&f.sandboxListen, "sandbox-listen", sandboxAddress, "`ADDRESS` to serve the embedded AWS on, with --sandbox")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("drift", cobra.FixedCompletions([]string{"correct", "report", "ignore"}, cobra.ShellCompDirectiveNoFileComp)))
}

// options are what the flags say, checked.
func (f *daemonFlags) options() (daemon.Options, error) {
	o := daemon.Options{Interval: f.interval, Drift: spec.Drift(f.drift), Prune: f.prune, Adopt: f.adopt, MaxDeletes: f.maxDeletes, MaxWrites: f.maxWrites,
		Grace: daemonGrace, Backoff: daemon.Backoff{First: firstBackoff, Most: mostBackoff}, Now: time.Now, Sleep: sleep, Jitter: rand.Float64}
	drifts := []spec.Drift{"", spec.DriftCorrect, spec.DriftReport, spec.DriftIgnore}
	switch {
	case f.interval < time.Second:
		return o, &report.UsageError{Message: fmt.Sprintf("--interval is %s", f.interval), Hint: "want a second or more, such as 5m"}
	case !slices.Contains(drifts, o.Drift):
		return o, &report.UsageError{Message: fmt.Sprintf("--drift is %q", f.drift), Hint: "want correct, report or ignore"}
	case f.maxDeletes < 0 || f.maxWrites < 0:
		return o, &report.UsageError{Message: "--max-deletes or --max-writes-per-cycle is less than nothing", Hint: "want 0 or more"}
	}
	var err error
	if o.Window, err = daemon.ParseWindow(f.window); err != nil {
		return o, &report.UsageError{Message: "--window: " + err.Error()}
	}
	return o, nil
}

func (a *app) daemon(cmd *cobra.Command, args []string, f daemonFlags) (err error) {
	o, err := f.options()
	if err != nil {
		return err
	}
	names, err := a.environments(args)
	if err != nil {
		return err
	}
	if f.prune && (len(a.global.tasks) > 0 || len(a.global.labels) > 0) {
		return &report.UsageError{Message: "--prune looks at everything", Hint: "leave out --task and --selector"}
	}
	if !cmd.Flags().Changed("log-level") {
		a.global.logLevel = "info"
	}
	if o.Log, err = a.logger(); err != nil {
		return err
	}
	o.Board, o.Parallelism = status.NewBoard(), a.global.parallelism
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	sandboxes := &sandboxes{app: a, listen: f.sandboxListen}
	defer func() { err = errors.Join(err, sandboxes.close()) }()
	return a.keep(ctx, daemon.New(o), a.kept(names, o, sandboxes))
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

// kept are the environments as the daemon keeps them.
func (a *app) kept(names []string, o daemon.Options, s *sandboxes) []*keptEnvironment {
	var out []*keptEnvironment
	for _, name := range names {
		out = append(out, newKept(a, name, o.Drift, o.Log.With(zap.String("environment", name)), s))
	}
	return out
}

// keep works every environment at once, until ctx ends.
func (a *app) keep(ctx context.Context, d *daemon.Daemon, environments []*keptEnvironment) error {
	var all sync.WaitGroup
	errs := make([]error, len(environments))
	for i, k := range environments {
		all.Go(func() { errs[i] = d.Keep(ctx, k, nil) })
	}
	all.Wait()
	return errors.Join(errs...)
}
