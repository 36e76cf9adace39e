package load

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDeclares: where a project is, as far as it can be told without a
// password.
func TestDeclares(t *testing.T) {
	const (
		sealed = "$ANSIBLE_VAULT;1.1;AES256\n00\n"
		common = "schema_version: 4\nproject_metadata: {name: app}\nproject_cloudreactor: {enabled: false}\nproject_ecs: {docker_image_name: \"app:1\"}\n" +
			"project_deployment: {task_runtime_env_secret_path: app/env, store_task_runtime_env_in_secrets_manager: true}\nproject_task_name_to_config: {t: {command: x}}\n"
		stem    = "number: \"11111111111\"\nenv_aws: {account_id: \"1{{ number }}\", region: eu-west-1, network: {subnets: [subnet-a], security_groups: [sg-1]}}\nenv_ecs: {cluster_arn: c, execution_role_arn: e}\n"
		literal = "env_aws: {account_id: \"222222222222\", region: eu-west-1}\n"
		nowhere = "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: app}\nspec: {environments: {staging: {}}}\n"
		arns    = "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: t}\nspec:\n  env_locations: [{secret: s, from: {file: env/.env.staging}}]\n  role_arn: arn:aws:iam::333333333333:role/r\n"
	)
	for name, c := range map[string]struct {
		files files
		want  Declared
	}{
		"an expression in vars":     {files{"vars/common.yml": common, "vars/staging.yml": stem, "env/.env.staging": sealed}, Declared{AccountID: "111111111111", Region: "eu-west-1", AssumeRoleARN: ""}},
		"vars beside sealed ones":   {files{"vars/common.yml": sealed, "vars/staging.yml": literal}, Declared{AccountID: "222222222222", Region: "eu-west-1", AssumeRoleARN: ""}},
		"an expression beside them": {files{"vars/common.yml": sealed, "vars/staging.yml": stem}, Declared{AccountID: "", Region: "eu-west-1", AssumeRoleARN: ""}},
		"ARNs alone":                {files{"reconciler.yaml": nowhere, "tasks/t.yaml": arns, "env/.env.staging": sealed}, Declared{AccountID: "333333333333", Region: "", AssumeRoleARN: ""}},
		"ARNs in a sealed file":     {files{"reconciler.yaml": nowhere, "tasks/t.yaml": sealed}, Declared{}},
		"no project":                {files{"x": ""}, Declared{}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), folderName)
			c.files.write(t, dir)
			if c.files[projectFile] == "" {
				if err := os.Remove(filepath.Join(dir, projectFile)); err != nil {
					t.Fatal(err)
				}
			}
			got := Declares(Options{Dir: dir, WorkDir: filepath.Dir(dir), Environment: "staging", Env: func(string) (string, bool) { return "", false }})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
