package plan_test

import (
	"context"
	"errors"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const owner = "shop/staging"

// fields is an object's content by path. A path that begins with /fixed cannot
// be changed in place, one that begins with /secret is sensitive.
type fields map[string]string

// thing is an object as the fake kind observes it.
type thing struct {
	fields fields
	standing
}

type standing = resource.Standing

func ours(f fields) thing  { return thing{f, standing{Owner: owner}} }
func moved(f fields) thing { return thing{f, standing{Owner: owner, Moved: true, Note: "by eve"}} }

// fake is a kind without AWS. Whatever would write or read fails.
type fake struct{ kind resource.Type }

var errNoAWS = errors.New("a plan is pure")

func (f fake) Type() resource.Type { return f.kind }
func (f fake) Desired(*spec.Deployment) ([]resource.Node[fields], error) {
	return nil, errNoAWS
}
func (f fake) Observe(context.Context, []resource.Key) (map[resource.Key]thing, error) {
	return nil, errNoAWS
}
func (f fake) Create(context.Context, resource.Key, fields) (resource.Outputs, error) {
	return nil, errNoAWS
}
func (f fake) Update(context.Context, resource.Key, fields, thing, []resource.FieldChange) (resource.Outputs, error) {
	return nil, errNoAWS
}
func (f fake) Delete(context.Context, resource.Key, thing) error { return errNoAWS }

// Outputs are "arn", and "version" unless something is pending.
func (f fake) Outputs(o thing, pending []resource.FieldChange) resource.Outputs {
	out := resource.Outputs{"arn": "arn:" + o.fields["/name"]}
	if len(pending) == 0 {
		out["version"] = "1"
	}
	return out
}

func (f fake) Standing(_ fields, o thing) resource.Standing { return o.standing }

func (f fake) Diff(d fields, o thing) []resource.FieldChange {
	var out []resource.FieldChange
	for _, path := range slices.Sorted(maps.Keys(d)) {
		before, exists := o.fields[path]
		if exists && before == d[path] {
			continue
		}
		c := resource.FieldChange{Path: path, Before: before, After: d[path], Replaces: strings.HasPrefix(path, "/fixed")}
		if !exists {
			c.Before = nil
		}
		if strings.HasPrefix(path, "/secret") {
			c.Sensitive = true
			if path != "/secret/unkeyed" {
				c.Proof = proof(d[path])
			}
		}
		out = append(out, c)
	}
	return out
}

// proof stands for a keyed digest.
func proof(value string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(value))), 16)
}

func (f fake) Keep(d fields, o thing, ignore []string) fields {
	d = maps.Clone(d)
	for _, path := range ignore {
		d[path] = o.fields[path]
	}
	return d
}

// Digest stands for one: it tells desired states apart.
func (f fake) Digest(d fields) string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(d)) {
		if !strings.HasPrefix(path, "/secret") {
			b.WriteString(path + "=" + d[path] + ";")
		}
	}
	return b.String()
}

// world is a way to write groups down: objects are called kind/name.
type world struct {
	kinds    []string
	desired  []node
	observed map[string]thing
	orphans  []string
}

type node struct {
	name   string
	fields fields
	uses   []string // "path=kind/name.output", in the order they are looked up
	drift  spec.Drift
	ignore []string
	err    error
	arn    string // promised; may be empty
}

func key(name string) resource.Key {
	kind, rest, _ := strings.Cut(name, "/")
	return resource.Key{Type: resource.Type(kind), Name: rest}
}

func (w world) groups() []plan.Group {
	var groups []plan.Group
	for _, kind := range w.kinds {
		g := plan.Group{Kind: resource.Erase(fake{resource.Type(kind)}), Observed: map[resource.Key]any{}}
		for _, n := range w.desired {
			if k := key(n.name); string(k.Type) == kind {
				g.Nodes = append(g.Nodes, n.declare(k))
			}
		}
		for name, o := range w.observed {
			if k := key(name); string(k.Type) == kind {
				g.Observed[k] = o
			}
		}
		for _, name := range w.orphans {
			if k := key(name); string(k.Type) == kind {
				g.Orphans = append(g.Orphans, k)
			}
		}
		groups = append(groups, g)
	}
	return groups
}

func (n node) declare(k resource.Key) resource.Node[any] {
	out := resource.Node[any]{Key: k, Tasks: []string{"web"}, Drift: n.drift, Ignore: n.ignore,
		At: spec.Position{File: "tasks/web.yaml", Line: 7}, Build: func(l resource.Lookup) (any, error) { return n.build(l) }}
	if n.arn != "" {
		out.Promised = resource.Outputs{"arn": n.arn}
	}
	return out
}

func (n node) build(lookup resource.Lookup) (fields, error) {
	if n.err != nil {
		return nil, n.err
	}
	out := maps.Clone(n.fields)
	if out == nil {
		out = fields{}
	}
	for _, use := range n.uses {
		path, from, _ := strings.Cut(use, "=")
		dot := strings.LastIndex(from, ".")
		out[path] = lookup(key(from[:dot]), from[dot+1:]).String()
	}
	return out, nil
}
