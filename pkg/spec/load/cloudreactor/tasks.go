package cloudreactor

import (
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// tasks reads the tasks of all layers. As the deployer does, it evaluates all
// that they say before one of them is looked at, so that a name which is known
// within a task alone is undefined.
func (r *reader) tasks() error {
	layers, err := r.layers()
	if err != nil {
		return err
	}
	if len(layers) == 0 {
		r.warn(r.Common.At, "", "name them in "+r.allTasks(), "the project has no tasks")
	}
	entries, perTask := r.gather(layers), r.perTask()
	outside, err := r.base(r.vars)
	if err != nil && (r.generation == schema4 || !perTask) {
		return hinted(err)
	}
	for _, e := range entries {
		own, err := e.own(r.vars)
		if err == nil && perTask {
			err = r.taskWithin(e)
		} else if err == nil {
			err = r.task(e, r.vars, own, outside)
		}
		if err := r.collect(hinted(err)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) allTasks() string {
	if r.generation == before4 {
		return "task_name_to_config"
	}
	return "project_task_name_to_config"
}

// hinted tells what to use instead of a name that is known within tasks alone.
func hinted(err error) error {
	e, ok := err.(*spec.Error) //nolint:errorlint // complaints are never wrapped
	if !ok || !strings.HasPrefix(e.Message, `"item" is not`) && !strings.HasPrefix(e.Message, `"task_name" is not`) {
		return err
	}
	out := *e
	out.Hint = "the deployer evaluates this outside of all tasks too: use task_name_safe"
	return &out
}

// taskWithin evaluates everything anew as one task sees it.
func (r *reader) taskWithin(e *entry) error {
	v := r.vars.within(e.key, r.recipes)
	base, err := r.base(v)
	if err != nil {
		return err
	}
	own, err := e.own(v)
	if err != nil {
		return err
	}
	return r.task(e, v, own, base)
}

// task reads one task out of its settings.
func (r *reader) task(e *entry, v variables, own, base *yaml11.Node) error {
	name := e.key.Text
	ordered := merge(own, base) // the deployer's order of keys
	config := merge(ordered, own)
	if !r.deploys(name, own, config) {
		r.project.Undeployed = append(r.project.Undeployed, name)
		return nil
	}
	if !e.shared {
		r.warn(e.key.At, e.parts[0].layer.name, "if that is not meant, remove it or set deployed: false", "the task %q is named for this environment alone, so it is deployed here and nowhere else", name)
	}
	b, err := r.builder(e, v, config)
	if err != nil {
		return err
	}
	doc := b.manifest()
	b.problems = append(b.problems, source.Sealed(doc)...)
	if len(b.problems) > 0 {
		return b.problems
	}
	decoded, err := manifest.Decode[manifest.Task](doc)
	if err != nil {
		return err
	}
	r.project.Tasks = append(r.project.Tasks, source.Task{Doc: decoded, At: e.key.At, Complete: true, Reads: b.reads,
		Vaulted:   source.Sensitive(doc.Get("spec").Get("task_definition"), ""),
		Place:     func(pointer string) spec.Position { return source.Place(doc, pointer) },
		Sensitive: source.Hidden(doc)})
	return nil
}
