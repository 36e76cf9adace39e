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

// unknown finds keys that the deployer does not read: an error where it is near
// one that it does, else a warning. Top-level names are free for a project's own
// variables, so of those only what nothing refers to is told of, and is an error
// when a single letter is wrong.
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
			typo := shape.Typo(name, slices.Collect(maps.Keys(top)))
			switch {
			case used[name]:
			case typo != "":
				r.complain(f.Key.At, name, "did you mean "+typo+"?", "nothing uses the variable %s", name)
			case like != "" && strings.Contains(name, "_"):
				r.warn(f.Key.At, name, "did you mean "+like+"?", "nothing uses the variable %s", name)
			}
		}
	}
	return nil
}

// walk finds unknown keys in n and below. The key * stands for any name.
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
		const message = "the key %q is not one that the deployer reads"
		names := slices.Collect(maps.Keys(known))
		switch typo, like := shape.Typo(name, names), shape.Suggest(name, names); {
		case typo != "":
			r.complain(f.Key.At, path, "did you mean "+typo+"?", message, name)
		case like != "":
			r.warn(f.Key.At, path, "did you mean "+like+"?", message, name)
		default:
			r.warn(f.Key.At, path, "", message, name)
		}
	}
}

// references are all words in the project's expressions, and in its hooks, whose
// conditions are expressions without braces.
func (r *reader) references() map[string]bool {
	out := map[string]bool{}
	word := regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	var walk func(n *yaml11.Node, bare bool)
	walk = func(n *yaml11.Node, bare bool) {
		if n.Kind == yaml11.String && n.Vault == nil && (bare || strings.Contains(n.Text, "{{")) {
			for _, name := range word.FindAllString(n.Text, -1) {
				out[name] = true
			}
		}
		for _, item := range n.Items {
			walk(item, bare)
		}
		for _, f := range n.Fields {
			walk(f.Value, bare)
		}
	}
	walk(r.Common, false)
	walk(r.Stem, false)
	for _, name := range []string{"pre_build", "post_build", "post_task_creation"} {
		if n, err := r.Hooks(name); err == nil && n != nil { // else they are complained about when they run
			walk(n, true)
		}
	}
	return out
}
