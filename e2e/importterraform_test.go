package e2e

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestImportOfARealState goes through docs/from-terraform.md, with its own
// commands: what Terraform's provider made on the sandbox is adopted with nothing
// but tags of ours and the secrets' versions changed, and Terraform forgets it
// without wanting anything before or after.
func TestImportOfARealState(t *testing.T) {
	t.Parallel()
	program, mirror := terraform()
	if mirror == "" {
		t.Logf("not run: terraform is %q, and none of %v has a copy of its AWS provider", program, providerFolders())
		return
	}
	c := newCloud(t, sandbox)
	tf := newTerraform(t, c, program, mirror, "testdata/importterraform/main.tf", "testdata/importterraform/moved.tf")
	tf.env = append(tf.env, "TF_VAR_password="+rand.Text(), "TF_VAR_token="+rand.Text())
	tf.run(t, 0, "init")
	tf.run(t, 0, "apply", "-auto-approve")
	tf.run(t, 0, "plan", "-detailed-exitcode")

	p := c.write(t, map[string]string{".vault-password": rand.Text()})
	password := "--vault-password-file=" + filepath.Join(p.dir, ".vault-password")
	p.env = append(p.env, append(tf.env, "PATH="+strings.Join([]string{filepath.Dir(reconciler(t)), filepath.Dir(program), os.Getenv("PATH")}, ":"), "RECONCILER_VAULT_PASSWORD_FILE="+filepath.Join(p.dir, ".vault-password"))...)
	p.dir = tf.dir
	p.documented(t, "terraform state pull")
	before := p.ok(t, "vault", "view", "deploy_config/values/staging/shop-staging-db", password).stdout
	for _, name := range []string{"db", "env"} {
		file := map[string]string{"db": "db", "env": "app.env"}[name]
		p.remove(t, "deploy_config/values/staging/shop-staging-"+file)
		p.documented(t, "terraform show -json", "_version.db", "_version."+name, "shop-staging-db", "shop-staging-"+file)
	}
	if after := p.ok(t, "vault", "view", "deploy_config/values/staging/shop-staging-db", password).stdout; after != before {
		t.Error("jq finds another value than the import")
	}
	c.adoptsOnly(t, p, 7)

	tf.run(t, 0, "plan", "-detailed-exitcode", "-refresh=false")
	if got := tf.run(t, 2, "plan", "-detailed-exitcode"); !strings.Contains(got, "Plan: 0 to add, 7 to change, 0 to destroy") {
		t.Errorf("beside our tags, Terraform wants to change:\n%s", got)
	}
	p.documented(t, "terraform state rm")
	p.remove(t, "moved.tf")
	tf.run(t, 0, "plan", "-detailed-exitcode")
	c.settled(t, p)
	if got := text(c.describe(t, "shop/staging/app.env")["ReplicationStatus"]); !strings.Contains(got, abroad) || c.secretPolicy(t, "shop/staging/db") == "" {
		t.Errorf("the copy or the policy is gone: %s", got)
	}
}

// documented runs the commands of docs/from-terraform.md that begin so, with
// some of their words replaced.
func (p *project) documented(t testing.TB, beginning string, replaced ...string) {
	t.Helper()
	page, err := os.ReadFile("../docs/from-terraform.md")
	if err != nil {
		t.Fatal(err)
	}
	// A command goes on after a pipe and a backslash.
	whole := regexp.MustCompile(`(\||\\)\n\s+`).ReplaceAllStringFunc(string(page), func(end string) string { return strings.TrimRight(strings.TrimRight(end, " \n"), "\\") + " " })
	found := 0
	for line := range strings.Lines(whole) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, beginning) {
			continue
		}
		found++
		cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", strings.NewReplacer(replaced...).Replace(line))
		cmd.Dir, cmd.Env = p.dir, p.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
	if found == 0 {
		t.Fatalf("the page has no command that begins with %s", beginning)
	}
}

// adoptsOnly applies with --adopt, and fails unless the plan takes that many
// objects over and changes tags and versions alone, and nothing is left to do
// after it.
func (c *cloud) adoptsOnly(t testing.TB, p *project, objects int) {
	t.Helper()
	p.ok(t, "validate", "staging")
	adopted := 0
	for _, change := range p.plan(t).Changes {
		if change.Reason == "adopted" {
			adopted++
		} else {
			t.Errorf("%s %s: %s, %s", change.Kind, change.Name, change.Action, change.Reason)
		}
		for _, field := range change.Fields {
			if !strings.HasPrefix(field.Path, "/tags") && field.Path != "/version" {
				t.Errorf("%s %s changes %s (%s)", change.Kind, change.Name, field.Path, change.Note)
			}
		}
	}
	if adopted != objects {
		t.Errorf("the plan adopts %d objects, want %d", adopted, objects)
	}
	p.ok(t, "apply", "staging", "--yes", "--adopt")
	c.settled(t, p)
}

// handWritten is a state as Terraform writes it, of objects as its provider
// makes them.
type handWritten struct{ state, password, session, vaultPassword string }

const tfState = "testdata/importterraform/terraform.tfstate"

