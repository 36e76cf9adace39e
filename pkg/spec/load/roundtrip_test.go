package load

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// roundTrips are projects that use every part of the form.
func roundTrips() map[string]files {
	wide := task("a", "environments: [staging]", "drift: report", "on_secret_change: redeploy", "ignore: [/task_definition/cpu, /role/tags/a]", roleLine,
		"role: {description: d, managed_policies: [], inline_policies: {gone: null, p: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}, tags: {a: b}}",
		"env_locations:", "  - 'AWS_SM:theirs.env'", "  - {secret: s/t.txt, from: {file: t.txt, trim: true}, description: '', tags: {x: y}, recovery_window_days: 7, create_only: true, drift: ignore, replicas: [{region: eu-west-1, kms_key_id: alias/x}, {region: ap-south-1}], resource_policy: null}",
		"  - {secret: s/db.env, from: {file: db.env}, output: json, kms_key_id: alias/k, replicas: [], resource_policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {AWS: '111111111111'}, Action: 'secretsmanager:GetSecretValue', Resource: '*'}]}}",
		"task_definition: {cpu: 256, memory: '{{ size }}', volumes: [], containerDefinitions: [{name: main, image: '{{ registry }}/a', stopTimeout: 120, portMappings: [{containerPort: '80'}]}]}",
		"service: {desiredCount: 2}", "schedule: {expression: rate(1 day), count: 2}")
	return map[string]files{
		"wide": {"t.txt": "token\n", "db.env": "A=1\n", "tasks/a.yaml": wide},
		"sources": {"a.json": `{"A": 1}`, "s.tfstate": stateFile, "tasks/a.yaml": task("a", "env_locations:",
			"  - {secret: exec, from: {exec: [sops, -d, x.env], timeout: 5s, format: dotenv, trim: true}}", "  - {secret: s3, from: {s3: 's3://b/k.env#v'}, output: json}",
			"  - {secret: ssm, from: {ssm: /a/b}}", "  - {secret: env, from: {env: E}}", "  - {secret: generated, from: {generate: {length: 20, alphabet: abc}}}",
			"  - {secret: state, from: {tfstate: {file: s.tfstate, output: url}}}", "  - {secret: remote, from: {tfstate: {s3: 's3://b/k', address: a.b.c}, format: json}}",
			"  - {secret: merged, from: {merge: [{file: a.json}, {vars: db}, {merge: [{exec: [x], format: yaml}]}]}, output: dotenv}"), projectFile: strings.Replace(projectYAML, "{registry:", "{db: {B: 2}, registry:", 1)},
		"nothing but a name":        {"tasks/a.yaml": task("a", "inject: none")},
		"ecs_secrets":               {"db.env": "A=1\nB=2\n", "tasks/a.yaml": task("a", roleLine, definitionLine, "inject: ecs_secrets", "env_locations: [{secret: s, from: {file: db.env}}]")},
		"execution role left alone": {"db.env": "A=1\n", "tasks/a.yaml": task("a", definitionLine, "execution_role: {manage: false}", "inject: ecs_secrets", "env_locations: [{secret: s, from: {file: db.env}}]")},
		"execution role by itself":  {"tasks/a.yaml": task("a", definitionLine, "execution_role: {}")},
		"role without a grant":      {"tasks/a.yaml": task("a", roleLine, "role: {grant_env_locations: false, permissions_boundary: ''}")},
		"role only referred to":     {"tasks/a.yaml": task("a", roleLine, "role: {manage: false}"), "tasks/b.yaml": task("b", roleLine, "role: {manage: false}")},
		"role in the definition":    {"tasks/a.yaml": task("a", "task_definition: {memory: 512, taskRoleArn: '"+webRole+"', containerDefinitions: [{name: main, image: i}]}")},
		"texts like expressions": {"tasks/a.yaml": task("a", "inject: none", "task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, dockerLabels: {'{{ k }}': !unsafe '{# c #}'}, environment: "+
			`[{name: A, value: !unsafe '{{ x }} {% raw %} "q" \ '}, {name: B, value: "{% raw %}{{ x }}{% endraw %}"}, {name: C, value: !unsafe "one\n{{ two }}\n"}]}]}`)},
		"reads besides env_locations": {"db.env": "A=1\n", "tasks/a.yaml": task("a", roleLine, "env_locations: [{secret: s, from: {file: db.env}}]",
			"task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, environment: [{name: PROC_WRAPPER_CONFIG_LOCATIONS, value: 'AWS_SM:b,AWS_SM:a'}]}]}")},
		"locations in other words": {"db.env": "A=1\n", "tasks/a.yaml": task("a", roleLine, "env_locations: [{secret: s, from: {file: db.env}}, 'file:///a,b']", "task_definition: "+
			`{memory: 512, containerDefinitions: [{name: main, image: i, environment: [{name: PROC_WRAPPER_ENV_LOCATIONS, value: 'AWS_SM:s,file:///a\,b'}]}]}`)},
		"one role for both purposes": {"db.env": "A=1\n", "tasks/a.yaml": task("a", "role_arn: "+execRole, definitionLine), "tasks/b.yaml": task("b", definitionLine, "inject: ecs_secrets", "env_locations: [{secret: s, from: {file: db.env}}]")},
	}
}

