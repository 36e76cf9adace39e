package yaml11

import (
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec"

	"go.yaml.in/yaml/v3"
)

// converter turns the parser's nodes into ours. Each anchor is converted once
// and shared by its aliases; size and height keep count of what the tree would
// be without sharing.
type converter struct {
	file     string
	limits   Limits
	done     map[*yaml.Node]*converted
	warnings []spec.Warning
	total    int // nodes, aliases written out
}

type converted struct {
	node   *Node
	size   int // nodes below and including this one, aliases written out
	height int // levels of lists and mappings
	open   bool
}

const (
	aliasHint = "write the values out instead of nesting aliases"
	tagHint   = "known are !vault, !unsafe, !!str, !!int, !!float, !!bool, !!null, !!seq and !!map; " +
		"a value that begins with ! must be quoted"
)

func (c *converter) document(doc *yaml.Node) (*Node, error) {
	if len(doc.Content) == 0 {
		return NewNull(c.at(doc)), nil
	}
	v, err := c.value(doc.Content[0], 0)
	if err != nil {
		return nil, err
	}
	if c.total += v.size; c.total > c.limits.Nodes {
		return nil, c.tooMany(doc.Content[0])
	}
	return v.node, nil
}

func (c *converter) at(n *yaml.Node) spec.Position {
	return spec.Position{File: c.file, Line: n.Line, Column: n.Column}
}

func (c *converter) fail(n *yaml.Node, message, hint string) error {
	return &spec.Error{At: c.at(n), Message: message, Hint: hint}
}

func (c *converter) tooMany(n *yaml.Node) error {
	return c.fail(n, fmt.Sprintf("the file holds more than %d values once its aliases are written out", c.limits.Nodes), aliasHint)
}

// value converts n, which lies depth levels deep.
func (c *converter) value(n *yaml.Node, depth int) (*converted, error) {
	if n.Kind == yaml.AliasNode {
		return c.alias(n, depth)
	}
	v := &converted{open: true, size: 1}
	if n.Anchor != "" {
		c.done[n] = v
	}
	err := c.fill(v, n, depth)
	v.open = false
	if err == nil && v.size > c.limits.Nodes {
		err = c.tooMany(n)
	}
	return v, err
}

func (c *converter) alias(n *yaml.Node, depth int) (*converted, error) {
	v := c.done[n.Alias]
	switch {
	case v == nil:
		return c.value(n.Alias, depth)
	case v.open:
		return nil, c.fail(n, "an alias (*name) stands inside the very value it names", aliasHint)
	case depth+v.height > c.limits.Depth:
		return nil, c.tooDeep(n)
	}
	return v, nil
}

func (c *converter) tooDeep(n *yaml.Node) error {
	return c.fail(n, fmt.Sprintf("nested deeper than %d levels", c.limits.Depth), "flatten the document")
}

func (c *converter) fill(v *converted, n *yaml.Node, depth int) (err error) {
	if n.Kind != yaml.ScalarNode && depth >= c.limits.Depth {
		return c.tooDeep(n)
	}
	switch n.Kind {
	case yaml.SequenceNode:
		return c.list(v, n, depth)
	case yaml.MappingNode:
		return c.mapping(v, n, depth)
	default:
		v.node, err = c.scalar(n)
		return err
	}
}

// add counts a child.
func (v *converted) add(child *converted) {
	v.size += child.size
	v.height = max(v.height, child.height)
}

func (c *converter) list(v *converted, n *yaml.Node, depth int) error {
	if err := c.checkTag(n, "!!seq"); err != nil {
		return err
	}
	items := make([]*Node, len(n.Content))
	for i, content := range n.Content {
		item, err := c.value(content, depth+1)
		if err != nil {
			return err
		}
		v.add(item)
		items[i] = item.node
	}
	v.height++
	v.node = NewList(items, c.at(n))
	markUnsafe(v.node, n)
	return nil
}

func (c *converter) mapping(v *converted, n *yaml.Node, depth int) error {
	if err := c.checkTag(n, "!!map"); err != nil {
		return err
	}
	own, err := c.fields(v, n, depth)
	if err != nil {
		return err
	}
	v.height++
	d := newDict(len(own.merged) + len(own.fields))
	for _, f := range own.merged {
		d.put(f)
	}
	if err := c.putOwn(d, own.fields); err != nil {
		return err
	}
	v.node = d.node(c.at(n))
	markUnsafe(v.node, n)
	return nil
}

// putOwn adds the mapping's own fields over the merged ones and warns where
// two of them have one key.
func (c *converter) putOwn(d *dict, fields []Field) error {
	seen := make(map[string]*Node, len(fields))
	for _, f := range fields {
		if id, ok := KeyIdentity(f.Key); ok {
			if first := seen[id]; first != nil {
				again := fmt.Sprintf("the key %q is here for the second time (first in line %d)", f.Key.Text, first.At.Line)
				if c.limits.UniqueKeys {
					return &spec.Error{At: f.Key.At, Message: again, Hint: "remove one of them"}
				}
				c.warn(f.Key, again+"; this one counts", "remove one of them")
			}
			seen[id] = f.Key
		}
		d.put(f)
	}
	return nil
}

