package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A folder as CloudReactor's deployer 4 reads it, with nothing of ours in it.
func cloudReactorFolder() map[string]string {
	return map[string]string{
		"deploy_config/vars/common.yml": `schema_version: 4
project_metadata: {name: billing-jobs, version_text: "2.7.0"}
project_deployment:
  task_runtime_env_secret_path: "{{ project_name | replace('-', '_') }}/{{ env }}/tasks/env"
  store_task_runtime_env_in_secrets_manager: true
project_cloudreactor: {enabled: false}
project_ecs: {docker_image_name: "acme/billing:1.2.3", task_role_arn: "{{ project_name }}_{{ env }}"}
project_task_config:
  wrapper: {env_locations: ["{{ resolved_task_runtime_env_secret_path }}"]}
project_task_name_to_config:
  nightly: {command: python -m nightly, schedule: cron(15 3 * * ? *)}
`,
		"deploy_config/vars/staging.yml": `env_aws: {account_id: "ACCOUNT_ID", region: us-west-2, network: {subnets: [subnet-a], security_groups: [sg-1]}}
env_ecs: {cluster_arn: staging, execution_role_arn: exec}
`,
		"deploy_config/env/.env.staging": "DB_URL=postgres://db/billing\nLEVEL='info'\n",
	}
}

func TestCloudReactorFolderConvergesAsItIs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.write(t, cloudReactorFolder())
		done := p.apply(t)
		if done.Summary["done"] != 3 {
			t.Errorf("the apply did %+v", done)
		}
		c.settled(t, p)

		const family, secret = "billing-jobs_nightly_staging", "billing_jobs/staging/tasks/env"
		env := c.containerEnvironment(t, family)
		if !strings.Contains(env["PROC_WRAPPER_ENV_LOCATIONS"], secret) || env["PROC_WRAPPER_TASK_COMMAND"] != "python -m nightly" {
			t.Fatalf("the container's environment is %v", env)
		}
		want := map[string]string{"DB_URL": "postgres://db/billing", "LEVEL": "info"}
		if diff := cmp.Diff(want, c.seenBy(t, env)); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}

		c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": secret, "SecretString": "DB_URL=elsewhere"})
		c.catchUp()
		planned := p.plan(t)
		if len(planned.Changes) != 1 || planned.Changes[0].Name != secret || planned.Changes[0].Reason != "drift" {
			t.Errorf("planned is %+v", planned.Changes)
		}
		p.apply(t)
		c.settled(t, p)
	})
}
