package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon/trace"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/kind/all"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// run is one deployment with a connection to the account it belongs to.
type run struct {
	deployment *spec.Deployment
	scope      reconcile.Scope
	images     map[string]string // of --image
	session    *awsapi.Session
	reconciler *reconcile.Reconciler
	assumed    bool // whether the session is of a role, and not the process's own
	caller     awsapi.Caller
	server     *sandbox.Server // the embedded AWS where it is shared; nil elsewhere
	shared     shared
	close      func() error
}

// shared is what the connections of one process have in common; the zero value
// is nothing.
type shared struct {
	told     awsapi.Told
	limiters *awsapi.Limiters
	trace    *trace.Tracer
}

// open loads the deployment, connects, and makes sure that the account is the
// one the spec means before anything is read from it. The scope is of, or what
// the flags say where that is nil.
func (a *app) open(ctx context.Context, args []string, w waiting, of *reconcile.Scope) (*run, error) {
	d, err := a.load(ctx, args, nil)
	if err != nil {
		return nil, err
	}
	r := &run{deployment: d, close: func() error { return nil }}
	if of != nil {
		r.scope = *of
	} else if r.scope.Tasks, err = a.selected(d); err != nil {
		return nil, err
	}
	if len(r.unread()) == 0 {
		a.warn(d)
	}
	if r.images, err = a.global.imageByTask(); err != nil {
		return nil, err
	}
	if d.AccountID == "" {
		return nil, &spec.Error{Message: "the spec does not say which AWS account " + d.Environment + " is",
			Hint: "set account_id for it"}
	}
	if err := a.connect(ctx, r, w); err != nil {
		return nil, errors.Join(err, r.close())
	}
	if err := a.complete(ctx, args, r); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// unread names the secrets and parameters within the scope whose source stands outside of the
// project.
func (r *run) unread() []string {
	var names []string
	inScope := func(task string) bool { return slices.Contains(r.scope.Tasks, task) }
	for _, s := range r.deployment.Secrets {
		if s.Unread && (r.scope.Tasks == nil || slices.ContainsFunc(s.Tasks, inScope)) {
			names = append(names, s.Name)
		}
	}
	for _, p := range r.deployment.Parameters {
		if p.Unread && (r.scope.Tasks == nil || slices.ContainsFunc(p.Tasks, inScope)) {
			names = append(names, p.Name)
		}
	}
	return names
}

// complete reads what secrets are made of outside of the project: now that the
// account is known to be the right one, the spec is loaded again with it.
func (a *app) complete(ctx context.Context, args []string, r *run) error {
	wanted := r.unread()
	if len(wanted) == 0 {
		return nil
	}
	d, err := a.load(ctx, args, &outside{app: a, config: r.session.Config, region: r.deployment.Region, environment: r.deployment.Environment, assumed: r.assumed, wanted: wanted})
	if err != nil {
		return err
	}
	r.deployment = d
	a.warn(d)
	return nil
}

func (a *app) connect(ctx context.Context, r *run, w waiting) error {
	log, err := a.logger()
	if err != nil {
		return err
	}
	o := awsapi.Options{Region: r.deployment.Region, AssumeRoleARN: a.assumedRole(r.deployment), SessionName: "reconciler",
		ExternalID: r.deployment.AssumeRole.ExternalID, SessionTags: r.deployment.AssumeRole.SessionTags,
		Limits: a.global.limits == "aws", Limiters: r.shared.limiters, Log: log}
	if a.global.sandbox != "" {
		if err := a.embed(r, &o); err != nil {
			return err
		}
	}
	if r.session, err = awsapi.Open(ctx, o); err != nil {
		return err
	}
	r.assumed = o.AssumeRoleARN != ""
	if r.shared.told != nil {
		r.session.Tell(r.shared.told)
	}
	if r.shared.trace != nil {
		r.session.Config.APIOptions = append(r.session.Config.APIOptions, r.shared.trace.AWSCalls)
	}
	if err := r.guard(ctx); err != nil {
		return err
	}
	r.reconciler = &reconcile.Reconciler{Gate: r.session.Gate,
		Kinds: all.Kinds(r.session.Config, all.Options{Parallelism: a.global.parallelism, Wait: w.say, Sleep: w.sleep, Force: w.force, NoWait: w.none, Pause: sleep})}
	return nil
}

// assumedRole is the role to assume: the flag, the deployer's variable, the spec.
func (a *app) assumedRole(d *spec.Deployment) string {
	if a.global.assumeRoleARN != "" {
		return a.global.assumeRoleARN
	}
	if arn, ok := a.Env("CLOUDREACTOR_DEPLOYER_ASSUME_ROLE_ARN"); ok && arn != "" {
		return arn
	}
	return d.AssumeRoleARN
}

// embed starts the sandbox as the account and region that the spec means.
func (a *app) embed(r *run, o *awsapi.Options) error {
	d, server := r.deployment, r.server
	if server == nil {
		dir, err := a.sandboxDir()
		if err != nil {
			return err
		}
		server, err = sandbox.New(sandbox.Options{Account: d.AccountID, Region: d.Region, Dir: filepath.Join(dir, d.AccountID), KMSKeys: kmsKeys(d)})
		if err != nil {
			return err
		}
		r.close = server.Close
	}
	o.Transport, o.Static, o.Limits, o.AssumeRoleARN = server.Transport(), true, false, ""
	return nil
}

// kmsKeys are those that the spec names: the sandbox has no KMS to make them in.
func kmsKeys(d *spec.Deployment) []string {
	var keys []string
	for _, p := range d.Parameters {
		if p.KMSKeyID != nil && *p.KMSKeyID != "" {
			keys = append(keys, *p.KMSKeyID)
		}
	}
	for _, s := range d.Secrets {
		if s.KMSKeyID != nil && *s.KMSKeyID != "" {
			keys = append(keys, *s.KMSKeyID)
		}
		for _, r := range s.Replicas {
			if r.KMSKeyID != nil && *r.KMSKeyID != "" {
				keys = append(keys, *r.KMSKeyID)
			}
		}
	}
	return keys
}

// guard compares the caller's account with the spec's.
func (r *run) guard(ctx context.Context) error {
	caller, err := r.session.Caller(ctx)
	if err != nil {
		return err
	}
	r.caller = caller
	if caller.AccountID != r.deployment.AccountID {
		return fmt.Errorf("these credentials are of account %s (%s) and %s is in account %s: nothing was read or written",
			caller.AccountID, caller.ARN, r.deployment.Environment, r.deployment.AccountID)
	}
	return nil
}

// head is what plans and outcomes say beside their objects.
func (r *run) head() plan.Head {
	d := r.deployment
	h := plan.Head{Environment: d.Environment, AccountID: r.caller.AccountID, Region: r.session.Config.Region, AWSCalls: r.session.Calls.Counts(),
		Scope: plan.Scope{Tasks: r.scope.Tasks, Prune: r.scope.Prune, Images: r.images}}
	for _, w := range d.Warnings {
		h.Warnings = append(h.Warnings, w.String())
	}
	return h
}

// headOf is head with what was found while planning.
func (r *run) headOf(p *plan.Plan) plan.Head {
	h := r.head()
	for _, w := range p.Warnings {
		h.Warnings = append(h.Warnings, w.String())
	}
	return h
}

// advise writes a plan's warnings for people; data formats carry them.
func (a *app) advise(p *plan.Plan) {
	if f := a.global.format(); f != report.JSON && f != report.YAML {
		a.say(p.Warnings)
	}
}

// warn writes the spec's warnings for people; data formats carry them.
func (a *app) warn(d *spec.Deployment) {
	if f := a.global.format(); f != report.JSON && f != report.YAML {
		a.say(d.Warnings)
	}
}

func (a *app) say(warnings []spec.Warning) {
	for _, w := range warnings {
		fmt.Fprintf(a.Stderr, "warning: %v\n", w)
	}
}

// bounded is ctx with --timeout.
func (a *app) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.global.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, a.global.timeout, fmt.Errorf("--timeout %s is over", a.global.timeout))
}

// overdue adds to err that --timeout is why.
func overdue(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

// logger writes to stderr at --log-level.
func (a *app) logger() (*zap.Logger, error) {
	return newLogger(a.Stderr, a.global.logLevel, a.global.logFormat)
}

// waiting is what a kind does while AWS catches up, and whether it goes on where
// another writer interferes.
type waiting struct {
	force bool
	say   func(string)
	sleep func(context.Context, time.Duration) error
	none  bool // of --no-wait
}

// patient sleeps, and tells why on stderr.
func (a *app) patient() waiting {
	return waiting{
		say:   func(message string) { fmt.Fprintf(a.Stderr, "waiting: %s\n", message) },
		sleep: sleep,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-resource.Interrupt(ctx).Done():
		return context.Cause(resource.Interrupt(ctx))
	}
}
