package secret

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Observe reads secrets: all that are wanted in one list, which is trusted
// where it agrees with what is desired. Whatever differs or is absent from it
// is described one by one, since the list may be minutes old. A value is read
// only where the version's id does not tell.
func (k *Kind) Observe(ctx context.Context, keys []resource.Key) (map[resource.Key]Observed, error) {
	v := k.newView(keys)
	for _, step := range []func(context.Context) error{v.list, v.readKey, v.readValues, v.confirm, v.readKey, v.readValues, v.readPolicies, v.date} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	out := make(map[resource.Key]Observed, len(v.seen))
	for name, o := range v.seen {
		o.at, o.force = k.opts.Now(), k.opts.Force
		out[KeyOf(name)] = o
	}
	return out, nil
}

// view is one observation in the making.
type view struct {
	*Kind
	scope  scope
	wanted map[string]Desired
	names  []string
	mu     sync.Mutex          // guards seen while calls run at once
	seen   map[string]Observed // by name
	listed string              // version of the fingerprint key, as listed
	key    *fingerprintKey
	asked  bool // for the key
}

func (k *Kind) newView(keys []resource.Key) *view {
	v := &view{Kind: k, seen: map[string]Observed{}}
	v.scope, v.wanted = k.remembered()
	for _, key := range keys {
		v.names = append(v.names, key.Name)
	}
	return v
}

// list finds the wanted among the names, and the key beside them.
func (v *view) list(ctx context.Context) error {
	var names []string
	for _, name := range v.names {
		if _, ok := v.wanted[name]; ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	found, err := v.Kind.list(ctx, append(names, v.scope.keyName()))
	if err != nil {
		return err
	}
	v.listed = found[v.scope.keyName()].current()
	for _, name := range names {
		if o, ok := found[name]; ok {
			v.seen[name] = o
		}
	}
	return nil
}

// readKey fetches the fingerprint key once a secret of ours has a version id
// that some key made, or when there is a key and a secret to be created: a
// saved plan is bound to the value of that with it.
func (v *view) readKey(ctx context.Context) error {
	if !v.asked && v.scope.owner != "" && (v.hasTokens() || v.listed != "" && v.lacksWanted()) {
		v.asked = true
		key, err := v.keys.read(ctx, v.api, v.scope.keyName(), v.listed)
		if err != nil {
			return err
		}
		v.key = key
	}
	for name, o := range v.seen {
		o.key = v.key
		v.seen[name] = o
	}
	return nil
}

func (v *view) hasTokens() bool {
	for _, o := range v.seen {
		for id := range o.Stages {
			if isToken(id) && o.Tags[spec.TagOwner] == v.scope.owner {
				return true
			}
		}
	}
	return false
}

func (v *view) lacksWanted() bool {
	return slices.ContainsFunc(v.names, func(name string) bool {
		_, wanted := v.wanted[name]
		_, seen := v.seen[name]
		return wanted && !seen
	})
}

// confirm describes what the list cannot be trusted with.
func (v *view) confirm(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(v.opts.Parallelism)
	for _, name := range v.doubtful(resource.Doubts(ctx)) {
		group.Go(func() error {
			o, found, err := v.describe(ctx, name)
			if err != nil {
				return err
			}
			v.settle(name, o, found)
			return nil
		})
	}
	return group.Wait()
}

// doubtful are the names whose listed state is absent, differs from what is
// desired, lacks what is to be compared, or has nothing to be compared with; or
// all.
func (v *view) doubtful(all bool) []string {
	var out []string
	for _, name := range v.names {
		d, wanted := v.wanted[name]
		o, seen := v.seen[name]
		if all || !wanted || !seen || d.Replicas != nil || len(v.Diff(d, o)) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// settle takes the description for the truth, and keeps what was read.
func (v *view) settle(name string, o Observed, found bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !found {
		delete(v.seen, name)
		return
	}
	before := v.seen[name]
	o.key, o.value, o.binary, o.valueOf, o.unreadable = before.key, before.value, before.binary, before.valueOf, before.unreadable
	v.seen[name] = o
}

// describe reads one secret without its value.
func (k *Kind) describe(ctx context.Context, name string) (Observed, bool, error) {
	out, err := k.api.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &name})
	switch {
	case isCode(err, "ResourceNotFoundException"):
		return Observed{}, false, nil
	case err != nil:
		return Observed{}, false, wrap("describe", name, err)
	default:
		return fromDescription(out, k.region), true, nil
	}
}
