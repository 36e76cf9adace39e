package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sync"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/daemon/source"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/spec"
)

// keptEnvironment is one environment that a daemon keeps.
type keptEnvironment struct {
	name      string
	process   *app // whose flags and environment count
	drift     spec.Drift
	source    source.Source
	log       *zap.Logger
	sandboxes *sandboxes
	shared    shared

	mu  sync.Mutex // guards what follows
	app *app       // what reads the spec where it is now; nil to begin with
	run *run       // the connection, once there is one
}

// kept are the environments as the daemon keeps them.
func (a *app) kept(names []string, o daemon.Options, specs source.Source, s *sandboxes, w *watcher) []*keptEnvironment {
	with := shared{told: w.metrics.AWSCall, limiters: awsapi.NewLimiters(), trace: w.trace}
	var out []*keptEnvironment
	for _, name := range names {
		out = append(out, &keptEnvironment{name: name, process: a, drift: o.Drift, source: specs, log: o.Log.With(zap.String("environment", name)),
			sandboxes: s, shared: with})
	}
	return out
}

// Name is that of the environment.
func (k *keptEnvironment) Name() string { return k.name }

// Load reads the specs, and what stands outside of them once the account is
// known to be the right one.
func (k *keptEnvironment) Load(ctx context.Context) (daemon.Loaded, error) {
	snapshot, err := k.source.Fetch(ctx)
	if err != nil {
		return daemon.Loaded{}, err
	}
	defer snapshot.Release()
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.move(snapshot); err != nil {
		return daemon.Loaded{}, err
	}
	d, tasks, err := k.load(ctx)
	if err != nil {
		return daemon.Loaded{}, err
	}
	restrain(d, k.drift)
	return daemon.Loaded{Deployment: d, Tasks: tasks, Revision: snapshot.Revision}, nil
}

// move reads the spec in another folder from now on. Nobody is asked anything,
// and warnings go to the board.
func (k *keptEnvironment) move(to source.Snapshot) error {
	if k.app != nil && k.app.global.deployConfig == to.Dir {
		return nil
	}
	g, err := k.process.anchored()
	if err != nil {
		return err
	}
	g.deployConfig = to.Dir
	p := k.process.Process
	p.Stdout, p.Stderr = io.Discard, io.Discard
	p.Ask = func(context.Context, string, bool) (string, error) { return "", errNoTerminal }
	p.WorkDir = func() (string, error) { return to.WorkDir, nil }
	k.app = &app{Process: p, global: g, commit: commitOf(to)}
	return nil
}

// commitOf is the commit that a snapshot is of; "" where it is of none.
func commitOf(s source.Snapshot) string {
	if s.Author == "" {
		return ""
	}
	return s.Revision
}

// lock forgets the passwords of vaults, so that they are read again.
func (k *keptEnvironment) lock() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.app = nil
}

func (k *keptEnvironment) load(ctx context.Context) (d *spec.Deployment, tasks []string, err error) {
	args := []string{k.name}
	if d, err = k.app.load(ctx, args, nil); err != nil {
		return nil, nil, err
	}
	if d.AccountID == "" {
		return nil, nil, &spec.Error{Message: "the spec does not say which AWS account " + d.Environment + " is", Hint: "set account_id for it"}
	}
	if tasks, err = k.app.selected(d); err != nil {
		return nil, nil, err
	}
	r := &run{deployment: d, scope: reconcile.Scope{Tasks: tasks}}
	if len(r.unread()) == 0 {
		return d, tasks, nil
	}
	reached, err := k.reach(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	r.session, r.assumed = reached.session, reached.assumed
	err = k.app.complete(ctx, args, r)
	return r.deployment, tasks, err
}

// restrain does no more about drift than most, whatever tasks say.
func restrain(d *spec.Deployment, most spec.Drift) {
	order := []spec.Drift{"", spec.DriftCorrect, spec.DriftReport, spec.DriftIgnore}
	limit := func(own *spec.Drift) {
		if slices.Index(order, most) > slices.Index(order, *own) {
			*own = most
		}
	}
	for i := range d.Tasks {
		limit(&d.Tasks[i].Drift)
	}
	for i := range d.Secrets {
		limit(&d.Secrets[i].Drift)
	}
	for i := range d.Parameters {
		limit(&d.Parameters[i].Drift)
	}
	for i := range d.Roles {
		limit(&d.Roles[i].Drift)
	}
}

// Connect reaches the account of a deployment.
func (k *keptEnvironment) Connect(ctx context.Context, d *spec.Deployment) (*daemon.Connection, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, err := k.reach(ctx, d)
	if err != nil {
		return nil, err
	}
	return &daemon.Connection{Reconciler: r.reconciler, Fence: r.session.Gate.Fence, CallerARN: r.caller.ARN,
		Close: func() error { return k.leave(r) }}, nil
}

// reach is the connection to the account of a deployment, made when there is
// none yet.
func (k *keptEnvironment) reach(ctx context.Context, d *spec.Deployment) (*run, error) {
	if r := k.run; r != nil && r.deployment.AccountID == d.AccountID && r.deployment.Region == d.Region &&
		r.deployment.AssumeRoleARN == d.AssumeRoleARN && reflect.DeepEqual(r.deployment.AssumeRole, d.AssumeRole) {
		return r, nil
	}
	r := &run{deployment: d, shared: k.shared, close: func() error { return nil }}
	if k.process.global.sandbox != "" {
		var err error
		if r.server, err = k.sandboxes.of(d); err != nil {
			return nil, err
		}
	}
	// What the process logs and reads of its environment counts, and not where
	// the spec is.
	if err := k.process.connect(ctx, r, k.waiting()); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot reach %s: %w", k.name, err), r.close())
	}
	k.run = r
	return r, nil
}

func (k *keptEnvironment) leave(r *run) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.run == r {
		k.run = nil
	}
	return r.close()
}

// waiting tells the log what is waited for.
func (k *keptEnvironment) waiting() waiting {
	return waiting{say: func(message string) { k.log.Info("waiting", zap.String("for", message)) }, sleep: sleep}
}
