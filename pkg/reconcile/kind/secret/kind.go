package secret

import (
	"context"
	"crypto/rand"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Type is the kind's name in plans.
const Type resource.Type = "secret"

// The outputs of a secret.
const (
	OutputARN     = "arn"     // in full, with the six characters that AWS adds
	OutputVersion = "version" // id of the version that AWSCURRENT is on
	// OutputWritten is when that version was put, as RFC 3339, of a secret that
	// a task with on_secret_change reads.
	OutputWritten = "version_written"
)

// Options tune a Kind. The zero value is usable.
type Options struct {
	Parallelism int                                        // calls at once where AWS has no batch; 10 unless set
	Now         func() time.Time                           // time.Now unless set
	Rand        io.Reader                                  // crypto/rand unless set
	Wait        func(message string)                       // told what is waited for; may be nil
	Sleep       func(context.Context, time.Duration) error // a timer unless set
	Force       bool                                       // correct also what another writer keeps changing
}

// Kind converges the secrets of one account and region. It remembers the
// deployment that Desired saw last, and the fingerprint key once it was read.
// Anew shares the key and the versions' dates.
// It is safe for concurrent use.
type Kind struct {
	api    *secretsmanager.Client
	region string
	opts   Options
	keys   *keyring
	dates  *dates

	mu     sync.Mutex
	scope  scope
	wanted map[string]Desired // by name
}

// scope is whose secrets are converged.
type scope struct {
	owner string            // value of the owner tag; "" before a deployment is known
	tags  map[string]string // of the fingerprint key
}

// keyName is the name of the secret that holds the fingerprint key.
func (s scope) keyName() string { return spec.FingerprintKeyName(s.owner) }

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
	opts.Rand = &sharedReader{from: opts.Rand}
	return &Kind{api: secretsmanager.NewFromConfig(cfg), region: cfg.Region, opts: opts, keys: &keyring{}, dates: newDates()}
}

// Anew is the kind for another plan.
func (k *Kind) Anew() resource.Kind[Desired, Observed] {
	return &Kind{api: k.api, region: k.region, opts: k.opts, keys: k.keys, dates: k.dates}
}

// sharedReader lets goroutines read in turn.
type sharedReader struct {
	mu   sync.Mutex
	from io.Reader
}

func (r *sharedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from.Read(p)
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

// Type is "secret".
func (k *Kind) Type() resource.Type { return Type }

// Desired lists the deployment's managed secrets. The kind remembers them, so
// that Observe knows which values it need not read.
func (k *Kind) Desired(d *spec.Deployment) ([]resource.Node[Desired], error) {
	nodes := make([]resource.Node[Desired], 0, len(d.Secrets))
	wanted := make(map[string]Desired, len(d.Secrets))
	dated := datedBy(d)
	for _, s := range d.Secrets {
		want := desiredOf(d, s)
		want.Dated = dated[s.Name]
		wanted[s.Name] = want
		nodes = append(nodes, resource.Node[Desired]{
			Key: KeyOf(s.Name), Tasks: s.Tasks, Drift: s.Drift, At: s.At,
			Build: func(resource.Lookup) (Desired, error) { return want, nil },
		})
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.scope, k.wanted = scope{owner: d.Owner(), tags: d.ManagedTags(nil, nil)}, wanted
	return nodes, nil
}

// KeyOf is the key of the secret called name.
func KeyOf(name string) resource.Key { return resource.Key{Type: Type, Name: name} }

// remembered is what Desired saw last.
func (k *Kind) remembered() (scope, map[string]Desired) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.scope, k.wanted
}

// Outputs are the ARN and the version, the latter only when no change of the
// value is pending.
func (k *Kind) Outputs(o Observed, pending []resource.FieldChange) resource.Outputs {
	out := resource.Outputs{OutputARN: o.ARN}
	id := o.current()
	if id != "" && !slices.ContainsFunc(pending, func(f resource.FieldChange) bool { return f.Path == pathValue }) {
		out[OutputVersion] = id
		stamp(out, o.written)
	}
	return out
}

// stamp adds when the version was put, where that is known.
func stamp(out resource.Outputs, written time.Time) {
	if !written.IsZero() {
		out[OutputWritten] = written.UTC().Format(time.RFC3339Nano)
	}
}

// datedBy are the names of the secrets whose values' age matters to a task.
func datedBy(d *spec.Deployment) map[string]bool {
	dated := map[string]bool{}
	for _, t := range d.Tasks {
		if t.OnSecretChange == "" {
			continue
		}
		for _, name := range t.ManagedSecrets() {
			dated[name] = true
		}
	}
	return dated
}

// sortedKeys lists a map's keys in order, so that plans and calls are the same
// every time.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
