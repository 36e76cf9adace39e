package taskdefinition

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const (
	secretARN = "arn:aws:secretsmanager:us-west-2:012345678901:secret:db-AbCdEf"
	roleName  = "task"
	roleARN   = "arn:aws:iam::012345678901:role/" + roleName
	otherARN  = "arn:aws:iam::012345678901:role/execution"
)

func deployment(tasks ...spec.Task) *spec.Deployment {
	return &spec.Deployment{Project: "shop", Environment: "staging", AccountID: "012345678901", Partition: "aws",
		Tags: map[string]string{"cost": "42"}, Tasks: tasks,
		Secrets: []spec.ManagedSecret{{Name: "db"}}, Roles: []spec.ManagedRole{{ARN: roleARN, Name: "task"}}}
}

func task(t testing.TB, name, members string) spec.Task {
	t.Helper()
	return spec.Task{Name: name, TaskDefinition: parse(t, strings.Replace(inContainer(members), "{", `{"family": "`+name+`", `, 1)),
		At: spec.Position{File: name + ".yaml", Line: 1}}
}

// lookups answers from outputs and records what was asked.
type lookups struct {
	known map[resource.Key]string
	asked []string
}

func (l *lookups) lookup(key resource.Key, output string) resource.Value {
	l.asked = append(l.asked, key.String()+" "+output)
	if text, ok := l.known[key]; ok {
		return resource.Known(text)
	}
	return resource.Value{}
}

