package apply_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const owner = "shop/staging"

// fields is an object's content by path. One that begins with /fixed cannot be
// changed in place.
type fields map[string]string

// object is what the cloud holds.
type object struct {
	fields fields
	resource.Standing
}

func ours(f fields) object { return object{f, resource.Standing{Owner: owner}} }

// cloud is a place that objects are in, shared by all fake kinds. Every call
// takes a second unless fault says otherwise.
type cloud struct {
	mu      sync.Mutex
	objects map[resource.Key]object
	calls   []string // "verb kind/name", in the order they began
	running int
	peak    int
	// fault stands around a call: effect makes it take effect. nil sleeps a
	// second and lets it.
	fault func(ctx context.Context, call string, effect func()) error
}

func (c *cloud) do(ctx context.Context, verb string, key resource.Key, effect func()) error {
	call := verb + " " + string(key.Type) + "/" + key.Name
	c.mu.Lock()
	c.calls = append(c.calls, call)
	c.running++
	c.peak = max(c.peak, c.running)
	fault := c.fault
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.running--
	}()
	locked := func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		effect()
	}
	if fault == nil {
		fault = aSecond
	}
	return fault(ctx, call, locked)
}

func aSecond(ctx context.Context, _ string, effect func()) error {
	if err := sleep(ctx, time.Second); err != nil {
		return err
	}
	effect()
	return nil
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

func (c *cloud) get(name string) (object, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.objects[key(name)]
	return o, ok
}

func (c *cloud) made() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

// kind is one kind of object in the cloud.
type kind struct {
	*cloud
	name resource.Type
}

var errNotAsked = errors.New("apply does not ask for this")

func (k kind) Type() resource.Type { return k.name }
func (k kind) Desired(*spec.Deployment) ([]resource.Node[fields], error) {
	return nil, errNotAsked
}

func (k kind) Observe(ctx context.Context, keys []resource.Key) (map[resource.Key]object, error) {
	found := map[resource.Key]object{}
	for _, key := range keys {
		err := k.do(ctx, "observe", key, func() {
			if o, ok := k.objects[key]; ok {
				found[key] = o
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (k kind) Outputs(o object, pending []resource.FieldChange) resource.Outputs {
	if len(pending) > 0 {
		return nil
	}
	return resource.Outputs{"arn": "arn:" + o.fields["/name"]}
}

func (k kind) Standing(_ fields, o object) resource.Standing { return o.Standing }

func (k kind) Diff(d fields, o object) []resource.FieldChange {
	var out []resource.FieldChange
	for _, path := range slices.Sorted(maps.Keys(d)) {
		if o.fields[path] != d[path] {
			out = append(out, resource.FieldChange{Path: path, Before: o.fields[path], After: d[path], Replaces: strings.HasPrefix(path, "/fixed")})
		}
	}
	if o.Owner != owner {
		out = append(out, resource.FieldChange{Path: "/owner", Before: o.Owner, After: owner})
	}
	return out
}

func (k kind) Keep(d fields, o object, ignore []string) fields {
	d = maps.Clone(d)
	for _, path := range ignore {
		d[path] = o.fields[path]
	}
	return d
}

func (k kind) Create(ctx context.Context, key resource.Key, d fields) (resource.Outputs, error) {
	return k.put(ctx, "create", key, d)
}

func (k kind) Update(ctx context.Context, key resource.Key, d fields, _ object, _ []resource.FieldChange) (resource.Outputs, error) {
	return k.put(ctx, "update", key, d)
}

func (k kind) put(ctx context.Context, verb string, key resource.Key, d fields) (resource.Outputs, error) {
	if err := k.do(ctx, verb, key, func() { k.objects[key] = ours(d) }); err != nil {
		return nil, err
	}
	return resource.Outputs{"arn": "arn:" + d["/name"]}, nil
}

func (k kind) Delete(ctx context.Context, key resource.Key, _ object) error {
	return k.do(ctx, "delete", key, func() { delete(k.objects, key) })
}

func key(name string) resource.Key {
	kind, rest, _ := strings.Cut(name, "/")
	return resource.Key{Type: resource.Type(kind), Name: rest}
}

// want is one desired object: "kind/name", and the objects it uses.
type want struct {
	name   string
	uses   []string
	fields fields
	drift  spec.Drift
	ignore []string
	build  func(resource.Lookup) (any, error)
}

func (w want) node() resource.Node[any] {
	n := resource.Node[any]{Key: key(w.name), Drift: w.drift, Ignore: w.ignore, Build: w.build}
	if n.Build == nil {
		n.Build = func(lookup resource.Lookup) (any, error) {
			d := fields{"/name": n.Key.Name}
			maps.Copy(d, w.fields)
			for _, used := range w.uses {
				d["/uses/"+used] = lookup(key(used), "arn").String()
			}
			return d, nil
		}
	}
	return n
}

// world is a cloud and what is wanted of it.
type world struct {
	kinds    []string // "a" alone when nil
	observed map[string]object
	desired  []want
	orphans  []string
}

// plan makes the plan of the world's cloud, and that cloud.
func (w world) plan(t testing.TB) (*plan.Plan, *cloud) {
	t.Helper()
	c := &cloud{objects: map[resource.Key]object{}}
	for name, o := range w.observed {
		c.objects[key(name)] = o
	}
	if w.kinds == nil {
		w.kinds = []string{"a"}
	}
	var groups []plan.Group
	for _, name := range w.kinds {
		g := plan.Group{Kind: resource.Erase(kind{c, resource.Type(name)}), Observed: map[resource.Key]any{}}
		for _, d := range w.desired {
			if n := d.node(); string(n.Key.Type) == name {
				g.Nodes = append(g.Nodes, n)
			}
		}
		for k, o := range c.objects {
			if string(k.Type) == name {
				g.Observed[k] = o
			}
		}
		for _, o := range w.orphans {
			if k := key(o); string(k.Type) == name {
				g.Orphans = append(g.Orphans, k)
			}
		}
		groups = append(groups, g)
	}
	p, err := plan.Compute(owner, groups)
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

func options() apply.Options {
	return apply.Options{Parallelism: 4, Grace: 5 * time.Second, Now: time.Now, Sleep: sleep}
}

// told is results on a line each: "kind/name status", with a word on why.
func told(results []apply.Result) []string {
	out := []string{}
	for _, r := range results {
		line := string(r.Key.Type) + "/" + r.Key.Name + " " + string(r.Status)
		if r.Held != "" {
			line += ": held by " + r.Held
		}
		if r.Err != nil {
			line += ": " + r.Err.Error()
		}
		out = append(out, line)
	}
	return out
}
