package cloudreactor

import (
	"fmt"
	"regexp"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// layer is a mapping by task's name, one of several that are merged.
type layer struct {
	name   string
	fields *yaml11.Node // a mapping
	made   bool         // by an expression, and so not as it is written
	shared bool         // for every environment
}

// layers are those of a generation, the later ones winning. The names of the
// deployer's own variables are layers too where a project defines them.
func (r *reader) layers() ([]layer, error) {
	names := []string{"project_task_name_to_config", "env_to_task_name_to_config", "env_task_name_to_config"}
	if r.generation == before4 {
		names = []string{"task_name_to_config", "env_to_task_name_to_config", "task_name_to_env_config"}
		if r.vars.own("env_task_name_to_config") {
			names[1] = "env_task_name_to_config"
		}
	}
	var out []layer
	for i, name := range names {
		n, made, err := r.vars.entries(name)
		if err != nil {
			return nil, err
		}
		if n != nil {
			out = append(out, layer{name, n, made, i == 0})
		}
	}
	return out, nil
}

// entries is a mapping of tasks. Its values stay as written, unless an
// expression makes the whole.
func (v variables) entries(name string) (n *yaml11.Node, made bool, err error) {
	n = v.scope.Raw(name)
	sectioned := name == "env_to_task_name_to_config"
	if sectioned && n != nil && n.Kind == yaml11.Map {
		n = n.Get(v.in.Environment)
	}
	switch {
	case n.IsNull() || n.Kind == yaml11.Map:
		n, err = asMapping(n, name)
		return n, false, err
	case sectioned:
		n, err = v.section(name)
	default:
		n, err = v.mapping(name)
	}
	return n, true, err
}

// entry is one task of the project, as it is written in the layers.
type entry struct {
	key    *yaml11.Node // where its name stands first
	shared bool         // it is in the layer for every environment
	parts  []part
}

type part struct {
	layer layer
	raw   *yaml11.Node
}

// value is the part as seen from one place.
func (p part) value(v variables, task string) (*yaml11.Node, error) {
	if !p.layer.made {
		return v.scope.Eval(p.raw)
	}
	all, _, err := v.entries(p.layer.name)
	if err != nil {
		return nil, err
	}
	if n := all.Get(task); n != nil {
		return n, nil
	}
	return yaml11.NewNull(p.raw.At), nil
}

// gather lists the tasks of all layers by first appearance.
func (r *reader) gather(layers []layer) []*entry {
	var out []*entry
	known := map[string]*entry{}
	for _, l := range layers {
		for _, f := range l.fields.Fields {
			if f.Key.Kind != yaml11.String || f.Key.Text == "" {
				r.complain(f.Key.At, l.name, "put it in quotes", "a task's name must be text, and YAML reads this one as the %s %s", f.Key.Kind, yaml11.PyStr(f.Key))
				continue
			}
			e := known[f.Key.Text]
			if e == nil {
				e = &entry{key: f.Key, shared: l.shared}
				known[f.Key.Text] = e
				out = append(out, e)
			}
			e.parts = append(e.parts, part{l, f.Value})
		}
	}
	return out
}

// base is what all tasks share: the AWS and ECS settings beneath the layers of
// task settings.
func (r *reader) base(v variables) (*yaml11.Node, error) {
	if r.generation == before4 {
		own := "default_env_task_config"
		if v.own("env_task_config") { // the deployer's own name for that layer
			own = "env_task_config"
		}
		return layered(v, nil, "default_task_config", "env_to_default_task_config", own)
	}
	var infra object
	for _, pair := range [][2]string{{"ecs", "task_indep_ecs"}, {"aws", "task_indep_aws"}} {
		n, err := r.needIn(v, pair[1])
		if err != nil {
			return nil, err
		}
		infra.set(pair[0], n)
	}
	return layered(v, infra.node(r.Stem.At), "project_task_config", "env_to_task_config", "env_task_config")
}

// layered merges the settings for all tasks: of the project, of its part for
// this environment, and of the environment's own file.
func layered(v variables, under *yaml11.Node, project, section, env string) (*yaml11.Node, error) {
	n, err := v.mapping(project)
	if err != nil {
		return nil, err
	}
	out := merge(under, n)
	if n, err = v.section(section); err != nil {
		return nil, err
	}
	out = merge(out, n)
	if n, err = v.mapping(env); err != nil {
		return nil, err
	}
	if out = merge(out, n); out == nil {
		out = yaml11.NewMap(nil, v.in.Stem.At)
	}
	return out, nil
}

// own is what the layers say of one task itself; an error when that is nothing.
func (e *entry) own(v variables) (*yaml11.Node, error) {
	var out *yaml11.Node
	for i, p := range e.parts {
		n, err := p.value(v, e.key.Text)
		if err != nil {
			return nil, err
		}
		switch {
		case n.Kind == yaml11.Map:
			out = merge(out, n)
		case n.IsNull() && i < len(e.parts)-1:
			out = nil // a later layer begins anew
		default:
			return nil, &spec.Error{At: placeOf(n, e.key.At), Path: p.layer.name + "." + e.key.Text, Message: fmt.Sprintf("the task %q has no settings", e.key.Text),
				Hint: "give it at least a command, or remove it; {} takes the settings for all tasks"}
		}
	}
	return out, nil
}

// perTask tells whether any expression may depend on the task it is used for.
func (r *reader) perTask() bool {
	word := regexp.MustCompile(`\b(item|task_name|task_name_safe)\b`)
	return mentions(r.Common, word) || mentions(r.Stem, word)
}

func mentions(n *yaml11.Node, word *regexp.Regexp) bool {
	if n.Kind == yaml11.String {
		return n.Vault == nil && strings.Contains(n.Text, "{{") && word.MatchString(n.Text)
	}
	for _, item := range n.Items {
		if mentions(item, word) {
			return true
		}
	}
	for _, f := range n.Fields {
		if mentions(f.Value, word) {
			return true
		}
	}
	return false
}
