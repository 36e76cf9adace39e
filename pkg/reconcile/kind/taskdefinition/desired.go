package taskdefinition

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// Desired is what a family's newest revision is to be. It prints as the
// family alone, since it may hold values out of a vault.
type Desired struct {
	family    string
	document  map[string]any    // as it is registered, without tags
	canonical map[string]any    // the same in canonical form
	tags      map[string]string // ours, less the digest
	hidden    places            // of values out of a vault, in the canonical form
	said      map[string]any    // the canonical form before anything was ignored
	ourRole   bool              // a role in it is managed, and may be seconds old
}

// String names the family.
func (d Desired) String() string { return "task definition " + d.family }

// GoString names the family.
func (d Desired) GoString() string { return d.String() }

// Desired has a node for each task that brings a task definition. Two tasks
// with one family are an error that names both. The kind remembers them, so
// that Observe knows what may be kept.
func (k *Kind) Desired(d *spec.Deployment) ([]resource.Node[Desired], error) {
	var nodes []resource.Node[Desired]
	var problems spec.Errors
	first := map[string]spec.Task{}
	declared := make(map[string]family, len(d.Tasks))
	managed := make(map[string]string, len(d.Roles))
	for _, r := range d.Roles {
		managed[r.ARN] = r.Name
	}
	for _, t := range d.Tasks {
		if t.TaskDefinition == nil {
			continue
		}
		f, errs := k.read(d, t)
		f.managed = managed
		if other, taken := first[f.family]; taken && f.family != "" {
			errs = append(errs, complaint(t, "/family", "use one family for each task",
				"the tasks %q and %q (at %s) both register the family %q", other.Name, t.Name, other.At, f.family))
		}
		problems = append(problems, errs...)
		first[f.family], declared[f.family] = t, f
		nodes = append(nodes, resource.Node[Desired]{
			Key:    resource.Key{Type: Type, Name: f.family},
			Tasks:  []string{t.Name},
			Drift:  t.Drift,
			Ignore: ours(t.Ignore),
			At:     t.At,
			Build:  f.build,
		})
	}
	if err := problems.OrNil(); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.declared = declared
	return nodes, nil
}

func complaint(t spec.Task, pointer, hint, format string, args ...any) *spec.Error {
	return &spec.Error{At: t.At, Path: "task_definition" + strings.ReplaceAll(pointer, "/", "."),
		Message: fmt.Sprintf(format, args...), Hint: hint}
}

// ours are the pointers under /task_definition, without that.
func ours(ignore []string) []string {
	var out []string
	for _, pointer := range ignore {
		if rest, ok := strings.CutPrefix(pointer, "/task_definition/"); ok {
			out = append(out, "/"+rest)
		}
	}
	return out
}

// family is one task's definition, read once and built as often as needed.
type family struct {
	kind       *Kind
	deployment *spec.Deployment
	managed    map[string]string // names of the deployment's roles, by ARN
	task       spec.Task
	family     string
	document   map[string]any
	tags       map[string]string
	hidden     places
}

// read decodes a task's document strictly and drops what only AWS writes.
func (k *Kind) read(d *spec.Deployment, t spec.Task) (family, spec.Errors) {
	f := family{kind: k, deployment: d, task: t}
	given := maps.Clone(t.TaskDefinition)
	for _, key := range shape.DescribeOnlyKeys() {
		delete(given, key)
	}
	var in ecs.RegisterTaskDefinitionInput
	var problems spec.Errors
	for _, p := range shape.Decode(given, &in) {
		problems = append(problems, complaint(t, p.Path, p.Hint, "%s", p.Message))
	}
	if f.family = aws.ToString(in.Family); f.family == "" {
		problems = append(problems, complaint(t, "/family", "give the task definition a family", "the family is missing"))
	}
	f.tags = tagMap(in.Tags)
	in.Tags = nil
	if n := len(d.ManagedTags(f.tags, []string{t.Name})) + len([]string{TagSensitive, spec.TagApplied}); n > maxTags {
		problems = append(problems, complaint(t, "/tags", "", "there would be %d tags with the deployment's and ours, and AWS takes %d", n, maxTags))
	}
	f.document = object(shape.Encode(&in))
	for _, pointer := range t.Vaulted {
		f.hidden = append(f.hidden, canonicalPlace(k.rules, f.document, pointer))
	}
	return f, append(problems, f.misplacedSecrets()...)
}

