package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/spec"
)

// keptEnvironment is one environment that a daemon keeps.
type keptEnvironment struct {
	app       *app // of its own: nobody is asked anything, and warnings go to the board
	name      string
	drift     spec.Drift
	log       *zap.Logger
	sandboxes *sandboxes

	mu  sync.Mutex // guards run
	run *run       // the connection, once there is one
}

func newKept(a *app, name string, drift spec.Drift, log *zap.Logger, s *sandboxes) *keptEnvironment {
	p := a.Process
	p.Stdout, p.Stderr = io.Discard, io.Discard
	p.Ask = func(context.Context, string, bool) (string, error) { return "", errNoTerminal }
	return &keptEnvironment{app: &app{Process: p, global: a.global}, name: name, drift: drift, log: log, sandboxes: s}
}

// Name is that of the environment.
func (k *keptEnvironment) Name() string { return k.name }

// Load reads the specs, and what stands outside of the project once the account
// is known to be the right one.
func (k *keptEnvironment) Load(ctx context.Context) (daemon.Loaded, error) {
	d, err := k.app.load(ctx, []string{k.name}, nil)
	if err != nil {
		return daemon.Loaded{}, err
	}
	if d.AccountID == "" {
		return daemon.Loaded{}, &spec.Error{Message: "the spec does not say which AWS account " + d.Environment + " is", Hint: "set account_id for it"}
	}
	if (&run{deployment: d}).incomplete() {
		r, err := k.reach(ctx, d)
		if err != nil {
			return daemon.Loaded{}, err
		}
		if d, err = k.app.load(ctx, []string{k.name}, outside{k.app, r.session.Config, k.name}); err != nil {
			return daemon.Loaded{}, err
		}
	}
	restrain(d, k.drift)
	tasks, err := k.app.selected(d)
	return daemon.Loaded{Deployment: d, Tasks: tasks}, err
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
	for i := range d.Roles {
		limit(&d.Roles[i].Drift)
	}
}

// Connect reaches the account of a deployment.
func (k *keptEnvironment) Connect(ctx context.Context, d *spec.Deployment) (*daemon.Connection, error) {
	r, err := k.reach(ctx, d)
	if err != nil {
		return nil, err
	}
	return &daemon.Connection{Reconciler: r.reconciler, Fence: r.session.Gate.Fence, CallerARN: r.caller.ARN, Calls: r.session.Calls.Counts,
		Close: func() error { return k.leave(r) }}, nil
}

// reach is the connection to the account of a deployment, made when there is
// none yet.
func (k *keptEnvironment) reach(ctx context.Context, d *spec.Deployment) (*run, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.run; r != nil && r.deployment.AccountID == d.AccountID && r.deployment.Region == d.Region && r.deployment.AssumeRoleARN == d.AssumeRoleARN {
		return r, nil
	}
	r := &run{deployment: d, close: func() error { return nil }}
	if k.app.global.sandbox != "" {
		var err error
		if r.server, err = k.sandboxes.of(d); err != nil {
			return nil, err
		}
	}
	if err := k.app.connect(ctx, r, k.waiting()); err != nil {
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
	return waiting{say: func(message string) { k.log.Info("waiting", zap.String("for", message)) },
		sleep: func(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }}
}
