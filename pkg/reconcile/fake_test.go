package reconcile

import (
	"context"
	"maps"
	"slices"
	"sync"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// fake is a kind of objects that are told by their names alone. Its nodes are
// the deployment's tasks.
type fake struct {
	kind  resource.Type
	cloud *cloud
}

// cloud is where fake objects are, by name, with their owners.
type cloud struct {
	mu                             sync.Mutex
	objects                        map[string]string
	calls                          []string
	open                           bool // of the gate
	desiredErr, observeErr, ownErr error
}

// Open and Close make the cloud the gate, too.
func (c *cloud) Open()  { c.record("open"); c.open = true }
func (c *cloud) Close() { c.record("close"); c.open = false }

func (c *cloud) record(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
}

type none struct{}

func (f fake) key(name string) resource.Key { return resource.Key{Type: f.kind, Name: name} }

func (f fake) Type() resource.Type { return f.kind }

func (f fake) Desired(d *spec.Deployment) ([]resource.Node[none], error) {
	var nodes []resource.Node[none]
	for _, t := range d.Tasks {
		nodes = append(nodes, resource.Node[none]{Key: f.key(t.Name), Tasks: []string{t.Name},
			Build: func(resource.Lookup) (none, error) { return none{}, nil }})
	}
	return nodes, f.cloud.desiredErr
}

func (f fake) Observe(_ context.Context, keys []resource.Key) (map[resource.Key]string, error) {
	found := map[resource.Key]string{}
	for _, k := range keys {
		f.cloud.record("observe " + k.String())
		if owner, ok := f.cloud.objects[k.Name]; ok {
			found[k] = owner
		}
	}
	return found, f.cloud.observeErr
}

func (f fake) Outputs(string, []resource.FieldChange) resource.Outputs { return nil }
func (f fake) Standing(_ none, owner string) resource.Standing {
	return resource.Standing{Owner: owner}
}
func (f fake) Diff(none, string) []resource.FieldChange { return nil }
func (f fake) Keep(d none, _ string, _ []string) none   { return d }
func (f fake) written(verb, name string)                { f.cloud.record(verb + " " + name) }
func (f fake) Update(_ context.Context, k resource.Key, _ none, _ string, _ []resource.FieldChange) (resource.Outputs, error) {
	f.written("update", k.Name)
	return nil, nil
}

func (f fake) Create(_ context.Context, k resource.Key, _ none) (resource.Outputs, error) {
	f.written("create", k.Name)
	return nil, nil
}

func (f fake) Delete(_ context.Context, k resource.Key, _ string) error {
	f.written("delete", k.Name)
	return nil
}

// Owned lists the owner's objects.
func (f fake) Owned(_ context.Context, d *spec.Deployment) ([]resource.Key, error) {
	var keys []resource.Key
	for _, name := range slices.Sorted(maps.Keys(f.cloud.objects)) {
		if f.cloud.objects[name] == d.Owner() {
			keys = append(keys, f.key(name))
		}
	}
	return keys, f.cloud.ownErr
}
