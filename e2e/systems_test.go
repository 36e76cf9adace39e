package e2e

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/testtool"
)

// The tests of this file prove rows of the table in docs/secrets.md: what its
// systems leave behind, made by the real tool, is taken as it is.

// TestFilesOfAnsibleVault: a CloudReactor folder whose variables and env file
// ansible-vault encrypted is applied with the password of its environment.
func TestFilesOfAnsibleVault(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	password, value := rand.Text(), rand.Text()
	files := cloudReactorFolder()
	files["deploy_config/vars/staging.yml"] = encrypted(t, password, strings.ReplaceAll(files["deploy_config/vars/staging.yml"], "ACCOUNT_ID", c.account))
	files["deploy_config/env/.env.staging"] = encrypted(t, password, "TOKEN="+value+"\n")
	files["vault-password"] = "#!/bin/sh\ntest \"$DEPLOYMENT_ENVIRONMENT\" = staging && echo \"$VAULT_PASSWORD_OF_STAGING\"\n"
	p := c.write(t, files)
	p.executable(t, "vault-password")
	if got := p.exits(t, 64, "validate", "staging"); !strings.Contains(got.stderr, "--vault-password-file") {
		t.Errorf("without a password it says %s", got.stderr)
	}
	p.env = append(p.env, "VAULT_PASSWORD_OF_STAGING="+password)
	newSearch(map[string]string{"the value": value, "the password": password}).run(t, p, 0, "apply", "staging", "--yes", "--vault-password-file", "vault-password")
	seen := c.seenBy(t, c.containerEnvironment(t, "billing-jobs_nightly_staging"))
	if diff := cmp.Diff(map[string]string{"TOKEN": value}, seen); diff != "" {
		t.Errorf("what the process sees (-want +got):\n%s", diff)
	}
	// Rekeyed here, the real tool reads it.
	p.file(t, "password", password)
	p.file(t, "next", "another")
	p.ok(t, "vault", "rekey", "deploy_config/env/.env.staging", "--vault-password-file", "password", "--new-vault-password-file", "next")
	if got := p.tool(t, testtool.Tool(t, "ansible-vault"), "view", "--vault-password-file", "next", "deploy_config/env/.env.staging"); got != "TOKEN="+value+"\n" {
		t.Errorf("ansible-vault reads %q", got)
	}
}

// TestFilesOfGitCrypt: env files that the real git-crypt locked are opened with
// its exported key.
func TestFilesOfGitCrypt(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	value := rand.Text()
	files := cloudReactorFolder()
	files["deploy_config/env/.env.staging"] = "TOKEN=" + value + "\n"
	files[".gitattributes"] = "deploy_config/env/.env.* filter=git-crypt diff=git-crypt\n"
	p := c.write(t, files)
	key := filepath.Join(t.TempDir(), "key")
	git, crypt := testtool.System(t, "git"), testtool.System(t, "git-crypt")
	for _, argv := range [][]string{{git, "init", "-q"}, {crypt, "init"}, {git, "add", "."}, {git, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "all"},
		{crypt, "export-key", key}, {crypt, "lock"}} {
		p.tool(t, argv[0], argv[1:]...)
	}
	if got := p.exits(t, 64, "validate", "staging"); !strings.Contains(got.stderr, "locked by git-crypt") {
		t.Errorf("without the key it says %s", got.stderr)
	}
	s := newSearch(map[string]string{"the value": value})
	s.run(t, p, 0, "apply", "staging", "--yes", "--git-crypt-key", key)
	seen := c.seenBy(t, c.containerEnvironment(t, "billing-jobs_nightly_staging"))
	if diff := cmp.Diff(map[string]string{"TOKEN": value}, seen); diff != "" {
		t.Errorf("what the process sees (-want +got):\n%s", diff)
	}
	s.files(t, p)
}

// consoleTask reads one secret that it takes over, and one that it refers to.
const consoleTask = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  env_locations:
    - {secret: shop/taken.json, from: {file: taken.json}}
    - arn:aws:secretsmanager:us-west-2:ACCOUNT_ID:secret:shop/referred.json
  role_arn: arn:aws:iam::ACCOUNT_ID:role/web
  task_definition:
    containerDefinitions: [{name: main, image: busybox:1, memory: 64}]
