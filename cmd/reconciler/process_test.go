package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ecs-reconciler/internal/cli"
)

// canary is in every secret here; nothing that is printed may hold it.
const canary = "c4n4ry-v4lue"

// project is a small deploy_config, by path below the working directory.
func project() map[string]string {
	return map[string]string{
		"deploy_config/reconciler.yaml": `apiVersion: ecs-reconciler/v1
kind: Project
metadata: {name: shop}
spec:
  environments:
    staging: {account_id: "012345678901", region: us-west-2}
`,
		"deploy_config/tasks/web.yaml":   webTask,
		"deploy_config/env/.env.staging": "PASSWORD=" + canary + "\n",
	}
}

const webTask = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  env_locations:
    - secret: "shop/{{ env }}/web.env"
      from: {file: "env/.env.{{ env }}", format: dotenv}
  role_arn: arn:aws:iam::012345678901:role/shop-web
  task_definition:
    cpu: "256"
    memory: "512"
    networkMode: awsvpc
    requiresCompatibilities: [FARGATE]
    containerDefinitions:
      - {name: main, image: busybox}
`

func writeFiles(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// outcome is how a run of the program ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// run runs the program in this process, in dir.
func run(dir string, change func(*cli.Process), args ...string) outcome {
	var stdout, stderr bytes.Buffer
	p := cli.Process{Args: args, WorkDir: func() (string, error) { return dir, nil }, Stdin: bytes.NewReader(nil), Stdout: &stdout, Stderr: &stderr}
	if change != nil {
		change(&p)
	}
	code := cli.Main(p)
	return outcome{code, stdout.String(), stderr.String()}
}

// filesIn is every file below dir with its content.
func filesIn(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
