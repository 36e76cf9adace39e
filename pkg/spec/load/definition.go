package load

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/shape"
	"ecs-reconciler/pkg/spec/taskcheck"
)

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