func (c *converter) warn(n *Node, message, hint string) {
	c.warnings = append(c.warnings, spec.Warning{At: n.At, Message: message, Hint: hint})
}

// pairs are the fields of one mapping, those of its merge keys apart.
type pairs struct{ merged, fields []Field }

func (c *converter) fields(v *converted, n *yaml.Node, depth int) (pairs, error) {
	var out pairs
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, content := n.Content[i], n.Content[i+1]
		value, err := c.value(content, depth+1)
		if err != nil {
			return out, err
		}
		if isMergeKey(key) {
			out.merged, err = c.merge(v, out.merged, value, content)
		} else {
			out.fields, err = c.field(v, out.fields, value, key)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

func isMergeKey(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!merge"
}

func (c *converter) field(v *converted, fields []Field, value *converted, key *yaml.Node) ([]Field, error) {
	k, err := c.key(key)
	if err != nil {
		return nil, err
	}
	v.add(value)
	v.size++
	return append(fields, Field{Key: k, Value: value.node}), nil
}

func (c *converter) key(n *yaml.Node) (*Node, error) {
	scalar := n
	if n.Kind == yaml.AliasNode {
		scalar = n.Alias
	}
	if scalar.Kind != yaml.ScalarNode {
		return nil, c.fail(n, "a list or mapping cannot be a key", "quote the key if it is a text or a template")
	}
	v, err := c.value(n, 0)
	if err != nil {
		return nil, err
	}
	if v.node.Vault != nil {
		return nil, c.fail(n, "a key cannot be encrypted", "encrypt the value alone")
	}
	if v.node.Kind != String && PyStr(v.node) != v.node.Text {
		c.warn(v.node, fmt.Sprintf("the key %s is read as %s", v.node.Text, PyStr(v.node)), "quote the key to keep it as written")
	}
	return v.node, nil
}

// merge adds the fields of a merge key's value. A later one overrides, so a
// list of mappings goes in from its end: its first mapping wins.
func (c *converter) merge(v *converted, merged []Field, value *converted, n *yaml.Node) ([]Field, error) {
	sources := []*Node{value.node}
	if value.node.Kind == List {
		sources = value.node.Items
	}
	for i := len(sources) - 1; i >= 0; i-- {
		if sources[i].Kind != Map {
			return nil, c.fail(n, "the merge key << needs a mapping or a list of mappings", `quote the key ("<<") if it is meant as text`)
		}
		merged = append(merged, sources[i].Fields...)
	}
	if v.add(value); v.size > c.limits.Nodes {
		return nil, c.tooMany(n)
	}
	return merged, nil
}

// checkTag refuses tags that PyYAML's SafeLoader, as Ansible extends it, does
// not know.
func (c *converter) checkTag(n *yaml.Node, own string) error {
	if n.Style&yaml.TaggedStyle == 0 || n.Tag == own || n.Tag == "!unsafe" {
		return nil
	}
	return c.fail(n, "this value has a tag that is not supported here", tagHint)
}

// markUnsafe marks the texts below a node tagged !unsafe. The children may be
// shared with anchors elsewhere, so they are copied.
func markUnsafe(node *Node, n *yaml.Node) {
	if n.Tag != "!unsafe" {
		return
	}
	*node = *node.mapped(func(n *Node) { n.Unsafe = true })
}

// scalar resolves a scalar by its tag, or by its text when it has none.
func (c *converter) scalar(n *yaml.Node) (*Node, error) {
	out := &Node{Kind: String, At: c.at(n), Text: n.Value}
	if n.Style&yaml.TaggedStyle == 0 {
		const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
		if n.Style&quoted == 0 {
			out.Kind = PlainKind(n.Value)
		}
		return out, c.construct(out, n)
	}
	switch n.Tag {
	case "!!str", "!!timestamp", "!!value":
	case "!unsafe":
		out.Unsafe = true
	case "!vault", "!vault-encrypted":
		out.Vault, out.Text, out.Marks = []byte(n.Value), "", Marks{Sensitive: true, Inline: true}
	default:
		kind, ok := taggedKind(n.Tag)
		if !ok {
			return nil, c.fail(n, "this value has a tag that is not supported here", tagHint)
		}
		out.Kind = kind
	}
	return out, c.construct(out, n)
}

func taggedKind(tag string) (Kind, bool) {
	switch tag {
	case "!!int":
		return Int, true
	case "!!float":
		return Float, true
	case "!!bool":
		return Bool, true
	case "!!null":
		return Null, true
	}
	return Null, false
}

// construct fills in the value of a scalar whose kind is known.
func (c *converter) construct(out *Node, n *yaml.Node) error {
	ok := true
	switch out.Kind {
	case Int:
		out.Int, ok = parseInt(n.Value)
	case Float:
		out.Float, ok = parseFloat(n.Value)
	case Bool:
		out.Bool, ok = parseBool(n.Value)
	}
	if !ok {
		article := "a"
		if strings.HasPrefix(out.Kind.String(), "i") {
			article = "an"
		}
		return c.fail(n, fmt.Sprintf("this value is not %s %s that YAML 1.1 knows", article, out.Kind), "quote it if it is a text")
	}
	return nil
}
