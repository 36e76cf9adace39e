package load

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
)

// files are a project's, by path in deploy_config.
type files map[string]string

const projectYAML = `apiVersion: ecs-reconciler/v1
kind: Project
metadata: {name: shop}
spec:
  variables: {registry: "{{ account_id }}.example.com", size: 512}
  environments:
    staging:
      account_id: "012345678901"
      region: us-west-2
      trusted_accounts: ["999999999999"]
      variables: {level: debug}
    production: {account_id: "210987654321", region: us-west-2}
`

// task is a Task document with further lines of its spec, indented by two.
func task(name string, lines ...string) string {
	return "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: " + name + "}\nspec:\n  " + strings.Join(lines, "\n  ") + "\n"
}

// with is f and more.
func (f files) with(more files) files {
	out := files{projectFile: projectYAML}
	for _, from := range []files{f, more} {
		maps.Copy(out, from)
	}
	return out
}

// options of the process that loads.
type process struct {
	env       map[string]string
	images    map[string]string
	region    string
	password  string
	keys      []gitcrypt.Key
	sources   Sources
	asked     func(secret string) bool
	signature string
}

// load reads the environment staging of a project.
func (f files) load(t testing.TB, p process) (*spec.Deployment, error) {
	t.Helper()
	dir := t.TempDir()
	f.write(t, filepath.Join(dir, folderName))
	return p.load(dir, "staging")
}

func (f files) write(t testing.TB, dir string) {
	t.Helper()
	for name, text := range f.with(nil) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (p process) load(dir, env string) (*spec.Deployment, error) {
	return Load(context.Background(), Options{
		WorkDir: dir, Environment: env, Images: p.images, Region: p.region, Version: "0.1.0",
		Env: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok },
		Passwords: func(context.Context) ([]ansiblevault.Password, error) {
			return []ansiblevault.Password{{Text: spec.NewSecret(p.password)}}, nil
		},
		Keys:    func(string) ([]gitcrypt.Key, error) { return p.keys, nil },
		Sources: p.sources, Asked: p.asked,
		Signature: func(context.Context) (string, error) {
			if p.signature == "" {
				return "", errors.New("no signature")
			}
			return p.signature, nil
		},
	})
}

// mustLoad wants no error.
func (f files) mustLoad(t testing.TB, p process) *spec.Deployment {
	t.Helper()
	d, err := f.load(t, p)
	if err == nil {
		err = d.Refusals.OrNil()
	}
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return d
}

// complaints are what is wrong with a project, one a line.
func (f files) complaints(t testing.TB, p process) string {
	t.Helper()
	_, err := f.load(t, p)
	if err == nil {
		return ""
	}
	var one *spec.Error
	if !errors.As(err, &one) {
		t.Fatalf("%v is no complaint about the input", err)
	}
	return err.Error()
}

func warnings(d *spec.Deployment) string {
	var lines []string
	for _, w := range d.Warnings {
		lines = append(lines, w.String())
	}
	return strings.Join(lines, "\n")
}

func taskNamed(t testing.TB, d *spec.Deployment, name string) spec.Task {
	t.Helper()
	i := slices.IndexFunc(d.Tasks, func(t spec.Task) bool { return t.Name == name })
	if i < 0 {
		t.Fatalf("there is no task %s", name)
	}
	return d.Tasks[i]
}

// container is the first container of a task definition.
func container(t testing.TB, task spec.Task) map[string]any {
	t.Helper()
	list, ok := task.TaskDefinition["containerDefinitions"].([]any)
	if !ok || len(list) == 0 {
		t.Fatalf("%s has no container", task.Name)
	}
	return list[0].(map[string]any)
}

// wantText wants all of the parts in got, and with none of them nothing.
func wantText(t testing.TB, got string, parts ...string) {
	t.Helper()
	if len(parts) == 0 && got != "" {
		t.Errorf("got %q, want nothing", got)
	}
	for _, part := range parts {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in:\n%s", part, got)
		}
	}
}

const (
	roleLine       = "role_arn: arn:aws:iam::012345678901:role/shop-web"
	definitionLine = "task_definition: {cpu: '256', memory: '512', networkMode: awsvpc, requiresCompatibilities: [FARGATE], executionRoleArn: 'arn:aws:iam::012345678901:role/exec', containerDefinitions: [{name: main, image: busybox}]}"
)
