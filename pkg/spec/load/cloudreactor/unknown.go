package cloudreactor

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
	"ecs-reconciler/pkg/spec/shape"
)

// keys are those that a mapping may have, with those below each. Nil takes
// any.
type keys map[string]keys

// unknown warns of keys that the deployer does not read. Top-level names are
// free for a project's own variables, so of those only a near miss is told
// that nothing refers to.
func (r *reader) unknown() error {
	top := topKeys4()
	if r.generation == before4 {
		top = topKeysBefore4()
	}
	used := r.references()
	for _, file := range []*yaml11.Node{r.Common, r.Stem} {
		for _, f := range file.Fields {
			name := f.KeyText()
			if below, known := top[name]; known {
				r.walk(f.Value, below, name)
				continue
			}
			like := shape.Suggest(name, slices.Collect(maps.Keys(top)))
			if like != "" && !used[name] && strings.Contains(name, "_") {
				r.warn(f.Key.At, name, "did you mean "+like+"?", "nothing uses the variable %s", name)
			}
		}
	}
	return nil
}

// walk warns of unknown keys in n and below. The key * stands for any name.
func (r *reader) walk(n *yaml11.Node, known keys, path string) {
	if known == nil || n.IsNull() {
		return
	}
	for _, item := range n.Items {
		r.walk(item, known, path)
	}
	for _, f := range n.Fields {
		name := f.KeyText()
		below, ok := known[name]
		if !ok {
			below, ok = known["*"]
		}
		if ok {
			r.walk(f.Value, below, path+"."+name)
			continue
		}
		hint := ""
		if like := shape.Suggest(name, slices.Collect(maps.Keys(known))); like != "" {
			hint = "did you mean " + like + "?"
		}
		r.warn(f.Key.At, path, hint, "the key %q is not one that the deployer reads", name)
	}
}

// references are all words in the project's expressions.
func (r *reader) references() map[string]bool {
	out := map[string]bool{}
	word := regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	var walk func(n *yaml11.Node)
	walk = func(n *yaml11.Node) {
		if n.Kind == yaml11.String && n.Vault == nil && strings.Contains(n.Text, "{{") {
			for _, name := range word.FindAllString(n.Text, -1) {
				out[name] = true
			}
		}
		for _, item := range n.Items {
			walk(item)
		}
		for _, f := range n.Fields {
			walk(f.Value)
		}
	}
	walk(r.Common)
	walk(r.Stem)
	return out
}
