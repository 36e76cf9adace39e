package load

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/shape"
	"ecs-reconciler/pkg/spec/taskcheck"
)

// definition is where a task definition stands in a manifest.
const definition = "/spec/task_definition"

// task resolves one task: what it reads, whose role it wears, what is
// registered.
func (r *resolver) task(from source.Task) {
	s := from.Doc.Spec
	t := spec.Task{Name: from.Doc.Metadata.Name, Labels: from.Doc.Metadata.Labels, RoleARN: s.RoleARN, Inject: s.Inject,
		Service: r.service(from), Schedule: r.schedule(from), Drift: s.Drift, Ignore: s.Ignore, Vaulted: from.Vaulted, At: from.At}
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
	for i, l := range from.Doc.Spec.EnvLocations {
		if l.Secret != nil {
			word(string(l.Secret.Drift), drifts, "/spec/env_locations/"+strconv.Itoa(i)+"/drift")
		}
	}
	r.ignore(from, t)
}

func suggestion(word string, known []string) string {
	if like := shape.Suggest(word, known); like != "" {
		return fmt.Sprintf("did you mean %q?", like)
	}
	return ""
}

// definition is the document to register: as written, with the family and the
// task role filled in. Keys that only describing an existing revision yields
// are dropped, so that one can be pasted in.
func (r *resolver) definition(from source.Task, t spec.Task) spec.Document {
	written := from.Doc.Spec.TaskDefinition
	if written == nil {
		return nil
	}
	doc := maps.Clone(written)
	for _, key := range shape.DescribeOnlyKeys() {
		delete(doc, key)
	}
	if doc["family"] == nil {
		doc["family"] = r.d.Project + "_" + t.Name + "_" + r.d.Environment
	}
	if role, ok := doc["taskRoleArn"]; ok && t.RoleARN != "" && role != t.RoleARN {
		r.complain(from.Place(definition+"/taskRoleArn"), dotted(definition+"/taskRoleArn"), "leave one of them out", "taskRoleArn is not role_arn")
	}
	if t.RoleARN != "" {
		doc["taskRoleArn"] = t.RoleARN
	}
	if image, ok := r.image(t.Name); ok && !from.Complete {
		setImage(doc, image)
	}
	return fit[ecs.RegisterTaskDefinitionInput](doc)
}

// image is what --image says of a task.
func (r *resolver) image(task string) (string, bool) {
	if image, ok := r.Images[task]; ok {
		return image, true
	}
	image, ok := r.Images[""]
	return image, ok
}

// images complains about --image for tasks that there are not.
func (r *resolver) images() {
	var known []string
	for _, t := range r.project.Tasks {
		known = append(known, t.Doc.Metadata.Name)
	}
	for _, task := range slices.Sorted(maps.Keys(r.Images)) {
		if task != "" && !slices.Contains(known, task) && !slices.Contains(r.project.Undeployed, task) {
			r.complain(spec.Position{File: "--image"}, "", suggestion(task, known), fmt.Sprintf("there is no task %q", task))
		}
	}
}

// setImage sets the image of the main container.
func setImage(doc spec.Document, image string) {
	i, main := mainContainer(doc)
	if main == nil {
		return
	}
	main["image"] = image
	replaceContainer(doc, i, main)
}

// mainContainer is a copy of the first essential container, else the first; nil
// without any. A container is essential unless it says otherwise (AWS:
// ContainerDefinition).
func mainContainer(doc spec.Document) (int, map[string]any) {
	list, _ := doc["containerDefinitions"].([]any)
	var first map[string]any
	for i, item := range list {
		c, ok := item.(map[string]any)
		if !ok {
			continue
		}
		if essential, said := c["essential"].(bool); !said || essential {
			return i, maps.Clone(c)
		}
		if first == nil && i == 0 {
			first = maps.Clone(c)
		}
	}
	return 0, first
}

func replaceContainer(doc spec.Document, i int, c map[string]any) {
	list, ok := doc["containerDefinitions"].([]any)
	if !ok {
		return
	}
	list = slices.Clone(list)
	list[i] = c
	doc["containerDefinitions"] = list
}

// checkDefinition finds unknown keys, wrong types and what ECS would refuse.
func (r *resolver) checkDefinition(from source.Task, t spec.Task) {
	if t.TaskDefinition == nil {
		return
	}
	problems := shape.Decode(t.TaskDefinition, &ecs.RegisterTaskDefinitionInput{})
	r.misfits(from, definition, problems)
	if len(problems) > 0 {
		return
	}
	r.twice(from, t)
	for _, p := range taskcheck.Check(t.TaskDefinition) {
		pointer := definition + p.Path
		if p.Path == "/family" && from.Doc.Spec.TaskDefinition["family"] == nil {
			pointer = "/metadata/name" // what the family was made of
		}
		r.d.Refusals = append(r.d.Refusals, &spec.Error{At: from.Place(pointer), Path: dotted(pointer), Message: p.Message, Hint: p.Hint})
	}
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
