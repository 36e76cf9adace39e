package secret_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"ecs-reconciler/pkg/reconcile/kind/secret"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// object is one secret as a run finds it.
type object struct {
	desired  secret.Desired
	observed secret.Observed
	exists   bool
	changes  []resource.FieldChange
	standing resource.Standing
}

// observe is what a new process makes of the deployment, by name.
func observe(ctx context.Context, t testing.TB, k *secret.Kind, d *spec.Deployment) map[string]object {
	t.Helper()
	nodes, err := k.Desired(d)
	must(t, err)
	var keys []resource.Key
	for _, n := range nodes {
		keys = append(keys, n.Key)
	}
	found, err := k.Observe(ctx, keys)
	must(t, err)
	out := map[string]object{}
	for _, n := range nodes {
		want, err := n.Build(nil)
		must(t, err)
		o := object{desired: want}
		if o.observed, o.exists = found[n.Key]; o.exists {
			o.changes, o.standing = k.Diff(want, o.observed), k.Standing(want, o.observed)
		}
		out[n.Key.Name] = o
	}
	return out
}

// converge makes everything as d says.
func converge(ctx context.Context, t testing.TB, cfg aws.Config, d *spec.Deployment) {
	t.Helper()
	k := secret.New(cfg, instant())
	for name, o := range observe(ctx, t, k, d) {
		var err error
		switch {
		case !o.exists:
			_, err = k.Create(ctx, secret.KeyOf(name), o.desired)
		case len(o.changes) > 0:
			_, err = k.Update(ctx, secret.KeyOf(name), o.desired, o.observed, o.changes)
		}
		must(t, err)
	}
}

// pathsOf are the changes' paths, in order.
func pathsOf(changes []resource.FieldChange) []string {
	out := []string{}
	for _, c := range changes {
		out = append(out, c.Path)
	}
	slices.Sort(out)
	return out
}
