package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/load"
)

// corpus holds inputs with what CloudReactor's deployer made of them; its
// README says how it was recorded.
const corpus = "testdata/cloudreactor"

// TestParity compares what is loaded with what the deployer registered,
// uploaded and scheduled. Differences are those that parityDeviations lists,
// each of which must still be one.
func TestParity(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob(filepath.Join(corpus, "*", "env"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	seen := &sightings{}
	t.Run("cases", func(t *testing.T) {
		for _, file := range cases {
			c := readParityCase(t, filepath.Dir(file))
			c.seen = seen
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.check(t)
			})
		}
	})
	seen.checkAll(t)
}

func (c parityCase) check(t *testing.T) {
	t.Helper()
	d, err := c.load(t)
	if c.refused() {
		c.checkRefusal(t, err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	c.checkTasks(t, d)
	c.checkSecrets(t, d)
	c.checkSchedules(t, d)
	c.checkServices(t, d)
	c.checkPosts(t, d)
}

type parityCase struct {
	name, dir, environment string
	env                    map[string]string
	seen                   *sightings
}

func readParityCase(t *testing.T, dir string) parityCase {
	t.Helper()
	c := parityCase{name: filepath.Base(dir), dir: dir, env: map[string]string{
		"CLOUDREACTOR_TASK_VERSION_SIGNATURE": "0a1b2c3", "AWS_DEFAULT_REGION": "us-east-1"}}
	file, err := os.Open(filepath.Join(dir, "env"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	}()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			c.env[name] = value
		} else {
			c.environment = lines.Text()
		}
	}
	return c
}

func (c parityCase) load(t *testing.T) (*spec.Deployment, error) {
	t.Helper()
	dir, err := filepath.Abs(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	return load.Load(context.Background(), load.Options{
		WorkDir: dir, Environment: c.environment, Region: c.env["AWS_DEFAULT_REGION"], Version: "0.1.0",
		Env:       func(name string) (string, bool) { v, ok := c.env[name]; return v, ok },
		Signature: func(context.Context) (string, error) { return "", errors.New("the signature is in the environment") },
		Passwords: func(context.Context) ([]ansiblevault.Password, error) {
			return []ansiblevault.Password{{ID: "default", Text: spec.NewSecret(c.env["ANSIBLE_VAULT_PASSWORD"])}}, nil
		},
	})
}

func (c parityCase) refused() bool {
	_, err := os.Stat(filepath.Join(c.dir, "expected", "error.txt"))
	return err == nil
}

// expected reads a file of the recording; false when there is none.
func (c parityCase) expected(t *testing.T, name string, into any) bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, "expected", name))
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	decode(t, string(data), into)
	return true
}

func (c parityCase) checkRefusal(t *testing.T, err error) {
	t.Helper()
	if _, accepted := parityAccepted()[c.name]; accepted {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	want := parityRefusals()[c.name]
	if err == nil || !strings.Contains(err.Error(), want) || want == "" {
		t.Fatalf("got error %v, want one that says %q", err, want)
	}
	var problem *spec.Error
	if !errors.As(err, &problem) || problem.At.File == "" {
		t.Errorf("the error does not say where: %#v", err)
	}
}

// parityRefusals are words of the error for each input that the deployer
// refuses.
func parityRefusals() map[string]string {
	return map[string]string{
		"err-bad-conditional":    "the expression ends too early",
		"err-boolean-task-name":  "a task's name must be text",
		"err-command-missing":    "has no command",
		"err-command-not-text":   "text is wanted here",
		"err-legacy-name":        "task_name_to_env_config was renamed",
		"err-missing-env-file":   `there is no environment "production"`,
		"err-null-task":          `the task "empty" has no settings`,
		"err-schema-version":     `it is the string "4"`,
		"err-undefined-variable": `"no_such_variable" is not defined`,
		"err-unknown-task":       `there is no task "unknown"`,
		"err-vault-password":     "password",
	}
}

// parityAccepted are inputs that the deployer refuses by a mistake of its own.
func parityAccepted() map[string]string {
	return map[string]string{"err-service-without-load-balancer": "unbalanced parentheses in the deployer's template"}
}

// checkTasks compares the task definitions, and which tasks there are.
func (c parityCase) checkTasks(t *testing.T, d *spec.Deployment) {
	t.Helper()
	var got []string
	for _, task := range d.Tasks {
		if d.Selected != nil && !slices.Contains(d.Selected, task.Name) || task.TaskDefinition == nil {
			continue
		}
		got = append(got, task.Name)
		var want map[string]any
		if !c.expected(t, task.Name+".json", &want) {
			t.Errorf("the deployer registers no task %q", task.Name)
			continue
		}
		c.compare(t, task.Name, want, generic(t, task.TaskDefinition))
	}
	files, err := filepath.Glob(filepath.Join(c.dir, "expected", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if name != "secrets" && !slices.Contains(got, name) {
			t.Errorf("the task %q is missing", name)
		}
	}
}

// generic is a document as encoding/json decodes it.
func generic(t *testing.T, doc any) map[string]any {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	decode(t, string(data), &out)
	return out
}

// flatten turns a document into its leaves by path. Lists whose members have
// names, as environment and tags, are read by name; of two with one name the
// last counts.
func flatten(out map[string]any, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			out[path] = "{}"
		}
		for key, value := range v {
			flatten(out, path+"/"+key, value)
		}
	case []any:
		if len(v) == 0 {
			out[path] = "[]"
		}
		for i, item := range v {
			if name, value, ok := namedItem(item); ok {
				flatten(out, path+"/"+name, value)
			} else {
				flatten(out, fmt.Sprintf("%s/%d", path, i), item)
			}
		}
	default:
		out[path] = v
	}
}

func namedItem(item any) (string, any, bool) {
	m, ok := item.(map[string]any)
	if !ok || len(m) != 2 {
		return "", nil, false
	}
	for _, pair := range [][2]string{{"name", "value"}, {"key", "value"}} {
		name, isText := m[pair[0]].(string)
		if value, has := m[pair[1]]; has && isText {
			return name, value, true
		}
	}
	return "", nil, false
}

// compare reports every leaf that differs and is no accepted deviation.
func (c parityCase) compare(t *testing.T, what string, want, got map[string]any) {
	t.Helper()
	wanted, had := map[string]any{}, map[string]any{}
	flatten(wanted, "", want)
	flatten(had, "", got)
	for path, w := range wanted {
		if g, ok := had[path]; !ok {
			c.differs(t, what, path, fmt.Sprint(w), absent)
		} else if !cmp.Equal(w, g) {
			c.differs(t, what, path, fmt.Sprint(w), fmt.Sprint(g))
		}
	}
	for path, g := range had {
		if _, ok := wanted[path]; !ok {
			c.differs(t, what, path, absent, fmt.Sprint(g))
		}
	}
}

func (c parityCase) differs(t *testing.T, what, path, want, got string) {
	t.Helper()
	if !c.seen.accepts(c.name, what, path, want, got) {
		t.Errorf("%s: %s is %s, want %s", what, path, got, want)
	}
}

func (c parityCase) checkSecrets(t *testing.T, d *spec.Deployment) {
	t.Helper()
	want := map[string]string{}
	c.expected(t, "secrets.json", &want)
	got := map[string]string{}
	for _, s := range d.Secrets {
		got[s.Name] = s.Value.Reveal()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}
