package load

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/shape"
)

// definition is where a task definition stands in a manifest.
const definition = "/spec/task_definition"

// task resolves one task: what it reads, whose role it wears, what is
// registered.
func (r *resolver) task(from source.Task) {
	s := from.Doc.Spec
	t := spec.Task{Name: from.Doc.Metadata.Name, Labels: from.Doc.Metadata.Labels, RoleARN: s.RoleARN, Inject: s.Inject,
		Service: r.service(from), Schedule: r.schedule(from), Drift: s.Drift, OnSecretChange: cmp.Or(s.OnSecretChange, r.project.OnSecretChange), Ignore: s.Ignore, Vaulted: from.Vaulted, At: from.At}
	t.VaultedService, t.VaultedSchedule = vaulted(from, "/spec/service"), vaulted(from, "/spec/schedule")
	if t.Inject == "" {
		t.Inject = spec.InjectWrapper
	}
	r.choices(from, t)
	t.EnvLocations = r.envLocations(from)
	t.TaskDefinition = r.definition(from, t)
	t.Vaulted = slices.DeleteFunc(slices.Clone(t.Vaulted), func(p string) bool { return !manifest.Has(t.TaskDefinition, p) })
	r.inject(from, &t)
	r.roles(from, t)
	r.checkDefinition(from, t)
	r.traps(from, t)
	r.d.Tasks = append(r.d.Tasks, t)
}

// choices checks the words that have a fixed set.
func (r *resolver) choices(from source.Task, t spec.Task) {
	word := func(value string, allowed []string, pointer string) {
		if value != "" && !slices.Contains(allowed, value) {
			r.complain(from.Place(pointer), dotted(pointer), suggestion(value, allowed), fmt.Sprintf("%q is not one of %s", value, strings.Join(allowed, ", ")))
		}
	}
	word(string(t.Inject), []string{string(spec.InjectWrapper), string(spec.InjectECSSecrets), string(spec.InjectNone)}, "/spec/inject")
	drifts := []string{string(spec.DriftCorrect), string(spec.DriftReport), string(spec.DriftIgnore)}
	word(string(t.Drift), drifts, "/spec/drift")
	word(string(from.Doc.Spec.OnSecretChange), secretChanges(), "/spec/on_secret_change")
	for i, l := range from.Doc.Spec.EnvLocations {
		pointer := envLocationPointer(i) + "/drift"
		switch {
		case l.Secret != nil:
			word(string(l.Secret.Drift), drifts, pointer)
		case l.Parameter != nil:
			word(string(l.Parameter.Drift), drifts, pointer)
		}
	}
	r.ignore(from, t)
}

// secretChanges are the words that on_secret_change may have.
func secretChanges() []string {
	return []string{string(spec.SecretChangeReport), string(spec.SecretChangeRedeploy)}
}

func suggestion(word string, known []string) string {
	if like := shape.Suggest(word, known); like != "" {
		return fmt.Sprintf("did you mean %q?", like)
	}
	return ""
}

// Documents that are read into the model and not converged.
func (r *resolver) notConverged(from source.Task) {
	say := func(name string, doc spec.Document) {
		if doc != nil {
			r.warn(from.Place("/spec/"+name), "spec."+name, "", fmt.Sprintf("the %s of %s is read and not converged: this version has no such kind yet", name, from.Doc.Metadata.Name))
		}
	}
	say("service", from.Doc.Spec.Service)
	say("schedule", from.Doc.Spec.Schedule)
}

// twice refuses a variable that a container is given twice. ECS takes both, and
// the process sees one of them. CloudReactor's deployer takes both too.
func (r *resolver) twice(from source.Task, t spec.Task) {
	containers, _ := t.TaskDefinition["containerDefinitions"].([]any)
	for i, item := range containers {
		c, _ := item.(map[string]any)
		environment, _ := c["environment"].([]any)
		seen := map[any]bool{}
		for n, item := range environment {
			entry, _ := item.(map[string]any)
			if name := entry["name"]; name != nil && seen[name] {
				pointer := fmt.Sprintf("%s/containerDefinitions/%d/environment/%d/name", definition, i, n)
				problem := spec.Error{At: from.Place(pointer), Path: dotted(pointer), Message: fmt.Sprintf("the variable %q is in environment already", name), Hint: "keep one of them"}
				if from.Complete {
					r.warn(problem.At, problem.Path, problem.Hint, problem.Message)
				} else {
					r.d.Refusals = append(r.d.Refusals, &problem)
				}
			}
			seen[entry["name"]] = true
		}
	}
}

func envLocationPointer(i int) string { return "/spec/env_locations/" + strconv.Itoa(i) }

func managed(role *manifest.Role, otherwise bool) bool {
	if role == nil || role.Manage == nil {
		return otherwise
	}
	return *role.Manage
}
