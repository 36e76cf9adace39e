package wire

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/model"
)

// node is one step of the dotted keys of an awsQuery form, such as
// Tags.member.1.Key.
type node struct {
	value    string
	set      bool
	children map[string]*node
}

func newNode() *node { return &node{children: map[string]*node{}} }

func (n *node) add(key, value string) {
	for part := range strings.SplitSeq(key, ".") {
		next, ok := n.children[part]
		if !ok {
			next = newNode()
			n.children[part] = next
		}
		n = next
	}
	n.value, n.set = value, true
}

// former turns nodes into the tree that a JSON body would have been.
type former struct{ s *model.Service }

func (f former) tree(shapeName string, n *node, path string) (any, error) {
	shape := f.s.Shapes[shapeName]
	switch shape.Kind {
	case model.Structure:
		return f.structure(shape, n, path)
	case model.List:
		return f.list(shape, n, path)
	case model.Map:
		return nil, malformed(f.s, "the sandbox cannot read the map %s", path)
	}
	if len(n.children) > 0 {
		return nil, malformed(f.s, "%s has no members", path)
	}
	return f.scalar(shape, n.value, path)
}

func (f former) structure(shape model.Shape, n *node, path string) (any, error) {
	if n.set && path != "" {
		return nil, malformed(f.s, "%s is a structure, not a value", path)
	}
	out := map[string]any{}
	for name, child := range n.children {
		member, known := shape.Member(name)
		if !known {
			return nil, malformed(f.s, "unknown parameter %q", join(path, name))
		}
		value, err := f.tree(member.Shape, child, join(path, name))
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	return out, nil
}

// list reads NAME.member.1, NAME.member.2 …; a bare NAME= is an empty list, as
// botocore writes it.
func (f former) list(shape model.Shape, n *node, path string) (any, error) {
	out := []any{}
	if len(n.children) == 0 && n.value == "" {
		return out, nil
	}
	members, ok := n.children["member"]
	if !ok || len(n.children) != 1 || n.set || members.set {
		return nil, malformed(f.s, "%s is a list: write %s.member.1 and so on", path, path)
	}
	for i := range len(members.children) {
		index := strconv.Itoa(i + 1)
		child, ok := members.children[index]
		if !ok {
			return nil, malformed(f.s, "%s.member is numbered with a gap: %v", path, slices.Sorted(maps.Keys(members.children)))
		}
		value, err := f.tree(shape.Elem, child, join(path, "member."+index))
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	return out, nil
}

func (f former) scalar(shape model.Shape, value, path string) (any, error) {
	switch shape.Kind {
	case model.Boolean:
		if value != "true" && value != "false" {
			return nil, malformed(f.s, "%s must be true or false", path)
		}
		return value == "true", nil
	case model.Integer, model.Long, model.Float, model.Double:
		return json.Number(value), nil
	case model.Timestamp:
		at, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return nil, malformed(f.s, "%s is not an ISO 8601 time", path)
		}
		return json.Number(strconv.FormatInt(at.Unix(), 10)), nil
	default:
		return value, nil
	}
}