`

func (c *cloud) consoleProject(t testing.TB, task string) *project {
	t.Helper()
	return c.write(t, map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec:\n  environments: {staging: {account_id: \"ACCOUNT_ID\", region: us-west-2}}\n",
		"deploy_config/tasks/web.yaml":  task, "deploy_config/taken.json": `{"TAKEN": "yes"}`,
	})
}

// TestSecretsMadeInTheConsole: of two secrets without tags of ours, the declared
// one is taken over on request and keeps what the spec does not say, and the
// one that is referred to is read by the process and written by nobody.
func TestSecretsMadeInTheConsole(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		for name, value := range map[string]string{"shop/taken.json": `{"TAKEN":"yes"}`, "shop/referred.json": `{"REFERRED":"1"}`} {
			c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": name, "SecretString": value, "Description": "By hand"})
		}
		c.catchUp()
		p := c.consoleProject(t, consoleTask)
		if got := p.exits(t, 1, "apply", "staging", "--yes"); !strings.Contains(got.stdout+got.stderr, "--adopt") {
			t.Errorf("what is not ours is met with %s%s", got.stdout, got.stderr)
		}
		before := c.describe(t, "shop/referred.json")
		p.ok(t, "apply", "staging", "--yes", "--adopt")
		c.catchUp()
		c.settled(t, p)
		taken := c.describe(t, "shop/taken.json")
		if taken["Description"] != "By hand" || !strings.Contains(text(taken["Tags"]), "shop/staging") || c.secret(t, "shop/taken.json") != `{"TAKEN": "yes"}` {
			t.Errorf("taken over, it is %v", taken)
		}
		for _, key := range []string{"Tags", "Description", "VersionIdsToStages"} {
			if diff := cmp.Diff(before[key], c.describe(t, "shop/referred.json")[key]); diff != "" {
				t.Errorf("what is referred to has another %s:\n%s", key, diff)
			}
		}
		seen := c.seenBy(t, c.containerEnvironment(t, "shop_web_staging"))
		if diff := cmp.Diff(map[string]string{"TAKEN": "yes", "REFERRED": "1"}, seen); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}
	})
}

// consoleTrust is what the console writes for the use case "Elastic Container
// Service Task".
const consoleTrust = `{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// consoleRole makes a role as the console does, and gives it a policy of each
// sort.
func (c *cloud) consoleRole(t testing.TB) {
	t.Helper()
	c.boto3(t, "iam", "create_role", arguments{"RoleName": "web", "Path": "/", "AssumeRolePolicyDocument": consoleTrust,
		"Description": "Allows ECS tasks to call AWS services on your behalf.", "MaxSessionDuration": 3600})
	c.boto3(t, "iam", "attach_role_policy", arguments{"RoleName": "web", "PolicyArn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"})
	c.boto3(t, "iam", "put_role_policy", arguments{"RoleName": "web", "PolicyName": "by-hand",
		"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`})
	c.catchUp()
}

// roleParts are a role's own parts, as far as the spec may leave them to others.
func (c *cloud) roleParts(t testing.TB) map[string]string {
	t.Helper()
	role := c.boto3(t, "iam", "get_role", arguments{"RoleName": "web"})["Role"].(map[string]any)
	return map[string]string{"description": text(role["Description"]), "trust": text(role["AssumeRolePolicyDocument"]), "tags": text(role["Tags"]),
		"attached": text(c.boto3(t, "iam", "list_attached_role_policies", arguments{"RoleName": "web"})["AttachedPolicies"]),
		"inline":   text(c.boto3(t, "iam", "list_role_policies", arguments{"RoleName": "web"})["PolicyNames"])}
}

// TestRolesMadeInTheConsole: adopted, a role gets our tags and the one policy
// that its task needs, and keeps the rest; with manage: false it gets nothing.
func TestRolesMadeInTheConsole(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "shop/referred.json", "SecretString": `{}`})
		c.consoleRole(t)
		before := c.roleParts(t)
		p := c.consoleProject(t, consoleTask+"  role: {manage: false}\n")
		p.apply(t)
		c.settled(t, p)
		if diff := cmp.Diff(before, c.roleParts(t)); diff != "" {
			t.Errorf("manage: false changes the role (-before +after):\n%s", diff)
		}

		p.file(t, "deploy_config/tasks/web.yaml", strings.ReplaceAll(consoleTask, "ACCOUNT_ID", c.account)+"  role: {trust_policy: "+consoleTrust+"}\n")
		if got := p.exits(t, 1, "apply", "staging", "--yes"); !strings.Contains(got.stdout+got.stderr, "--adopt") {
			t.Errorf("what is not ours is met with %s%s", got.stdout, got.stderr)
		}
		p.ok(t, "apply", "staging", "--yes", "--adopt")
		c.catchUp()
		c.settled(t, p)
		after := c.roleParts(t)
		if !strings.Contains(after["tags"], "shop/staging") || after["inline"] != `["by-hand","ecs-reconciler"]` {
			t.Errorf("adopted, it is %v", after)
		}
		for _, part := range []string{"description", "trust", "attached"} {
			if after[part] != before[part] {
				t.Errorf("adopted, its %s is %s, and was %s", part, after[part], before[part])
			}
		}
	})
}

