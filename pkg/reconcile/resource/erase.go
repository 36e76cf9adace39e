package resource

import (
	"context"
	"errors"

	"ecs-reconciler/pkg/spec"
)

// Erase hides a kind's types, so that kinds can stand in one list. The result
// is a Pruner when k is.
func Erase[D, O any](k Kind[D, O]) Any {
	e := erased[D, O]{k}
	if p, ok := k.(Pruner); ok {
		return prunable[D, O]{e, p}
	}
	return e
}

// Anew is k for another plan; k itself when it remembers nothing.
func Anew(k Any) Any {
	if r, ok := k.(Rememberer[any, any]); ok {
		return r.Anew()
	}
	return k
}

type prunable[D, O any] struct {
	erased[D, O]
	Pruner
}

type erased[D, O any] struct{ kind Kind[D, O] }

func (e erased[D, O]) Type() Type { return e.kind.Type() }

func (e erased[D, O]) Desired(d *spec.Deployment) ([]Node[any], error) {
	nodes, err := e.kind.Desired(d)
	return eraseAll(nodes), err
}

func eraseAll[D any](nodes []Node[D]) []Node[any] {
	out := make([]Node[any], len(nodes))
	for i, n := range nodes {
		out[i] = Node[any]{Key: n.Key, Tasks: n.Tasks, Drift: n.Drift, Ignore: n.Ignore, Advice: n.Advice, At: n.At, Promised: n.Promised,
			Build: func(l Lookup) (any, error) { return n.Build(l) }}
	}
	return out
}

// Find finds nothing with a kind that is no Finder.
func (e erased[D, O]) Find(ctx context.Context, d *spec.Deployment, s Sought) ([]Node[any], error) {
	f, ok := e.kind.(Finder[D])
	if !ok {
		return nil, nil
	}
	nodes, err := f.Find(ctx, d, s)
	return eraseAll(nodes), err
}

// Anew is the same kind when that remembers nothing.
func (e erased[D, O]) Anew() Any {
	if r, ok := e.kind.(Rememberer[D, O]); ok {
		return Erase(r.Anew())
	}
	return Erase(e.kind)
}

func (e erased[D, O]) Observe(ctx context.Context, keys []Key) (map[Key]any, error) {
	found, err := e.kind.Observe(ctx, keys)
	out := make(map[Key]any, len(found))
	for k, o := range found {
		out[k] = o
	}
	return out, err
}

func (e erased[D, O]) Outputs(o any, pending []FieldChange) Outputs {
	return e.kind.Outputs(o.(O), pending)
}

func (e erased[D, O]) Standing(d, o any) Standing { return e.kind.Standing(d.(D), o.(O)) }

// Diff against nil lists what Create would make.
func (e erased[D, O]) Diff(d, o any) []FieldChange {
	var absent O
	if o == nil {
		return e.kind.Diff(d.(D), absent)
	}
	return e.kind.Diff(d.(D), o.(O))
}

func (e erased[D, O]) Keep(d, o any, ignore []string) any {
	return e.kind.Keep(d.(D), o.(O), ignore)
}

// Judges judges nothing with a kind that is no Judge.
func (e erased[D, O]) Judges(d *spec.Deployment, name, token string) Verdict {
	if j, ok := e.kind.(Judge); ok {
		return j.Judges(d, name, token)
	}
	return Unjudged
}

// Tag is errors.ErrUnsupported of a kind that is no Tagger.
func (e erased[D, O]) Tag(ctx context.Context, o any, tags map[string]string) error {
	t, ok := e.kind.(Tagger[O])
	if !ok {
		return errors.ErrUnsupported
	}
	return t.Tag(ctx, o.(O), tags)
}

// Digest is "" for a kind that tells none.
func (e erased[D, O]) Digest(d any) string {
	if k, ok := e.kind.(Digester[D]); ok {
		return k.Digest(d.(D))
	}
	return ""
}

func (e erased[D, O]) Create(ctx context.Context, key Key, d any) (Outputs, error) {
	return e.kind.Create(ctx, key, d.(D))
}

func (e erased[D, O]) Update(ctx context.Context, key Key, d, o any, changes []FieldChange) (Outputs, error) {
	return e.kind.Update(ctx, key, d.(D), o.(O), changes)
}

func (e erased[D, O]) Delete(ctx context.Context, key Key, o any) error {
	return e.kind.Delete(ctx, key, o.(O))
}
