package e2e

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sourcesTask declares a secret of every kind of source.
const sourcesTask = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  role_arn: arn:aws:iam::ACCOUNT_ID:role/web
  env_locations:
    - {secret: s/object.env, from: {s3: s3://bACCOUNT_ID/app.env}}
    - {secret: s/older.env, from: {s3: "arn:aws:s3:::bACCOUNT_ID/app.env#VERSION"}, output: json}
    - {secret: s/parameter, from: {ssm: /app/token}}
    - {secret: s/command.env, from: {exec: [./sops, -d, secrets.yaml], format: yaml, timeout: 20s}, output: dotenv}
    - {secret: s/openssl.env, from: {exec: [openssl, enc, -d, -aes-256-cbc, -pbkdf2, -pass, "env:OPENSSL_PASS", -in, app.enc], format: dotenv}}
    - {secret: s/variable.json, from: {vars: database}}
    - {secret: s/environment, from: {env: TOKEN}}
    - {secret: s/state.json, from: {tfstate: {s3: s3://bACCOUNT_ID/terraform.tfstate, address: random_password.db.result}}}
    - {secret: s/bytes, from: {s3: s3://bACCOUNT_ID/bytes, format: binary}, output: binary}
    - {secret: s/generated, from: {generate: {length: 24}}}
    - {secret: s/merged.json, from: {merge: [{s3: s3://bACCOUNT_ID/app.env}, {ssm: /app/over.json}]}}
`

func sourcesProject() map[string]string {
	return map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec:\n" +
			"  variables: {database: {USER: app, PORT: 5432}}\n  environments: {staging: {account_id: \"ACCOUNT_ID\", region: us-west-2}}\n",
		"deploy_config/tasks/web.yaml": sourcesTask,
		"deploy_config/sops":           "#!/bin/sh\necho \"opening $2 for $DEPLOYMENT_ENVIRONMENT\" >&2\ntest \"$1\" = -d && sed s/ENC/$SOPS_KEY/ \"$2\"\n",
		"deploy_config/secrets.yaml":   "B: ENC\nA: it's\n",
	}
}

// TestSources: a value comes from wherever a source says, plan and apply alone
// ask for it, it is shown nowhere, and a second apply writes nothing.
func TestSources(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	value := rand.Text()
	p := c.sourcesProject(t, value)
	search := newSearch(map[string]string{"the value": value})
	for _, command := range [][]string{{"validate", "staging"}, {"render", "staging"}} {
		if calls := c.during(func() { search.run(t, p, 0, command...) }); len(calls) > 0 {
			t.Errorf("%v asks AWS: %v", command, calls)
		}
	}
	if got := p.ok(t, "validate", "staging"); strings.Contains(got.stderr, "opening") {
		t.Errorf("validate runs a command:\n%s", got.stderr)
	}
	if got := p.ok(t, "plan", "staging"); !strings.Contains(got.stderr, "opening secrets.yaml for staging") {
		t.Errorf("what the command says is not shown:\n%s", got.stderr)
	}
	if got := p.ok(t, "plan", "staging"); !strings.Contains(got.stdout, "/value: (sensitive)  generated") {
		t.Errorf("the plan does not say that a value is generated:\n%s", got.stdout)
	}
	search.run(t, p, 0, "plan", "staging", "--log-level", "debug")
	search.run(t, p, 0, "apply", "staging", "--yes", "-o", "json")
	for name, want := range map[string]string{
		"s/object.env": "A=" + value + "\nB=2\n", "s/older.env": `{"A":"old"}`, "s/parameter": value, "s/command.env": "B='" + value + "'\nA='it\\'s'\n",
		"s/openssl.env": "O=" + value + "\n", "s/variable.json": `{"USER":"app","PORT":5432}`, "s/environment": value, "s/state.json": value,
		"s/merged.json": `{"A":"` + value + `","B":3}`,
	} {
		if diff := cmp.Diff(want, c.secret(t, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	bytes, _ := c.boto3(t, "secretsmanager", "get_secret_value", arguments{"SecretId": "s/bytes"})["SecretBinary"].(string)
	if bytes != asBlob("\xff\x00"+value) {
		t.Errorf("the bytes are stored as %q", bytes)
	}
	generated := c.secret(t, "s/generated")
	c.settled(t, p)
	if len(generated) != 24 || c.secret(t, "s/generated") != generated {
		t.Error("the generated value has not 24 characters, or was made again")
	}
	c.boto3(t, "ssm", "put_parameter", arguments{"Name": "/app/token", "Type": "SecureString", "Value": "rotated", "Overwrite": true})
	if got := p.apply(t); got.Summary["done"] != 1 || c.secret(t, "s/parameter") != "rotated" {
		t.Errorf("a changed source leads to %v", got.Summary)
	}
}

// sourcesProject is the project, with everything that its sources name.
func (c *cloud) sourcesProject(t *testing.T, value string) *project {
	t.Helper()
	bucket := "b" + c.account
	put := func(key, text string) string {
		out := c.boto3(t, "s3", "put_object", arguments{"Bucket": bucket, "Key": key, "Body": asBlob(text)})
		version, _ := out["VersionId"].(string)
		return version
	}
	c.boto3(t, "s3", "create_bucket", arguments{"Bucket": bucket, "CreateBucketConfiguration": arguments{"LocationConstraint": region}})
	c.boto3(t, "s3", "put_bucket_versioning", arguments{"Bucket": bucket, "VersioningConfiguration": arguments{"Status": "Enabled"}})
	version := put("app.env", "A=old\n")
	put("app.env", "A="+value+"\nB=2\n")
	put("bytes", "\xff\x00"+value)
	put("terraform.tfstate", fmt.Sprintf(`{"version": 4, "resources": [{"mode": "managed", "type": "random_password", "name": "db", "instances": [{"attributes": {"result": %q}}]}]}`, value))
	c.boto3(t, "ssm", "put_parameter", arguments{"Name": "/app/token", "Type": "SecureString", "Value": value})
	c.boto3(t, "ssm", "put_parameter", arguments{"Name": "/app/over.json", "Type": "String", "Value": `{"B": 3}`})
	files := sourcesProject()
	files["deploy_config/tasks/web.yaml"] = strings.Replace(files["deploy_config/tasks/web.yaml"], "VERSION", version, 1)
	p := c.write(t, files)
	p.env = append(p.env, "SOPS_KEY="+value, "OPENSSL_PASS=pass", "TOKEN="+value)
	if err := os.Chmod(filepath.Join(p.dir, "deploy_config", "sops"), 0o700); err != nil {
		t.Fatal(err)
	}
	seal := exec.Command("openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-pass", "env:OPENSSL_PASS", "-out", "app.enc")
	seal.Dir, seal.Env, seal.Stdin = filepath.Join(p.dir, "deploy_config"), p.env, strings.NewReader("O="+value+"\n")
	if out, err := seal.CombinedOutput(); err != nil {
		t.Fatalf("openssl encrypts the files of this test; install it: %v\n%s", err, out)
	}
	return p
}

// TestSourcesThatFail: what goes wrong outside is said with its place, before
// anything is written, and without what a command had printed.
func TestSourcesThatFail(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	for _, test := range []struct {
		name, from string
		code       int
		want       string
	}{
		{"no such bucket", "{s3: 's3://nosuch/x.env'}", 1, "web.yaml:5:45: spec.env_locations[0].from: the value of s3://nosuch/x.env cannot be read: cannot get s3://nosuch/x.env: S3 GetObject: NoSuchBucket"},
		{"no such parameter", "{ssm: /nosuch}", 1, "cannot get the parameter /nosuch: SSM GetParameter: ParameterNotFound"},
		{"a command that fails", "{exec: [sh, -c, 'echo printed-4711; echo why >&2; exit 3']}", 1, "the value of exec sh cannot be read: sh failed: exit status 3"},
		{"a command that hangs", "{exec: [sh, -c, 'echo printed-4711; exec sleep 60'], timeout: 200ms}", 1, "sh did not end within 200ms"},
		{"no such command", "{exec: [nosuch-4711]}", 1, "cannot run"},
		{"a variable that is not set", "{env: NOSUCH_4711}", 64, "the variable NOSUCH_4711 is not set"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := sourcesProject()
			files["deploy_config/tasks/web.yaml"] = "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n  env_locations: [{secret: s/one.env, from: " + test.from + "}]\n"
			p := c.write(t, files)
			p.ok(t, "validate", "staging")
			var got outcome
			calls := c.during(func() { got = p.exits(t, test.code, "apply", "staging", "--yes") })
			if !strings.Contains(got.stderr, test.want) || strings.Contains(got.stderr+got.stdout, "printed-4711") {
				t.Errorf("it says %s", got.stderr)
			}
			if wrote := writesOf(calls); len(wrote) > 0 {
				t.Errorf("it sends %v", wrote)
			}
		})
	}
}

// TestSourcesWaitForTheAccount: nothing is asked for with credentials of
// another account than the spec's.
func TestSourcesWaitForTheAccount(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	files := sourcesProject()
	files["deploy_config/tasks/web.yaml"] = "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n" +
		"  env_locations: [{secret: s/a, from: {exec: [touch, asked]}}, {secret: s/b, from: {s3: 's3://b/k'}}]\n"
	files["deploy_config/reconciler.yaml"] = strings.Replace(files["deploy_config/reconciler.yaml"], "ACCOUNT_ID", "999999999999", 1)
	p := c.write(t, files)
	calls := c.during(func() {
		if got := p.exits(t, 1, "plan", "staging"); !strings.Contains(got.stderr, "nothing was read or written") {
			t.Errorf("it says %s", got.stderr)
		}
	})
	if diff := cmp.Diff(map[string]int{"sts:GetCallerIdentity": 1}, count(calls)); diff != "" {
		t.Errorf("it asks (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(p.dir, "deploy_config", "asked")); err == nil {
		t.Error("the command has run")
	}
}

// TestVaultPasswordsFromAWS: they are fetched where something is encrypted,
// and only with credentials of the right account.
func TestVaultPasswordsFromAWS(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	password, value := rand.Text(), rand.Text()
	bucket := "v" + c.account
	c.boto3(t, "s3", "create_bucket", arguments{"Bucket": bucket, "CreateBucketConfiguration": arguments{"LocationConstraint": region}})
	c.boto3(t, "s3", "put_object", arguments{"Bucket": bucket, "Key": "pass.staging.txt", "Body": asBlob(password + "\n")})
	c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "vault-password", "SecretString": password})
	files := map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec:\n  environments: {staging: {account_id: \"ACCOUNT_ID\", region: us-west-2}}\n",
		"deploy_config/app.env":         encrypted(t, password, "A="+value+"\n"),
		"deploy_config/tasks/web.yaml":  "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n  env_locations: [{secret: s/app.env, from: {file: app.env}}]\n",
	}
	p := c.write(t, files)
	search := newSearch(map[string]string{"the value": value, "the password": password})
	from := "s3://" + bucket + "/pass.{{env}}.txt"
	search.run(t, p, 0, "apply", "staging", "--yes", "--vault-password-from", from)
	if c.secret(t, "s/app.env") != "A="+value+"\n" {
		t.Error("the value did not arrive")
	}
	calls := c.during(func() {
		search.run(t, p, 0, "validate", "staging", "--vault-password-from", "x@secretsmanager:vault-password")
	})
	if diff := cmp.Diff(map[string]int{"sts:GetCallerIdentity": 1, "secretsmanager:GetSecretValue": 1}, count(calls)); diff != "" {
		t.Errorf("it asks (-want +got):\n%s", diff)
	}
	p.env = append(p.env, "AWS_REGION="+region)
	view := p.ok(t, "vault", "view", "deploy_config/app.env", "--vault-password-from", "secretsmanager:vault-password")
	if view.stdout != "A="+value+"\n" {
		t.Error("vault view shows something else")
	}
	for address, want := range map[string]string{
		"s3://" + bucket + "/nosuch": "cannot get s3://" + bucket + "/nosuch: S3 GetObject: NoSuchKey", "secretsmanager:nosuch": "cannot get the secret nosuch", "ftp://x": `"ftp://x" is no address`,
	} {
		if got := p.exits(t, 64, "validate", "staging", "--vault-password-from", address); !strings.Contains(got.stderr, want) {
			t.Errorf("%s: it says %s", address, got.stderr)
		}
	}
	if got := p.exits(t, 64, "plan", "staging", "--sandbox", "--vault-password-from", from); !strings.Contains(got.stderr, "--sandbox does not go there") {
		t.Errorf("it says %s", got.stderr)
	}
	p.file(t, "deploy_config/app.env", "A=1\n")
	if calls := c.during(func() { p.ok(t, "validate", "staging", "--vault-password-from", from) }); len(calls) > 0 {
		t.Errorf("nothing is encrypted, and it asks %v", calls)
	}
	p.file(t, "deploy_config/app.env", files["deploy_config/app.env"])
	p.file(t, "deploy_config/reconciler.yaml", strings.Replace(files["deploy_config/reconciler.yaml"], "ACCOUNT_ID", "999999999999", 1))
	calls = c.during(func() {
		if got := p.exits(t, 64, "plan", "staging", "--vault-password-from", from); !strings.Contains(got.stderr, "no vault password is fetched with them") {
			t.Errorf("it says %s", got.stderr)
		}
	})
	if diff := cmp.Diff(map[string]int{"sts:GetCallerIdentity": 1}, count(calls)); diff != "" {
		t.Errorf("with another account it asks (-want +got):\n%s", diff)
	}
}

// TestVaultPasswordsWaitForTheAccount: what the spec says in the clear of its
// account, be it by CloudReactor's variables or by ARNs, is compared before a
// password is fetched.
func TestVaultPasswordsWaitForTheAccount(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	cloudReactor := cloudReactorFolder()
	cloudReactor["deploy_config/vars/staging.yml"] = strings.Replace(cloudReactor["deploy_config/vars/staging.yml"], "ACCOUNT_ID", "999999999999", 1)
	arns := map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec: {environments: {staging: {region: us-west-2}}}\n",
		"deploy_config/tasks/web.yaml": "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n  role_arn: arn:aws:iam::999999999999:role/web\n" +
			"  env_locations: [{secret: s/app.env, from: {file: env/.env.staging}}]\n",
	}
	for name, files := range map[string]map[string]string{"variables": cloudReactor, "ARNs": arns} {
		files["deploy_config/env/.env.staging"] = encrypted(t, "password", "A=1\n")
		p := c.write(t, files)
		calls := c.during(func() {
			got := p.exits(t, 64, "validate", "staging", "--vault-password-from", "secretsmanager:password")
			if !strings.Contains(got.stderr, "the spec says 999999999999: no vault password is fetched with them") {
				t.Errorf("%s: it says %s", name, got.stderr)
			}
		})
		if diff := cmp.Diff(map[string]int{"sts:GetCallerIdentity": 1}, count(calls)); diff != "" {
			t.Errorf("%s: it asks (-want +got):\n%s", name, diff)
		}
	}
}
