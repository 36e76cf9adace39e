package inject

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// settle resolves the variables and properties that name locations. They may
// refer to each other, so it goes over them until nothing is left, a bounded
// number of times, and then, unless fetched values are to win, once more with
// the process's own variables put over the rest.
func (r *Resolver) settle(ctx context.Context, environ Environ, made state) (state, error) {
	for pass := range 2 {
		var left []error
		for range r.params.Iterations {
			w := walk{Resolver: r, environ: environ, state: made}
			if err := w.both(ctx); err != nil || w.cut {
				return w.state, err
			}
			if made, left = w.state, w.left; len(left) == 0 {
				break
			}
		}
		if pass == 1 || r.params.Overwrite {
			return made, r.unresolved(left)
		}
		made.env = updated(made.env, environ.value())
	}
	return made, nil
}

// unresolved is the failure of what no iteration could find, which
// proc_wrapper leaves as it is.
func (r *Resolver) unresolved(left []error) error {
	if r.params.Compat {
		for _, err := range left {
			r.Warn(err.Error() + "; its value stays as it is")
		}
		return nil
	}
	return errors.Join(left...)
}

// walk goes over the environment and the configuration once.
type walk struct {
	*Resolver
	state
	environ Environ
	left    []error // what does not exist yet
}

func (w *walk) both(ctx context.Context) (err error) {
	env, err := w.fields(ctx, w.env, w.params.env, "", 0)
	if err != nil {
		return err
	}
	if w.env = env; w.cut {
		return nil
	}
	w.config, err = w.fields(ctx, w.config, w.params.config, "", 0)
	return err
}

func (w *walk) value(ctx context.Context, n *yaml11.Node, names affix, at string, depth int) (*yaml11.Node, error) {
	switch {
	case n.Kind == yaml11.Map:
		return w.fields(ctx, n, names, at, depth)
	case n.Kind != yaml11.List || depth >= w.params.Depth:
		return n, nil
	}
	var out []*yaml11.Node
	for i, item := range n.Items {
		value, err := w.value(ctx, item, names, at+"["+strconv.Itoa(i)+"]", depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
		if w.cut {
			break
		}
	}
	return yaml11.NewList(out, spec.Position{}), nil
}

// fields resolves the fields of a map whose names say so.
func (w *walk) fields(ctx context.Context, n *yaml11.Node, names affix, at string, depth int) (*yaml11.Node, error) {
	if depth >= w.params.Depth {
		return n, nil
	}
	out := newMap(nil).Fields
	for _, f := range n.Fields {
		done, err := w.field(ctx, f, names, at, depth)
		if err != nil || w.cut && done == nil {
			return newMap(out), err
		}
		if err := w.over(n, f, done); err != nil {
			return nil, err
		}
		out = append(out, *done)
		if w.cut {
			break
		}
	}
	return newMap(out), nil
}

// over merges a map that was fetched into the one that stands under its name.
func (w *walk) over(n *yaml11.Node, marked yaml11.Field, done *yaml11.Field) (err error) {
	before := n.Get(done.KeyText())
	if before == nil || before.Kind != yaml11.Map || done.Value.Kind != yaml11.Map || w.params.Merge == Shallow || marked.Key == done.Key {
		return nil
	}
	done.Value, err = merge(w.params.Merge, before, done.Value)
	return err
}

// field is one field with its value resolved; nil where Compat stops.
func (w *walk) field(ctx context.Context, f yaml11.Field, names affix, at string, depth int) (*yaml11.Field, error) {
	if f.Key.Kind != yaml11.String {
		return nil, fmt.Errorf("%s is a %s and no name; quote it", join(at, f.KeyText()), f.Key.Kind)
	}
	name, marked := names.cut(f.Key.Text)
	out := yaml11.Field{Key: f.Key, Value: f.Value}
	if marked && f.Value.Kind == yaml11.String {
		out.Key = plain(name)
		found, value, err := w.lookup(ctx, lookup{name: name, value: f.Value.Text, env: w.env, config: w.config, environ: w.environ})
		switch {
		case err == nil:
			out = field(found, value)
		case absent(err):
			w.left = append(w.left, fmt.Errorf("the variable %s: %w", join(at, name), err))
			if !w.params.Compat {
				return &f, nil // another iteration may find it
			}
		case !w.params.Compat:
			return nil, fmt.Errorf("the variable %s: %w", join(at, name), err)
		default:
			w.Warn(fmt.Sprintf("the variable %s: %v; the process runs without it", join(at, name), err))
			if w.params.FailFast {
				w.cut = true
				return nil, nil
			}
		}
	}
	value, err := w.value(ctx, out.Value, names, join(at, out.KeyText()), depth+1)
	out.Value = value
	return &out, err
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
