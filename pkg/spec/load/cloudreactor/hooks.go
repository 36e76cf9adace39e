package cloudreactor

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// hooks reads the files of Ansible tasks that the deployer runs. Those that
// store secrets, and those by which they decide to, are understood; every
// other is named in a warning. They run before the settings are evaluated.
func (r *reader) hooks() error {
	for _, name := range []string{"pre_build", "", "post_build", "post_task_creation"} {
		if name == "" {
			if err := r.collect(r.uploads()); err != nil {
				return err
			}
			continue
		}
		n, err := r.Hooks(name)
		if err == nil && !n.IsNull() {
			h := hook{reader: r, file: "hooks/" + name + ".yml", idle: name == "post_task_creation", scope: r.vars}
			err = h.run(n)
		}
		if err := r.collect(err); err != nil {
			return err
		}
	}
	return nil
}

// hook is one such file.
type hook struct {
	*reader
	file  string
	idle  bool // nothing in it is understood, it runs once for each task
	scope variables
}

func (h hook) run(n *yaml11.Node) error {
	if n.Kind != yaml11.List {
		return &spec.Error{At: n.At, Path: h.file, Message: "a list of Ansible tasks is wanted here, this is a " + n.Kind.String()}
	}
	for _, task := range n.Items {
		if task.Kind != yaml11.Map {
			return &spec.Error{At: task.At, Path: h.file, Message: "an Ansible task is a mapping, this is a " + task.Kind.String()}
		}
		if err := h.step(task); err != nil {
			return err
		}
	}
	return nil
}

// step runs one task, as far as it is understood.
func (h hook) step(task *yaml11.Node) error {
	module, args := moduleOf(task)
	if h.idle || !understood(module) {
		h.notRun(task, module)
		return nil
	}
	holds, err := h.when(task)
	if err != nil || !holds {
		return err
	}
	if vars := task.Get("vars"); vars != nil && vars.Kind == yaml11.Map {
		for _, f := range vars.Fields {
			h.scope.scope = h.scope.scope.With(f.KeyText(), f.Value)
		}
	}
	switch {
	case module == "block":
		return h.run(args)
	case args == nil || args.Kind != yaml11.Map:
		h.notRun(task, module)
		return nil
	default:
		return h.each(task, func(inside hook) error { return inside.act(task, module, args) })
	}
}

func (h hook) act(task *yaml11.Node, module string, args *yaml11.Node) error {
	switch module {
	case "stat":
		return h.stat(task, args)
	case "set_fact":
		return h.setFact(args)
	default:
		return h.secret(task, args)
	}
}

// each runs a step for every item of its loop, or once without one.
func (h hook) each(task *yaml11.Node, act func(hook) error) error {
	loop := first(task.Get("loop"), task.Get("with_items"))
	if loop == nil {
		return act(h)
	}
	n, err := h.scope.scope.Eval(loop)
	if err != nil {
		return err
	}
	for _, item := range items(n) {
		inside := h
		inside.scope.scope = h.scope.scope.With("item", item)
		if err := act(inside); err != nil {
			return err
		}
	}
	return nil
}

// when evaluates the conditions of a task; several must all hold.
func (h hook) when(task *yaml11.Node) (bool, error) {
	for _, n := range items(task.Get("when")) {
		holds := yaml11.Truthy(n)
		if n.Kind == yaml11.String {
			var err error
			if holds, err = h.scope.scope.EvalCondition(n.Text, n.At); err != nil {
				return false, err
			}
		}
		if !holds {
			return false, nil
		}
	}
	return true, nil
}

func (h hook) notRun(task *yaml11.Node, module string) {
	what := module
	if name := task.Get("name"); name != nil && name.Kind == yaml11.String && !name.Sensitive {
		what = strings.Join(strings.Fields(name.Text), " ") + " (" + module + ")"
	}
	h.warn(task.At, h.file, "run it yourself where it is needed", "this task of the hook is not run: %s", what)
}

// keywords are what Ansible allows in any task beside its module.
func keywords() []string {
	return []string{
		"any_errors_fatal", "args", "async", "become", "become_user", "changed_when", "check_mode", "collections", "connection", "debugger",
		"delay", "delegate_to", "diff", "environment", "failed_when", "ignore_errors", "ignore_unreachable", "loop", "loop_control",
		"module_defaults", "name", "no_log", "notify", "poll", "register", "retries", "run_once", "tags", "throttle", "timeout", "until",
		"vars", "when", "rescue", "always",
	}
}

// moduleOf is what a task does, without the collection's name where it is one
// of those that are understood.
func moduleOf(task *yaml11.Node) (string, *yaml11.Node) {
	for _, f := range task.Fields {
		name := f.KeyText()
		if slices.Contains(keywords(), name) || strings.HasPrefix(name, "with_") {
			continue
		}
		for _, collection := range []string{"ansible.builtin.", "ansible.legacy.", "community.aws.", "amazon.aws."} {
			name = strings.TrimPrefix(name, collection)
		}
		return name, f.Value
	}
	return "nothing", nil
}

func understood(module string) bool {
	return slices.Contains([]string{"aws_secret", "secretsmanager_secret", "stat", "set_fact", "block"}, module)
}
