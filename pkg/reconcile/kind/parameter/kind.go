package parameter

import (
	"context"
	"crypto/rand"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Type is the kind's name in plans.
const Type resource.Type = "parameter"

// The outputs of a parameter.
const (
	OutputARN     = "arn"
	OutputVersion = "version" // number of the newest version
	// OutputWritten is when that version was put, as RFC 3339. A version is
	// put for every change but that of a tag.
	OutputWritten = "version_written"
)

// Options tune a Kind. The zero value is usable.
type Options struct {
	Parallelism int                                        // calls at once where AWS has no batch; 10 unless set
	Now         func() time.Time                           // time.Now unless set
	Rand        io.Reader                                  // crypto/rand unless set
	Wait        func(message string)                       // told what is waited for; may be nil
	Sleep       func(context.Context, time.Duration) error // a timer unless set
	// Seal binds a saved plan to the value of an owner's parameter called name
	// and to the version it would replace, without telling of it; "" where there
	// is nothing to bind with. May be nil.
	Seal func(owner, name string, value spec.Secret, version string) string
}

// Kind converges the parameters of one account and region. It remembers the
// deployment that Desired saw last, and what it has deleted; Anew shares the
// latter alone. It is safe for concurrent use.
type Kind struct {
	api     *ssm.Client
	tagging *resourcegroupstaggingapi.Client
	opts    Options

	deleted *deletions

	mu     sync.Mutex
	of     *spec.Deployment   // of nothing before Desired
	wanted map[string]Desired // by name
}

// deletions are when parameters were deleted here, by name.
type deletions struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (d *deletions) note(name string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at[name] = at
}

// since is when a parameter was deleted; false for never.
func (d *deletions) since(name string) (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.at[name]
	return at, ok
}

// New makes the kind for the account and region of cfg.
func New(cfg aws.Config, opts Options) *Kind {
	if opts.Parallelism <= 0 {
		opts.Parallelism = 10
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Rand == nil {
		opts.Rand = rand.Reader
	}
	if opts.Wait == nil {
		opts.Wait = func(string) {}
	}
	if opts.Sleep == nil {
		opts.Sleep = sleep
	}
	if opts.Seal == nil {
		opts.Seal = func(string, string, spec.Secret, string) string { return "" }
	}
	return &Kind{api: ssm.NewFromConfig(cfg), tagging: resourcegroupstaggingapi.NewFromConfig(cfg), opts: opts,
		of: &spec.Deployment{}, deleted: &deletions{at: map[string]time.Time{}}}
}

// Anew is the kind for another plan.
func (k *Kind) Anew() resource.Kind[Desired, Observed] {
	return &Kind{api: k.api, tagging: k.tagging, opts: k.opts, deleted: k.deleted, of: &spec.Deployment{}}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Type is "parameter".
func (k *Kind) Type() resource.Type { return Type }

// KeyOf is the key of the parameter called name.
func KeyOf(name string) resource.Key { return resource.Key{Type: Type, Name: name} }

// Desired lists the deployment's managed parameters. The kind remembers them,
// so that Observe knows which values it need not read.
func (k *Kind) Desired(d *spec.Deployment) ([]resource.Node[Desired], error) {
	nodes := make([]resource.Node[Desired], 0, len(d.Parameters))
	wanted := make(map[string]Desired, len(d.Parameters))
	for _, p := range d.Parameters {
		want := desiredOf(d, p)
		wanted[p.Name] = want
		nodes = append(nodes, resource.Node[Desired]{
			Key: KeyOf(p.Name), Tasks: p.Tasks, Drift: p.Drift, At: p.At,
			Promised: resource.Outputs{OutputARN: d.ParameterARN(p.Name)},
			Build:    func(resource.Lookup) (Desired, error) { return want, nil },
		})
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.of, k.wanted = d, wanted
	return nodes, nil
}

// remembered is what Desired saw last.
func (k *Kind) remembered() (*spec.Deployment, map[string]Desired) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.of, k.wanted
}

// Outputs are the ARN, and the version with its date, those only when no change
// of the value is pending.
func (k *Kind) Outputs(o Observed, pending []resource.FieldChange) resource.Outputs {
	out := resource.Outputs{OutputARN: o.ARN}
	if !slices.ContainsFunc(pending, func(f resource.FieldChange) bool { return f.Path == pathValue }) {
		out[OutputVersion] = strconv.FormatInt(o.Version, 10)
		stamp(out, o.Changed)
	}
	return out
}

// stamp adds when the version was put, where that is known.
func stamp(out resource.Outputs, written time.Time) {
	if !written.IsZero() {
		out[OutputWritten] = written.UTC().Format(time.RFC3339Nano)
	}
}

// sortedKeys lists a map's keys in order, so that plans and calls are the same
// every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
