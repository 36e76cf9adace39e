package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nightlyVariables are those of testdata/reports: the env file's as
// python-dotenv reads it, then the JSON object's as proc_wrapper writes them.
func nightlyVariables() map[string]string {
	return map[string]string{
		"DATABASE_URL": "postgres://reports:p%40ss@db.internal:5432/reports?sslmode=require",
		"EXPORTED":     "yes",
		"SINGLE":       "one $two #three",
		"DOUBLE":       "tab\there, line\nbreak, quote \" and back\\slash",
		"EMPTY":        "",
		"SPACED":       "padded value",
		"UNICODE":      "Grüße, 世界",
		"JSON":         `{"a": [1, 2]}`,
		"MULTILINE":    "first\nsecond",
		"API_KEY":      "k-0123456789",
		"RETRIES":      "3",
		"VERBOSE":      "TRUE",
		"RATIO":        "0.5",
		"NOTHING":      "",
		"NESTED":       `{"hosts": ["a", "b"]}`,
		"STAGE":        "staging", // of the container's own environment
		"AWS_PAGER":    "",
	}
}

func TestProcWrapperSeesExactlyTheVariablesOfTheFiles(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		c.reports(t).apply(t)
		env := c.containerEnvironment(t, nightlyFamily)
		if env["PROC_WRAPPER_ENV_LOCATIONS"] == "" {
			t.Fatalf("the container's environment names no locations: %v", env)
		}
		if diff := cmp.Diff(nightlyVariables(), c.seenBy(t, env)); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}
	})
}

func TestProcWrapperSeesAValueThatWasPutBack(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.reports(t)
		p.apply(t)
		p.file(t, "deploy_config/env/.env.staging", "ONLY=this\n")
		p.apply(t)
		c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": nightlyEnv, "SecretString": "ONLY=that\n"})
		c.catchUp()
		p.apply(t)
		seen := c.seenBy(t, c.containerEnvironment(t, purgeFamily))
		if diff := cmp.Diff(map[string]string{"ONLY": "this"}, seen); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}
	})
}

// containerEnvironment is the first container's environment, as boto3 reads it.
func (c *cloud) containerEnvironment(t testing.TB, family string) map[string]string {
	t.Helper()
	env := map[string]string{}
	container := c.definition(t, family)["containerDefinitions"].([]any)[0].(map[string]any)
	for _, item := range container["environment"].([]any) {
		entry := item.(map[string]any)
		env[entry["name"].(string)] = entry["value"].(string)
	}
	return env
}

// seenBy runs proc_wrapper with a container's environment, and returns the
// variables that its process had beside those that any process has.
func (c *cloud) seenBy(t testing.TB, env map[string]string) map[string]string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "seen.json")
	script, err := filepath.Abs("seen.py")
	if err != nil {
		t.Fatal(err)
	}
	machine := append(c.environ(), "PATH="+os.Getenv("PATH"), "PROC_WRAPPER_OFFLINE_MODE=TRUE", "PROC_WRAPPER_LOG_LEVEL=WARNING",
		"PROC_WRAPPER_SEND_RUNTIME_METADATA=FALSE", "PROC_WRAPPER_TASK_COMMAND="+strings.Join([]string{python(t), script, out}, " "))
	cmd := exec.Command(python(t), "-m", "proc_wrapper")
	cmd.Dir = filepath.Dir(out)
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(cmd.Env, machine...)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("proc_wrapper: %v\n%s", err, &log)
	}
	return without(t, out, machine)
}

// without reads the variables that seen.py wrote, but for those of the machine
// and those that proc_wrapper and Python add.
func without(t testing.TB, file string, machine []string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the process did not run: %v", err)
	}
	seen := map[string]string{}
	if err := json.Unmarshal(data, &seen); err != nil {
		t.Fatal(err)
	}
	for _, entry := range append(machine, "TASK_CONFIG=", "LC_CTYPE=", "PWD=", "SHLVL=", "_=", "OLDPWD=") {
		name, _, _ := strings.Cut(entry, "=")
		delete(seen, name)
	}
	for name := range seen {
		if strings.HasPrefix(name, "PROC_WRAPPER_") {
			delete(seen, name)
		}
	}
	return seen
}