func build(t testing.TB, l *lookups, d *spec.Deployment) Desired {
	t.Helper()
	nodes, err := testKind().Desired(d)
	if err != nil {
		t.Fatal(err)
	}
	out, err := nodes[0].Build(l.lookup)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNodes(t *testing.T) {
	one, two := task(t, "one", ""), task(t, "two", "")
	two.TaskDefinition = nil
	three := task(t, "three", "")
	three.Drift = spec.DriftReport
	three.Ignore = []string{"/task_definition/cpu", "/role/description", "/task_definition/containerDefinitions/0/image"}
	nodes, err := testKind().Desired(deployment(one, two, three))
	if err != nil {
		t.Fatal(err)
	}
	if len(nodes) != 2 || nodes[0].Key.String() != "task_definition one" || nodes[1].Key.String() != "task_definition three" {
		t.Fatalf("nodes: %+v", nodes)
	}
	n := nodes[1]
	if d := cmp.Diff([]string{"/cpu", "/containerDefinitions/0/image"}, n.Ignore); d != "" {
		t.Errorf("ignored (-want +got):\n%s", d)
	}
	if n.Drift != spec.DriftReport || n.At != three.At || len(n.Tasks) != 1 || n.Tasks[0] != "three" {
		t.Errorf("node: %+v", n)
	}
}

func TestBadSpecs(t *testing.T) {
	withRefs := func(refs ...spec.SecretRef) spec.Task {
		out := task(t, "one", `"environment": [{"name": "A", "value": "1"}], "secrets": [{"name": "B", "valueFrom": "x"}]`)
		out.SecretRefs = refs
		return out
	}
	bad := task(t, "one", "")
	bad.TaskDefinition["familly"] = "x"
	same := task(t, "two", "")
	same.TaskDefinition["family"] = "one"
	tagged := task(t, "one", "")
	var tags []any
	for i := range 46 {
		tags = append(tags, map[string]any{"key": fmt.Sprint("k", i), "value": "v"})
	}
	tagged.TaskDefinition["tags"] = tags
	nameless := task(t, "one", "")
	delete(nameless.TaskDefinition, "family")
	for _, c := range []struct {
		name  string
		tasks []spec.Task
		says  []string
	}{
		{"an unknown key", []spec.Task{bad}, []string{"one.yaml:1: task_definition.familly", `did you mean "family"`}},
		{"one family for two tasks", []spec.Task{task(t, "one", ""), same}, []string{`"one" and "two"`, "one.yaml:1", "two.yaml:1", `family "one"`}},
		{"more tags than AWS takes", []spec.Task{tagged}, []string{"51 tags"}},
		{"no family", []spec.Task{nameless}, []string{"family is missing"}},
		{"a secret for no container", []spec.Task{withRefs(spec.SecretRef{Container: "web", Name: "C", Secret: "db"})}, []string{`container "web"`, "does not exist"}},
		{"a secret beside a variable", []spec.Task{withRefs(spec.SecretRef{Container: "app", Name: "A", Secret: "db"})}, []string{"variable A of its own"}},
		{"a secret beside a secret", []spec.Task{withRefs(spec.SecretRef{Container: "app", Name: "B", Secret: "db"})}, []string{"variable B of its own"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := testKind().Desired(deployment(c.tasks...))
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func TestBuildLooksUpWhatItNeeds(t *testing.T) {
	in := task(t, "one", "")
	in.RoleARN = roleARN
	in.TaskDefinition["executionRoleArn"] = "execution"
	in.EnvLocations = []spec.EnvLocation{{Location: "x", Secret: "env"}, {Location: "arn:aws:s3:::bucket/key"}}
	in.SecretRefs = []spec.SecretRef{{Container: "app", Name: "ALL", Secret: "db"}, {Container: "app", Name: "KEY", Secret: "db", JSONKey: "key"}}
	db := resource.Key{Type: secretType, Name: "db"}
	l := &lookups{known: map[resource.Key]string{db: secretARN, {Type: roleType, Name: "task"}: roleARN}}
	d := build(t, l, deployment(in))
	if diff := cmp.Diff([]string{"role task arn", "secret db arn", "secret db arn", "secret env arn"}, l.asked); diff != "" {
		t.Errorf("looked up (-want +got):\n%s", diff)
	}
	want := map[string]any{"ALL": secretARN, "KEY": secretARN + ":key::"}
	if diff := cmp.Diff(want, object(list(d.canonical["containerDefinitions"])[0])["secrets"]); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if d.document["taskRoleArn"] != roleARN || d.document["executionRoleArn"] != otherARN || !d.ourRole {
		t.Errorf("roles %v and %v, managed: %v", d.document["taskRoleArn"], d.document["executionRoleArn"], d.ourRole)
	}
}

func TestBuildWithoutWhatIsNotThereYet(t *testing.T) {
	in := task(t, "one", "")
	in.SecretRefs = []spec.SecretRef{{Container: "app", Name: "KEY", Secret: "db", JSONKey: "key"}}
	l := &lookups{}
	d := build(t, l, deployment(in))
	want := map[string]any{"KEY": resource.KnownAfterApply}
	if diff := cmp.Diff(want, object(list(d.canonical["containerDefinitions"])[0])["secrets"]); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	l.known = map[resource.Key]string{{Type: secretType, Name: "db"}: secretARN}
	if again := build(t, l, deployment(in)); testKind().digest(again) == testKind().digest(d) {
		t.Error("the digest does not follow the secret's ARN")
	}
}

func TestTags(t *testing.T) {
	in := task(t, "one", `"environment": [{"name": "A", "value": "1"}]`)
	in.TaskDefinition["tags"] = []any{map[string]any{"key": "team", "value": "data"}}
	in.Vaulted = []string{"/containerDefinitions/0/environment/0/value"}
	d := build(t, &lookups{}, deployment(in))
	want := map[string]string{"cost": "42", "team": "data", spec.TagOwner: "shop/staging", spec.TagTask: "one", TagSensitive: "app:A"}
	if diff := cmp.Diff(want, d.tags); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	request, err := testKind().input(d, map[string]string{"theirs": "kept", "aws:x": "AWS's", "ecs-reconciler/old": "ours", "team": "replaced"})
	if err != nil {
		t.Fatal(err)
	}
	want["theirs"], want[spec.TagApplied] = "kept", testKind().digest(d)
	if diff := cmp.Diff(want, tagMap(request.Tags)); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
}

func TestPastedFromDescribe(t *testing.T) {
	in := task(t, "one", "")
	maps.Copy(in.TaskDefinition, map[string]any{"revision": 7, "status": "ACTIVE", "taskDefinitionArn": "arn", "compatibilities": []any{"EC2"}, "registeredBy": "me"})
	plain, pasted := build(t, &lookups{}, deployment(task(t, "one", ""))), build(t, &lookups{}, deployment(in))
	if diff := cmp.Diff(plain.document, pasted.document); diff != "" {
		t.Errorf("(-plain +pasted):\n%s", diff)
	}
}

func TestTheLastOfEqualVariablesIsRegistered(t *testing.T) {
	d := build(t, &lookups{}, deployment(task(t, "one", `"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}, {"name": "A", "value": "2"}]`)))
	in, err := testKind().input(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range in.ContainerDefinitions[0].Environment {
		got = append(got, *v.Name+"="+*v.Value)
	}
	if diff := cmp.Diff([]string{"B=", "A=2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBuildLeavesTheSpecAlone(t *testing.T) {
	in := task(t, "one", `"secrets": [{"name": "B", "valueFrom": "x"}]`)
	in.SecretRefs = []spec.SecretRef{{Container: "app", Name: "A", Secret: "db"}}
	before := clone(in.TaskDefinition)
	nodes, err := testKind().Desired(deployment(in))
	if err != nil {
		t.Fatal(err)
	}
	l := &lookups{}
	first, err := nodes[0].Build(l.lookup)
	if err != nil {
		t.Fatal(err)
	}
	second, err := nodes[0].Build(l.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, any(in.TaskDefinition)); diff != "" {
		t.Errorf("the spec was altered:\n%s", diff)
	}
	if diff := cmp.Diff(first.document, second.document); diff != "" {
		t.Errorf("the second build differs:\n%s", diff)
	}
}