// misplacedSecrets are the injected secrets that have no container, or whose
// variable the container has already.
func (f family) misplacedSecrets() spec.Errors {
	var problems spec.Errors
	for _, ref := range f.task.SecretRefs {
		c := container(f.document, ref.Container)
		switch {
		case c == nil:
			problems = append(problems, complaint(f.task, "/containerDefinitions", "name a container of the task definition",
				"the secret %s is for a container %q, which does not exist", ref.Name, ref.Container))
		case has(c["environment"], ref.Name) || has(c["secrets"], ref.Name):
			problems = append(problems, complaint(f.task, "/containerDefinitions", "keep one of them",
				"the container %q has a variable %s of its own, which is also injected from the %s", ref.Container, ref.Name, keyOf(ref)))
		}
	}
	return problems
}

func has(pairs any, name string) bool {
	return slices.ContainsFunc(list(pairs), func(p any) bool { return object(p)["name"] == name })
}

// container finds a container definition by name; nil when there is none.
func container(doc map[string]any, name string) map[string]any {
	for _, c := range list(doc["containerDefinitions"]) {
		if object(c)["name"] == name {
			return object(c)
		}
	}
	return nil
}

// build fills in what other objects yield. Everything that the containers need
// at their start is looked up, so that it is there before they are registered.
func (f family) build(lookup resource.Lookup) (Desired, error) {
	doc := maps.Clone(f.document)
	ourRole := f.roles(doc, lookup)
	f.secrets(doc, lookup)
	for _, e := range f.task.EnvLocations {
		if e.Secret != "" {
			lookup(resource.Key{Type: secretType, Name: e.Secret}, outputARN)
		}
		if e.Parameter != "" {
			lookup(resource.Key{Type: parameterType, Name: e.Parameter}, outputARN)
		}
	}
	form := canonical(f.kind.rules, doc)
	out := Desired{family: f.family, document: doc, canonical: form, said: form, hidden: f.hidden, ourRole: ourRole,
		tags: f.deployment.ManagedTags(f.tags, []string{f.task.Name})}
	if tag := sensitiveTag(doc, f.hidden); tag != "" {
		out.tags[TagSensitive] = tag
	}
	return out, nil
}

// roles writes the roles' full ARNs, and tells whether one is managed.
func (f family) roles(doc map[string]any, lookup resource.Lookup) (managed bool) {
	if f.task.RoleARN != "" {
		doc["taskRoleArn"] = f.task.RoleARN
	}
	for _, member := range []string{"taskRoleArn", "executionRoleArn"} {
		arn := f.roleARN(text(doc[member]))
		if arn == "" {
			continue
		}
		if name, ok := f.managed[arn]; ok {
			managed = true
			arn = lookup(resource.Key{Type: roleType, Name: name}, outputARN).String()
		}
		doc[member] = arn
	}
	return managed
}

// roleARN completes a role's short name, which ECS takes as well.
func (f family) roleARN(role string) string {
	if role == "" || strings.HasPrefix(role, "arn:") || f.deployment.AccountID == "" || f.deployment.Partition == "" {
		return role
	}
	return spec.ARN{Partition: f.deployment.Partition, Service: "iam", AccountID: f.deployment.AccountID, Resource: "role/" + role}.String()
}

// keyOf is the key of what a container secret refers to.
func keyOf(ref spec.SecretRef) resource.Key {
	if ref.Parameter != "" {
		return resource.Key{Type: parameterType, Name: ref.Parameter}
	}
	return resource.Key{Type: secretType, Name: ref.Secret}
}

// secrets adds the secrets that ECS itself injects.
func (f family) secrets(doc map[string]any, lookup resource.Lookup) {
	if len(f.task.SecretRefs) == 0 {
		return
	}
	doc["containerDefinitions"] = clone(doc["containerDefinitions"])
	for _, ref := range f.task.SecretRefs {
		from := lookup(keyOf(ref), outputARN)
		valueFrom := from.String()
		if from.IsKnown() && ref.JSONKey != "" {
			valueFrom += ":" + ref.JSONKey + "::"
		}
		c := container(doc, ref.Container)
		c["secrets"] = append(list(c["secrets"]), map[string]any{"name": ref.Name, "valueFrom": valueFrom})
	}
}
