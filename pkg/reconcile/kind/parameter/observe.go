package parameter

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Observe reads parameters: what is around their values in lists of fifty, tags
// a hundred a call, values ten a call. The values are read by name, and tell the
// newest version with its date; where a list tells of another version, or is
// silent, it is late, and the version is looked up by itself. Tags that make a
// difference are read again by the parameter's name.
func (k *Kind) Observe(ctx context.Context, keys []resource.Key) (map[resource.Key]Observed, error) {
	v := k.newView(keys)
	for _, step := range []func(context.Context) error{v.describe, v.readTags, v.readValues, v.catchUp, v.confirmTags} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	out := make(map[resource.Key]Observed, len(v.seen))
	for name, o := range v.seen {
		out[KeyOf(name)] = o
	}
	return out, nil
}

// view is one observation in the making.
type view struct {
	*Kind
	of     *spec.Deployment
	wanted map[string]Desired
	names  []string

	mu       sync.Mutex
	seen     map[string]Observed // by name
	readings map[string]reading  // by name
}

// reading is a parameter as it was read by its name.
type reading struct {
	version    int64
	changed    time.Time
	value      spec.Secret // unset when it was not asked for
	unreadable string
}

func (k *Kind) newView(keys []resource.Key) *view {
	v := &view{Kind: k, seen: map[string]Observed{}, readings: map[string]reading{}}
	v.of, v.wanted = k.remembered()
	for _, key := range keys {
		v.names = append(v.names, key.Name)
	}
	return v
}

// all runs do for each item, several at once.
func all[T any](ctx context.Context, parallelism int, items []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelism)
	for _, item := range items {
		group.Go(func() error { return do(ctx, item) })
	}
	return group.Wait()
}

// change replaces what is known of a parameter, if anything is.
func (v *view) change(name string, edit func(*Observed)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if o, ok := v.seen[name]; ok {
		edit(&o)
		v.seen[name] = o
	}
}

// catchUp takes what was read by name for the truth, and looks up what the list
// does not know yet.
func (v *view) catchUp(ctx context.Context) error {
	var late []string
	for _, name := range v.names {
		if _, ok := v.wanted[name]; !ok {
			continue
		}
		r, exists := v.readings[name]
		o, listed := v.seen[name]
		switch {
		case !exists:
			delete(v.seen, name)
		case !listed, o.Version != r.version, !o.Changed.Equal(r.changed):
			late = append(late, name)
		}
	}
	if err := all(ctx, v.opts.Parallelism, late, v.lookUp); err != nil {
		return err
	}
	for _, name := range v.names {
		r := v.readings[name]
		v.change(name, func(o *Observed) { o.value, o.unreadable = r.value, r.unreadable })
	}
	return nil
}

// lookUp reads the version of a parameter that was read, and its tags.
func (v *view) lookUp(ctx context.Context, name string) error {
	o, found, err := v.version(ctx, name, v.readings[name].version)
	if err != nil {
		return err
	}
	if found {
		o.Tags, found, err = v.tagsOf(ctx, name)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.seen, name)
	if found {
		o.tagsFresh = true
		v.seen[name] = o
	}
	return err
}

// confirmTags reads the tags of what differs by name.
func (v *view) confirmTags(ctx context.Context) error {
	var doubtful []string
	for _, name := range v.names {
		d, wanted := v.wanted[name]
		o, seen := v.seen[name]
		if wanted && seen && !o.tagsFresh && len(v.Diff(d, o)) > 0 {
			doubtful = append(doubtful, name)
		}
	}
	return all(ctx, v.opts.Parallelism, doubtful, v.readTagsOf)
}
