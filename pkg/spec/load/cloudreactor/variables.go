package cloudreactor

import (
	"errors"
	"path/filepath"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// variables are the variables of the project as expressions see them from one
// place: from outside of all tasks, or from within one.
type variables struct {
	in    Input
	scope *expr.Scope
}

// recipe makes a variable that the deployer derives from those of the project.
type recipe struct {
	name string
	make func(variables) (*yaml11.Node, error)
}

// newVariables sets the variables that are there from the start. The project's
// own of the same name win, save env, which the command line gives.
func newVariables(in Input) variables {
	v := variables{in: in, scope: expr.NewScope(in.Expressions, in.Common, in.Stem)}
	at := spec.Position{}
	v.scope.Set("env", final(in.Environment, at))
	v.scope.Set("task_names", final(v.environ("ALL", "TASK_NAMES"), at))
	workDir := filepath.Dir(in.Folder)
	for _, pair := range [][2]string{
		{"config_filename_stem", in.StemName},
		{"deploy_config_dir", in.Folder},
		{"work_dir", workDir},
		{"docker_context_dir", v.environ(workDir, "CONTAINER_DOCKER_CONTEXT_DIR")},
	} {
		if !v.own(pair[0]) {
			v.scope.Set(pair[0], final(pair[1], at))
		}
	}
	return v
}

// own tells whether the project defines a variable itself.
func (v variables) own(name string) bool {
	return v.in.Common.Get(name) != nil || v.in.Stem.Get(name) != nil
}

// environ is the first of the process's variables that is set and not empty.
func (v variables) environ(fallback string, names ...string) string {
	for _, name := range names {
		if value, ok := v.in.Env(name); ok && value != "" {
			return value
		}
	}
	return fallback
}

// derive makes the deployer's variables. They and the project's may use each
// other in any order, so what fails is tried again once others are there. It
// returns why those that cannot be made cannot.
func (v variables) derive(recipes []recipe) map[string]error {
	failed := map[string]error{}
	for made := true; made; {
		made = false
		for _, r := range recipes {
			if v.own(r.name) || v.scope.Raw(r.name) != nil {
				continue
			}
			n, err := r.make(v)
			if failed[r.name] = err; err == nil {
				v.scope.Set(r.name, n)
				delete(failed, r.name)
				made = true
			}
		}
	}
	for _, r := range recipes { // once more, now that all are there
		if n, err := r.make(v); err == nil && !v.own(r.name) {
			v.scope.Set(r.name, n)
		}
	}
	return failed
}

// within are the variables as one task sees them.
func (v variables) within(task *yaml11.Node, recipes []recipe) variables {
	name := final(task.Text, task.At)
	scope := v.scope.With("item", name).With("task_name", name)
	inside := variables{in: v.in, scope: scope}
	for _, r := range recipes {
		if n, err := r.make(inside); err == nil && !v.own(r.name) {
			inside.scope = inside.scope.With(r.name, n)
		}
	}
	return inside
}

// value is an evaluated variable; nil when it is not defined.
func (v variables) value(name string) (*yaml11.Node, error) { return v.scope.Value(name) }

// mapping is a variable that must be a mapping. Without one, and for null, it
// is nil.
func (v variables) mapping(name string) (*yaml11.Node, error) {
	n, err := v.value(name)
	if err != nil {
		return nil, err
	}
	return asMapping(n, name)
}

func asMapping(n *yaml11.Node, path string) (*yaml11.Node, error) {
	if n.IsNull() {
		return nil, nil
	}
	if n.Kind != yaml11.Map {
		return nil, &spec.Error{At: n.At, Path: path, Message: "a mapping is wanted here, this is a " + n.Kind.String()}
	}
	return n, nil
}

// combined merges mappings, the later ones winning. It is empty without any.
func (v variables) combined(names ...string) (*yaml11.Node, error) {
	var out *yaml11.Node
	for _, name := range names {
		n, err := v.mapping(name)
		if err != nil {
			return nil, err
		}
		out = merge(out, n)
	}
	if out == nil {
		out = yaml11.NewMap(nil, v.in.Stem.At)
	}
	return out, nil
}

// section is the part of a mapping for this environment; nil without. The
// other environments' parts are not looked at: they may use what only their
// own files define.
func (v variables) section(name string) (*yaml11.Node, error) {
	raw := v.scope.Raw(name)
	if raw == nil || raw.Kind != yaml11.Map {
		whole, err := v.mapping(name)
		if err != nil {
			return nil, err
		}
		return asMapping(whole.Get(v.in.Environment), name)
	}
	part := raw.Get(v.in.Environment)
	if part == nil {
		return nil, nil
	}
	n, err := v.scope.Eval(part)
	if err != nil {
		return nil, err
	}
	return asMapping(n, name+"."+v.in.Environment)
}

// errNotYet says that a variable is made from one that is not there.
var errNotYet = errors.New("not known")

// made is a derived variable that is a mapping; errNotYet without the variable.
func (v variables) made(name string) (*yaml11.Node, error) {
	n, err := v.mapping(name)
	if err == nil && n == nil {
		err = errNotYet
	}
	return n, err
}

// part is a setting in a derived mapping, nil without the setting.
func (v variables) part(name string, keys ...string) (*yaml11.Node, error) {
	n, err := v.made(name)
	return given(n, keys...), err
}

// text is a variable's text; errNotYet without the variable.
func (v variables) text(name string) (*yaml11.Node, error) {
	n, err := v.value(name)
	if err == nil && n.IsNull() {
		err = errNotYet
	}
	if err != nil {
		return nil, err
	}
	return made(yaml11.PyStr(n), n.At, n), nil
}