// asTerraform makes the objects of tfState, call by call as the provider does.
func (c *cloud) asTerraform(t testing.TB) handWritten {
	t.Helper()
	h := handWritten{password: rand.Text(), session: rand.Text(), vaultPassword: rand.Text()}
	tags := []any{map[string]any{"Key": "team", "Value": "data"}}
	db, _ := c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "shop/staging/db", "Description": "How to reach the database", "Tags": tags})["ARN"].(string)
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": db, "ClientRequestToken": "terraform-20260101000000000000000001",
		"SecretString": `{"username":"shop","password":"` + h.password + `"}`})
	certificate, _ := c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "shop/staging/certificate"})["ARN"].(string)
	const policyHead = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`
	c.boto3(t, "iam", "create_role", arguments{"RoleName": "shop-task", "Path": "/apps/", "Description": "What shop may do", "MaxSessionDuration": 7200, "Tags": tags,
		"AssumeRolePolicyDocument": policyHead + `"Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"}}]}`})
	c.boto3(t, "iam", "put_role_policy", arguments{"RoleName": "shop-task", "PolicyName": "read", "PolicyDocument": policyHead + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::shop/*"}]}`})
	c.boto3(t, "iam", "put_role_policy", arguments{"RoleName": "shop-task", "PolicyName": "queue", "PolicyDocument": policyHead + `"Action":["sqs:SendMessage"],"Resource":"*"}]}`})
	for _, name := range []string{"AmazonS3ReadOnlyAccess", "CloudWatchLogsFullAccess"} {
		c.boto3(t, "iam", "attach_role_policy", arguments{"RoleName": "shop-task", "PolicyArn": "arn:aws:iam::aws:policy/" + name})
	}
	c.catchUp() // a new role is not there for ECS at once
	c.boto3(t, "ecs", "register_task_definition", arguments{"family": "shop-web", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"},
		"taskRoleArn": c.roleARN("apps/shop-task"), "executionRoleArn": c.roleARN("ecs-execution"), "volumes": []any{map[string]any{"name": "scratch"}},
		"tags": []any{map[string]any{"key": "team", "value": "data"}},
		"containerDefinitions": []any{map[string]any{"name": "main", "image": "busybox:1", "essential": true, "command": []any{"serve", "{{ as it is }}"},
			"environment":  []any{map[string]any{"name": "MODE", "value": "web"}, map[string]any{"name": "SESSION", "value": h.session}},
			"secrets":      []any{map[string]any{"name": "CERTIFICATE", "valueFrom": certificate}, map[string]any{"name": "PASSWORD", "valueFrom": db + ":password::"}},
			"portMappings": []any{map[string]any{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}}}}})
	c.catchUp()
	data, err := os.ReadFile(tfState)
	if err != nil {
		t.Fatal(err)
	}
	h.state = strings.NewReplacer("DB_ARN", db, "CERTIFICATE_ARN", certificate, "PASSWORD_OF_DB", h.password, "SESSION_KEY", h.session).Replace(string(data))
	return h
}

// TestImportOfAHandWrittenState: objects as Terraform makes them are adopted,
// nothing but tags of ours and versions is changed, and no value shows.
func TestImportOfAHandWrittenState(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		h := c.asTerraform(t)
		p := c.write(t, map[string]string{"terraform.tfstate": h.state})
		p.env = append(p.env, "ANSIBLE_VAULT_PASSWORD="+h.vaultPassword)
		s := newSearch(map[string]string{"the password": h.password, "the session key": h.session, "the vault's password": h.vaultPassword})
		s.run(t, p, 0, "import", "terraform", "terraform.tfstate", "staging", "--name", "shop")
		s.run(t, p, 0, "import", "terraform", "terraform.tfstate", "staging", "--name", "shop", "-o", "json")
		s.run(t, p, 0, "import", "terraform", "terraform.tfstate", "staging", "--name", "shop", "--out", "placeholders")
		told := s.run(t, p, 0, "import", "terraform", "terraform.tfstate", "staging", "--name", "shop", "--out", "deploy_config", "--secret-values", "vault").stderr
		for _, want := range []string{"aws_vpc.main: aws_vpc", "random_password.session: random_password", `module.shop.aws_secretsmanager_secret.this["old"]: is deposed`,
			`module.shop.aws_secretsmanager_secret.this["certificate"]: the state holds no value of it`, "the role " + c.roleARN("ecs-execution") + " is not in the state"} {
			if !strings.Contains(told, want) {
				t.Errorf("stderr lacks %q:\n%s", want, told)
			}
		}
		p.remove(t, "terraform.tfstate")
		s.files(t, p)

		before := c.madeByTerraform(t)
		c.adoptsOnly(t, p, 3)
		if diff := cmp.Diff(before, c.madeByTerraform(t)); diff != "" {
			t.Errorf("the adoption changes (-before +after):\n%s", diff)
		}
	})
}

// madeByTerraform is what AWS has of the objects, without their tags and what
// tells versions and times.
func (c *cloud) madeByTerraform(t testing.TB) map[string]string {
	t.Helper()
	role := c.boto3(t, "iam", "get_role", arguments{"RoleName": "shop-task"})["Role"].(map[string]any)
	delete(role, "Tags")
	delete(role, "RoleLastUsed")
	secret := c.boto3(t, "secretsmanager", "describe_secret", arguments{"SecretId": "shop/staging/db"})
	definition := c.definition(t, "shop-web")
	return map[string]string{
		"role": text(role), "inline": text(c.boto3(t, "iam", "list_role_policies", arguments{"RoleName": "shop-task"})["PolicyNames"]),
		"attached": text(c.boto3(t, "iam", "list_attached_role_policies", arguments{"RoleName": "shop-task"})["AttachedPolicies"]),
		"secret":   text([]any{secret["Name"], secret["ARN"], secret["Description"], secret["KmsKeyId"]}), "value": c.secret(t, "shop/staging/db"),
		"containers": text(definition["containerDefinitions"]), "settings": text([]any{definition["cpu"], definition["memory"], definition["revision"], definition["volumes"], definition["taskRoleArn"]}),
	}
}

func (p *project) remove(t testing.TB, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(p.dir, name)); err != nil {
		t.Fatal(err)
	}
}