// TestUploadsOfTheDeployersHook: what hooks/pre_build.yml of a project before
// version 4 stores, is stored, and the hook's other tasks are told of.
func TestUploadsOfTheDeployersHook(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.write(t, map[string]string{
			"deploy_config/vars/common.yml": `project_name: mailer
secrets_path: "{{ project_name | replace('-', '_') }}/{{ env }}/tasks/env"
default_cloudreactor: {enabled: false}
default_task_config:
  ecs: {task: {role_arn: "arn:aws:iam::{{ aws.account_id }}:role/{{ project_name }}_task_{{ env }}"}}
  wrapper: {env_locations: ["arn:aws:secretsmanager:{{ aws_region }}:{{ aws.account_id }}:secret:{{ secrets_path }}"]}
task_name_to_config:
  digest: {command: bin/send}
`,
			"deploy_config/vars/staging.yml": `project_aws:
  account_id: "ACCOUNT_ID"
  region: us-west-2
  ecs: {cluster_name: staging, execution_role_arn: "arn:aws:iam::ACCOUNT_ID:role/exec", task: {network: {subnets: [subnet-a], security_groups: [sg-1]}}}
`,
			"deploy_config/env/.env.staging": "SMTP_PASSWORD='p w'\n",
			"deploy_config/hooks/pre_build.yml": `- name: Compile
  command: make
- name: Upload the env file
  community.aws.aws_secret:
    name: "{{ secrets_path }}"
    state: present
    secret_type: string
    secret: "{{ lookup('file', deploy_config_dir + '/env/.env.' + config_filename_stem) }}"
    region: "{{ aws_region }}"
`,
		})
		p.env = append(p.env, "CLOUDREACTOR_TASK_VERSION_SIGNATURE=abc")
		if got := p.ok(t, "apply", "staging", "--yes"); !strings.Contains(got.stderr, "this task of the hook is not run: Compile") {
			t.Errorf("the other tasks of the hook are not told of:\n%s", got.stderr)
		}
		c.catchUp()
		c.settled(t, p)
		seen := c.seenBy(t, c.containerEnvironment(t, "mailer_digest_staging"))
		if diff := cmp.Diff(map[string]string{"SMTP_PASSWORD": "p w", "TASK_COMMAND": "bin/send"}, seen); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}
	})
}

