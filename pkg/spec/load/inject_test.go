package load

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

// TestWrapperVariable: proc_wrapper is told where to read, in order, in the
// first essential container, once.
func TestWrapperVariable(t *testing.T) {
	list := "env_locations: ['AWS_SM:a.env', 'AWS_SM:b.json!json']"
	want := map[string]any{"name": "PROC_WRAPPER_ENV_LOCATIONS", "value": "AWS_SM:a.env,AWS_SM:b.json!json"}
	for _, c := range []struct {
		name, containers string
		container        int
	}{
		{"alone", "[{name: a, image: i}]", 0},
		{"beside another variable", "[{name: a, image: i, environment: [{name: X, value: y}]}]", 0},
		{"written already", "[{name: a, image: i, environment: [{name: PROC_WRAPPER_ENV_LOCATIONS, value: 'AWS_SM:a.env,AWS_SM:b.json!json'}]}]", 0},
		{"the first essential one", "[{name: a, image: i, essential: false}, {name: b, image: i}]", 1},
		{"essential by an expression", "[{name: a, image: i, essential: '{{ 1 == 2 }}'}, {name: b, image: i}]", 1},
	} {
		d := files{"tasks/web.yaml": task("web", list, "task_definition: {cpu: 256, memory: 512, containerDefinitions: "+c.containers+"}")}.mustLoad(t, process{})
		found := 0
		for i, item := range d.Tasks[0].TaskDefinition["containerDefinitions"].([]any) {
			environment, _ := item.(map[string]any)["environment"].([]any)
			for _, entry := range environment {
				if cmp.Equal(entry, any(want)) && i == c.container {
					found++
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: the variable is there %d times: %v", c.name, found, d.Tasks[0].TaskDefinition)
		}
	}
	got := files{"tasks/web.yaml": task("web", list, "task_definition: {containerDefinitions: [{name: a, image: i, environment: [{name: PROC_WRAPPER_ENV_LOCATIONS, value: other}]}]}")}.complaints(t, process{})
	wantText(t, got, "web.yaml:6:", "containerDefinitions[0].environment[0]: PROC_WRAPPER_ENV_LOCATIONS is not what env_locations says", "inject: none")
	d := files{"tasks/web.yaml": task("web", list, "inject: none", definitionLine)}.mustLoad(t, process{})
	if environment := container(t, d.Tasks[0])["environment"]; environment != nil {
		t.Errorf("inject: none sets %v", environment)
	}
}

// TestECSSecrets: each variable of the secrets becomes one of the container's,
// the later location winning.
func TestECSSecrets(t *testing.T) {
	f := files{"a.env": "A=1\nBOTH=1\n", "b.json": `{"B": "2", "BOTH": "2"}`, "tasks/web.yaml": task("web", definitionLine, "inject: ecs_secrets",
		"env_locations: [{secret: a, from: {file: a.env}}, {secret: b, from: {file: b.json}}]")}
	d := f.mustLoad(t, process{})
	want := []spec.SecretRef{{Container: "main", Name: "A", Secret: "a", JSONKey: "A"}, {Container: "main", Name: "B", Secret: "b", JSONKey: "B"},
		{Container: "main", Name: "BOTH", Secret: "b", JSONKey: "BOTH"}}
	if diff := cmp.Diff(want, d.Tasks[0].SecretRefs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	a, _ := d.Secret("a")
	var stored map[string]string
	if err := json.Unmarshal([]byte(a.Value.Reveal()), &stored); err != nil || stored["BOTH"] != "1" || a.Output != "json" {
		t.Error("a dotenv source is not stored as JSON, which ECS reads single keys of alone")
	}
}

func TestECSSecretsComplaints(t *testing.T) {
	secret := "env_locations: [{secret: a, from: {file: a.env}}]"
	clash := func(list string) string {
		return "task_definition: {cpu: '256', memory: '512', executionRoleArn: '" + execRole + "', containerDefinitions: [{name: main, image: i, " + list + "}]}"
	}
	for _, c := range []struct{ list, definition, want string }{
		{"env_locations: ['AWS_SM:theirs.env']", definitionLine, "spec.env_locations[0]: inject: ecs_secrets needs to know the variables"},
		{"env_locations: [{secret: a, from: {file: t.txt}}]", definitionLine, `the secret "a" has no variables`},
		{secret, "task_definition: {containerDefinitions: [{name: main, image: i}]}", "spec.task_definition.executionRoleArn: inject: ecs_secrets needs an executionRoleArn"},
		{secret, clash("environment: [{name: A, value: x}]"), `containerDefinitions[0].environment[0]: A is also in the secret "a"`},
		{secret, clash("secrets: [{name: A, valueFrom: 'arn:aws:ssm:us-west-2:012345678901:parameter/a'}]"), `containerDefinitions[0].secrets[0]: A is also in the secret "a"`},
	} {
		got := files{"a.env": "A=1\n", "t.txt": "token", "tasks/web.yaml": task("web", c.list, "inject: ecs_secrets", c.definition)}.complaints(t, process{})
		wantText(t, got, c.want)
	}
	d := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", secret, "inject: ecs_secrets",
		clash("secrets: [{name: A, valueFrom: 'arn:aws:secretsmanager:us-west-2:012345678901:secret:a:A::'}, {name: B, valueFrom: b}]"))}.mustLoad(t, process{})
	if list := container(t, d.Tasks[0])["secrets"].([]any); len(list) != 1 || len(d.Tasks[0].SecretRefs) != 1 {
		t.Errorf("what is written already is there twice: %v and %v", list, d.Tasks[0].SecretRefs)
	}
}

// TestFit: scalars get the form that AWS wants, and only where it wants one.
func TestFit(t *testing.T) {
	d := files{"tasks/web.yaml": task("web", "task_definition:",
		"  cpu: 256", "  memory: '{{ size * 2 }}'", "  ephemeralStorage: {sizeInGiB: '{{ 20 + 1 }}'}",
		"  containerDefinitions:", "    - name: main", "      image: i", "      memory: '{{ size ~ \"\" }}'", "      essential: '{{ \"true\" ~ \"\" }}'",
		"      portMappings: [{containerPort: '8080'}]", "      environment: [{name: A, value: '8080'}, {name: B, value: 'true'}]",
		"      dockerLabels: {n: '1'}")}.mustLoad(t, process{})
	got := d.Tasks[0].TaskDefinition
	want := map[string]any{"family": "shop_web_staging", "cpu": "256", "memory": "1024", "ephemeralStorage": map[string]any{"sizeInGiB": json.Number("21")},
		"containerDefinitions": []any{map[string]any{"name": "main", "image": "i", "memory": json.Number("512"), "essential": true,
			"portMappings": []any{map[string]any{"containerPort": json.Number("8080")}}, "dockerLabels": map[string]any{"n": "1"},
			"environment": []any{map[string]any{"name": "A", "value": "8080"}, map[string]any{"name": "B", "value": "true"}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct{ definition, want string }{
		{"{containerDefinitions: [{name: a, image: i, memory: lots}]}", "a whole number is wanted here, text was found"},
		{"{containerDefinitions: [{name: a, image: i, memory: '1.5'}]}", "containerDefinitions[0].memory"},
		{"{containerDefinitions: [{name: a, image: i, essential: 'maybe'}]}", "true or false is wanted here"},
		{"{containerDefinitions: [{name: a, image: 7}]}", "text is wanted here, a number was found"},
		{"{cpu: 1.5}", "spec.task_definition.cpu"},
	} {
		wantText(t, files{"tasks/web.yaml": task("web", "task_definition: "+c.definition)}.complaints(t, process{}), c.want)
	}
}

// TestDefinition: the family and the task role are filled in, what describing
// an old revision yields is dropped, an image may come from the command line.
func TestDefinition(t *testing.T) {
	f := files{
		"tasks/web.yaml": task("web", roleLine, "task_definition: {memory: 512, revision: 7, status: ACTIVE, containerDefinitions: [{name: side, image: s, essential: false}, {name: main, image: old}]}"),
		"tasks/own.yaml": task("own", "task_definition: {memory: 512, family: mine, taskRoleArn: '"+webRole+"', containerDefinitions: [{name: main, image: old}]}"),
		"tasks/not.yaml": task("not", roleLine),
	}
	d := f.mustLoad(t, process{images: map[string]string{"web": "new:1", "": "rest:2"}})
	web, own := taskNamed(t, d, "web"), taskNamed(t, d, "own")
	if web.TaskDefinition["family"] != "shop_web_staging" || web.TaskDefinition["taskRoleArn"] != webRole || web.TaskDefinition["revision"] != nil || web.TaskDefinition["status"] != nil {
		t.Errorf("web is %v", web.TaskDefinition)
	}
	if own.TaskDefinition["family"] != "mine" || container(t, own)["image"] != "rest:2" {
		t.Errorf("own is %v", own.TaskDefinition)
	}
	containers := web.TaskDefinition["containerDefinitions"].([]any)
	if containers[0].(map[string]any)["image"] != "s" || containers[1].(map[string]any)["image"] != "new:1" {
		t.Errorf("the images are in %v", containers)
	}
	if not := taskNamed(t, d, "not"); not.TaskDefinition != nil {
		t.Errorf("a task without a definition got %v", not.TaskDefinition)
	}
	wantText(t, f.complaints(t, process{images: map[string]string{"wep": "x"}}), `--image: there is no task "wep" (did you mean "web"?)`)
}

// TestAnotherContainerIsWrapped: where a sidecar is written to read the
// locations, the main container is left alone, which is told.
func TestAnotherContainerIsWrapped(t *testing.T) {
	load := func(locations string) *spec.Deployment {
		return files{"tasks/web.yaml": task("web", "env_locations: ['AWS_SM:a', 'AWS_SM:b']", "task_definition: {memory: 512, containerDefinitions: "+
			"[{name: main, image: i}, {name: side, image: i, environment: [{name: PROC_WRAPPER_ENV_LOCATIONS, value: '"+locations+"'}]}]}")}.mustLoad(t, process{})
	}
	main := func(d *spec.Deployment) any {
		_, c := mainContainer(d.Tasks[0].TaskDefinition)
		return c["environment"]
	}
	d := load("AWS_SM:a,AWS_SM:b")
	if main(d) != nil {
		t.Errorf("the main container has %v", main(d))
	}
	wantText(t, warnings(d), "spec.task_definition.containerDefinitions[1]: this container lists env_locations in PROC_WRAPPER_ENV_LOCATIONS itself")
	if d := load("AWS_SM:b"); main(d) == nil {
		t.Error("other locations of a sidecar keep the main container from its own")
	}
}