// TestRoundTrip: what is rendered loads to the same deployment, and renders
// the same again.
func TestRoundTrip(t *testing.T) {
	for name, f := range roundTrips() {
		t.Run(name, func(t *testing.T) { f.roundTrip(t) })
	}
}

func TestRoundTripOfTheExample(t *testing.T) {
	example := files{}
	root := filepath.Join("..", "..", "..", folderName)
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, relErr := filepath.Rel(root, path)
		example[filepath.ToSlash(name)] = string(text)
		if err != nil {
			return err
		}
		return relErr
	})
	if err != nil {
		t.Fatal(err)
	}
	example.roundTrip(t)
}

// FuzzRenderedText: any text that a manifest is rendered with loads back as it
// was, as a value and as a key.
func FuzzRenderedText(f *testing.F) {
	for _, text := range []string{"{{ x }}", "{% if %}", "{# c #}", "\n{{ a }}\n\n", " lead", "yes", "0o7", "1:30", "1e3", "~", "!unsafe x", "# no", "a: b", "- a", "\ttab", "\u0085\u2028\ufeff", "<<", "=", "2001-01-01", "\x00", "\r\n", "'\"", "long " + strings.Repeat("word ", 40)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // JSON cannot hold it, nor can AWS
		}
		want := map[string]any{"value": text, "list": []any{text}, "key": map[string]any{"_" + text: "x"}}
		out, err := manifest.YAML(manifest.Task{Spec: manifest.TaskSpec{Schedule: want}})
		if err != nil {
			t.Fatal(err)
		}
		nodes, _, err := yaml11.Parse("f.yaml", out, yaml11.Limits{})
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		n, err := expr.NewScope(expr.Options{}).Eval(nodes[0])
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		got, err := manifest.Decode[manifest.Task](n)
		if diff := cmp.Diff(want, got.Spec.Schedule); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s\n%s", err, diff, out)
		}
	})
}

func (f files) roundTrip(t *testing.T) {
	t.Helper()
	first := f.mustLoad(t, process{})
	text := rendered(t, first)
	again := files{}.with(f)
	for name := range f {
		if strings.HasPrefix(name, tasksFolder+"/") {
			delete(again, name)
		}
	}
	again["tasks/rendered.yaml"] = text
	second := again.mustLoad(t, process{})
	if diff := cmp.Diff(withoutPlaces(t, first), withoutPlaces(t, second)); diff != "" {
		t.Errorf("another deployment (-want +got):\n%s\nrendered:\n%s", diff, text)
	}
	if diff := cmp.Diff(text, rendered(t, second)); diff != "" {
		t.Errorf("it renders otherwise (-want +got):\n%s", diff)
	}
}

func rendered(t *testing.T, d *spec.Deployment) string {
	t.Helper()
	tasks, err := manifest.Render(d)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, task := range tasks {
		text, err := manifest.YAML(task)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("---\n" + string(text))
	}
	return b.String()
}

// withoutPlaces is a deployment as JSON, without places, and with the values of
// secrets in the clear.
func withoutPlaces(t *testing.T, d *spec.Deployment) any {
	t.Helper()
	copied := *d
	copied.Warnings = nil
	copied.Tasks, copied.Secrets, copied.Parameters, copied.Roles = nil, nil, nil, nil
	var values []string
	for _, task := range d.Tasks {
		task.At = spec.Position{}
		locations := task.EnvLocations
		task.EnvLocations = nil
		for _, l := range locations {
			l.At = spec.Position{}
			task.EnvLocations = append(task.EnvLocations, l)
		}
		if role, ok := task.TaskDefinition["taskRoleArn"].(string); ok {
			task.RoleARN = role // written in either place, it means the same
		}
		copied.Tasks = append(copied.Tasks, task)
	}
	for _, s := range d.Secrets {
		values, s.At = append(values, s.Value.Reveal()), spec.Position{}
		copied.Secrets = append(copied.Secrets, s)
	}
	for _, p := range d.Parameters {
		values, p.At = append(values, p.Value.Reveal()), spec.Position{}
		copied.Parameters = append(copied.Parameters, p)
	}
	for _, r := range d.Roles {
		r.At = spec.Position{}
		copied.Roles = append(copied.Roles, r)
	}
	data, err := json.Marshal([]any{copied, values})
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