// TestFilesOfPythonDotenv: a file that an image held for python-dotenv is a
// secret, and the process sees what the real python-dotenv read.
func TestFilesOfPythonDotenv(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	task := strings.Replace(consoleTask, "{secret: shop/taken.json, from: {file: taken.json}}", `{secret: "shop/{{ env }}/.env", from: {file: "files/.env.{{ env }}"}}`, 1)
	task = strings.Replace(task, "    - arn:aws:secretsmanager:us-west-2:ACCOUNT_ID:secret:shop/referred.json\n", "", 1)
	p := c.consoleProject(t, task)
	p.file(t, "deploy_config/files/.env.staging", "# of old\nexport A=1\nB=\"it's\" # odd\nC=\"two\\nlines\"\nD= padded # comment\nE='single $NOT'\nF=\nG=\"é\"\n")
	p.apply(t)
	c.settled(t, p)
	const program = "import dotenv, json, sys; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))"
	var want map[string]string
	if err := json.Unmarshal([]byte(p.tool(t, python(t), "-c", program, "deploy_config/files/.env.staging")), &want); err != nil {
		t.Fatal(err)
	}
	env := c.containerEnvironment(t, "shop_web_staging")
	if diff := cmp.Diff(want, c.seenBy(t, env)); diff != "" {
		t.Errorf("what the process sees (-python-dotenv +proc_wrapper):\n%s", diff)
	}
	p.env = append(p.env, "PROC_WRAPPER_ENV_LOCATIONS="+env["PROC_WRAPPER_ENV_LOCATIONS"])
	for name, value := range want {
		if got := p.ok(t, "exec", "--", "printenv", name).stdout; got != value+"\n" {
			t.Errorf("with exec, %s is %q, not %q", name, got, value)
		}
	}
}

// TestParametersOfSSM: parameters that are there are read by the process where
// they are, be it by proc_wrapper or by ECS, and are copied into a secret.
func TestParametersOfSSM(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	value := rand.Text()
	for name, text := range map[string]string{"/shop/app.json": `{"FROM_SSM": "` + value + `"}`, "/shop/token": value} {
		c.boto3(t, "ssm", "put_parameter", arguments{"Name": name, "Type": "SecureString", "Value": text})
	}
	arn := "arn:aws:ssm:us-west-2:" + c.account + ":parameter/shop/"
	p := c.consoleProject(t, `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  env_locations:
    - `+arn+`app.json
    - {secret: shop/copy.json, from: {merge: [{ssm: /shop/app.json}]}}
  role_arn: arn:aws:iam::ACCOUNT_ID:role/web
  task_definition:
    executionRoleArn: arn:aws:iam::ACCOUNT_ID:role/exec
    containerDefinitions: [{name: main, image: busybox:1, memory: 64, secrets: [{name: TOKEN, valueFrom: "`+arn+`token"}]}]
`)
	newSearch(map[string]string{"the value": value}).run(t, p, 0, "apply", "staging", "--yes")
	c.settled(t, p)
	if got := c.secret(t, "shop/copy.json"); got != `{"FROM_SSM":"`+value+`"}` {
		t.Error("the secret is no copy of the parameter")
	}
	seen := c.seenBy(t, c.containerEnvironment(t, "shop_web_staging"))
	if diff := cmp.Diff(map[string]string{"FROM_SSM": value}, seen); diff != "" {
		t.Errorf("what the process sees (-want +got):\n%s", diff)
	}
	policy := text(c.boto3(t, "iam", "get_role_policy", arguments{"RoleName": "web", "PolicyName": "ecs-reconciler"})["PolicyDocument"])
	if !strings.Contains(policy, "ssm:GetParameter") || !strings.Contains(policy, arn+"app.json") || strings.Contains(policy, arn+"token") {
		t.Errorf("the task's role may %s", policy)
	}
	if got := text(c.definition(t, "shop_web_staging")["containerDefinitions"]); !strings.Contains(got, arn+"token") {
		t.Errorf("ECS is told %s", got)
	}
}

// tool runs a program in the project's folder, and returns what it prints.
func (p *project) tool(t testing.TB, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = p.dir, append(append([]string{}, p.env...), "LC_ALL=C.UTF-8", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v", program, args, err)
	}
	return string(out)
}

func (p *project) executable(t testing.TB, name string) {
	t.Helper()
	if err := os.Chmod(filepath.Join(p.dir, name), 0o700); err != nil {
		t.Fatal(err)
	}
}
