package e2e

import (
	"fmt"
	"testing"
)

// generated is a project of n tasks, each with a secret, a role and a task
// definition of its own.
func (c *cloud) generated(t testing.TB, n int) *project {
	t.Helper()
	files := map[string]string{"deploy_config/reconciler.yaml": folder(t, "testdata/reports")["deploy_config/reconciler.yaml"]}
	for i := range n {
		name := fmt.Sprintf("job-%03d", i)
		files["deploy_config/env/"+name+".env"] = fmt.Sprintf("TOKEN=%s-token\nNUMBER=%d\n", name, i)
		files["deploy_config/tasks/"+name+".yaml"] = fmt.Sprintf(generatedTask, name)
	}
	return c.write(t, files)
}

const generatedTask = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: %[1]s}
spec:
  env_locations:
    - secret: "jobs/{{ env }}/%[1]s.env"
      from: {file: env/%[1]s.env, format: dotenv}
  role_arn: "arn:aws:iam::{{ account_id }}:role/%[1]s-{{ env }}"
  task_definition:
    cpu: "256"
    memory: "512"
    networkMode: awsvpc
    requiresCompatibilities: [FARGATE]
    containerDefinitions:
      - {name: main, image: "registry.example.com/jobs:1.2.3", command: [run, %[1]s]}
`
