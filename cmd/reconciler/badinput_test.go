package main

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/cli"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

const (
	webFile     = "deploy_config/tasks/web.yaml"
	envFile     = "deploy_config/env/.env.staging"
	projectFile = "deploy_config/reconciler.yaml"
)

// badInput is a project with one thing wrong.
type badInput struct {
	name string
	edit [3]string                      // file, old text, new text
	put  map[string]string              // files to add or replace
	make func(t *testing.T, dir string) // anything else; dir holds deploy_config
	args []string                       // beside the command and its environment
	env  []string
	want string // regular expression that stderr must match
}

func badInputs(t *testing.T) []badInput {
	web := func(old, text string) [3]string { return [3]string{webFile, old, text} }
	return []badInput{
		{name: "unknown key", edit: web("env_locations:", "env_location:"),
			want: `^reconciler: deploy_config/tasks/web.yaml:5:3: spec: there is no key "env_location" \(did you mean "env_locations"\?\)\n$`},
		{name: "unknown key in an AWS block", edit: web("networkMode:", "networkmode:"),
			want: `web.yaml:12:\d+: spec.task_definition.networkmode: unknown key "networkmode" \(did you mean "networkMode"\?\)`},
		{name: "unknown key in the project", edit: [3]string{projectFile, "account_id:", "acount_id:"},
			want: `reconciler.yaml:6:15: spec.environments.staging: there is no key "acount_id" \(did you mean "account_id"\?\)`},
		{name: "unknown word", edit: web("  role_arn:", "  inject: ecs_secret\n  role_arn:"),
			want: `web.yaml:8:11: spec.inject: "ecs_secret" is not one of .*\(did you mean "ecs_secrets"\?\)`},
		{name: "wrong type", edit: web("env_locations:\n", "env_locations: text\n  ignore:\n"),
			want: `web.yaml:5:18: spec.env_locations: a list is wanted here, a text was found`},
		{name: "wrong type in an AWS block", edit: web("containerDefinitions:\n      - {name: main", "containerDefinitions:\n      - {name: main, portMappings: 80"),
			want: `web.yaml:15:36: spec.task_definition.containerDefinitions\[0\].portMappings: a list is wanted here, a number was found`},
		{name: "null in a list", edit: web("  role_arn:", "    - ~\n  role_arn:"), want: `web.yaml:8:7: spec.env_locations\[1\]: there is nothing here`},
		{name: "bad ARN of a role", edit: web("iam::012345678901:role", "iam::01234567890:role"),
			want: `web.yaml:8:13: spec.role_arn: .* names the account "01234567890": want twelve digits`},
		{name: "bad ARN of a secret", edit: web("  role_arn:", "    - arn:aws:secretsmanager:us-west-2\n  role_arn:"),
			want: `web.yaml:8:7: spec.env_locations\[1\]: .* is not an ARN: want arn:`},
		{name: "role that is none", edit: web(":role/shop", ":user/shop"), want: `web.yaml:8:13: spec.role_arn: .* is not a role's ARN`},
		{name: "two accounts", edit: web("012345678901", "210987654321"),
			want: `web.yaml:8:13: spec.role_arn: role_arn is in account 210987654321, and account_id says 012345678901 \(.*trusted_accounts\)`},
		{name: "two regions", edit: web("  role_arn:", "    - arn:aws:secretsmanager:eu-west-1:012345678901:secret:other.env\n  role_arn:"),
			want: `web.yaml:8:7: spec.env_locations\[1\]: the region eu-west-1 stands beside us-west-2 \(at deploy_config/tasks/web.yaml:6:7\).*replicate`},
		{name: "undefined variable", edit: web("shop/{{ env }}", "shop/{{ enf }}"),
			want: `web.yaml:6:15: "enf" is not defined, in \{\{ ?enf ?\}\}.*did you mean "env"|web.yaml:6:15: "enf" is not defined, in enf \(did you mean "env"\?\)`},
		{name: "unsupported expression", edit: web("shop/{{ env }}", "shop/{{ env | frobnicate }}"), want: `web.yaml:6:15: .*frobnicate`},
		{name: "unsupported statement", edit: web("shop/{{ env }}", "shop/{% if true %}x{% endif %}"), want: `web.yaml:6:15: statements are not supported`},
		{name: "wrong vault password", put: map[string]string{envFile: vault(t, "right")}, env: []string{"ANSIBLE_VAULT_PASSWORD=wrong"},
			want: `deploy_config/env/.env.staging:1:1: .*password.*\(give the password with --vault-password-file`},
		{name: "no vault password", put: map[string]string{envFile: vault(t, "right")}, want: `deploy_config/env/.env.staging:1:1: .*no vault password was given`},
		{name: "corrupted vault file", put: map[string]string{envFile: strings.Replace(vault(t, "right"), "3", "4", 40)}, env: []string{"ANSIBLE_VAULT_PASSWORD=right"},
			want: `deploy_config/env/.env.staging:1:1: `},
		{name: "vault file cut off", put: map[string]string{envFile: vault(t, "right")[:120]}, env: []string{"ANSIBLE_VAULT_PASSWORD=right"},
			want: `deploy_config/env/.env.staging:1:1: .*restore the file`},
		{name: "git-crypt-locked", put: map[string]string{envFile: "\x00GITCRYPT\x00" + canary}, want: `deploy_config/env/.env.staging: the file is locked by git-crypt and no key was given \(give its key with --git-crypt-key or GIT_CRYPT_KEY, or run .git-crypt unlock.\)`},
		{name: "missing env file", make: remove(envFile),
			want: `web.yaml:7:20: there is no file deploy_config/env/.env.staging \(paths are relative to deploy_config\)`},
		{name: "missing env file beside another", put: map[string]string{"deploy_config/env/.env.stagin": "A=1\n"}, make: remove(envFile),
			want: `there is no file deploy_config/env/.env.staging \(in deploy_config/env there is .env.stagin\)`},
		{name: "env file that is a folder", make: func(t *testing.T, dir string) {
			remove(envFile)(t, dir)
			must(t, os.Mkdir(filepath.Join(dir, envFile), 0o755))
		}, want: `deploy_config/env/.env.staging is not a file`},
		{name: "not dotenv", put: map[string]string{envFile: `{"PASSWORD": "` + canary + `"}`}, want: `deploy_config/env/.env.staging:1:1: .*this is not an env file`},
		{name: "one line not dotenv", put: map[string]string{envFile: "A=1\nB '" + canary + "\n"}, want: `deploy_config/env/.env.staging:2:1: .*not an assignment`},
		{name: "not JSON", edit: web("format: dotenv", "format: json"), want: `deploy_config/env/.env.staging:1:1: the file is not json: .*from.format`},
		{name: "unknown format", edit: web("format: dotenv", "format: toml"), want: `spec.env_locations\[0\].from.format: "toml" is no format \(want dotenv, json, yaml, text, binary\)`},
		{name: "secret over 64 KiB", put: map[string]string{envFile: "PASSWORD=" + strings.Repeat(canary, 6000) + "\n"},
			want: `web.yaml:6:7: spec.env_locations\[0\]: secret "shop/staging/web.env": the value is larger than AWS's 64 KiB`},
		{name: "empty secret", put: map[string]string{envFile: ""}, want: `it has no value`},
		{name: "one secret of two sources", put: map[string]string{"deploy_config/env/other": "B=2\n", "deploy_config/tasks/worker.yaml": strings.NewReplacer(
			"name: web", "name: worker", "env/.env.{{ env }}", "env/other").Replace(webTask)},
			want: `worker.yaml:6:7: spec.env_locations\[0\].value: secret "shop/staging/web.env" is given value env/other here and env/.env.staging at deploy_config/tasks/web.yaml:6:7`},
		{name: "path with ..", edit: web("env/.env.", "../.env."), put: map[string]string{".env.staging": canary}, want: `web.yaml:7:20: "../.env.staging" leads out of deploy_config`},
		{name: "absolute path", edit: web("env/.env.{{ env }}", "/etc/hostname"), want: `web.yaml:7:20: "/etc/hostname" leads out of deploy_config`},
		{name: "link that leads out", put: map[string]string{"outside": canary}, make: link("../../outside"), want: `leads out of deploy_config`},
		{name: "symlink loop", make: link(".env.staging"), want: `deploy_config/env/.env.staging is a link that leads to itself`},
		{name: "symlink loop of two", make: func(t *testing.T, dir string) {
			link(".env.b")(t, dir)
			must(t, os.Symlink(".env.staging", filepath.Join(dir, "deploy_config/env/.env.b")))
		}, want: `is a link that leads to itself`},
		{name: "YAML over 10 MB", put: map[string]string{webFile: webTask + strings.Repeat("# filler\n", 1_300_000)}, want: `deploy_config/tasks/web.yaml.*larger than 10 MB`},
		{name: "alias bomb", edit: web("metadata: {name: web}", bomb()), want: `deploy_config/tasks/web.yaml:\d+:\d+: .*alias`},
		{name: "deep nesting", edit: web("cpu: \"256\"", "cpu: "+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)), want: `deploy_config/tasks/web.yaml:\d+.*(deep|nest)`},
		{name: "NUL in YAML", edit: web("busybox", "busy\x00box"), want: `web.yaml:15:\d+: the file holds a NUL byte`},
		{name: "NUL in an env file", put: map[string]string{envFile: "A=1\nB=" + canary + "\x00\n"}, want: `.env.staging:2:15: the file holds a NUL byte`},
		{name: "invalid UTF-8 in YAML", edit: web("busybox", "busy\xffbox"), want: `web.yaml:15:\d+: the file is not valid UTF-8`},
		{name: "invalid UTF-8 in an env file", put: map[string]string{envFile: "A=" + canary + "\xff\n"}, want: `.env.staging:1:15: the file is not valid UTF-8`},
		{name: "broken YAML", edit: web("metadata: {name: web}", "metadata: {name: web"), want: `web.yaml:\d+:\d+: not valid YAML`},
		{name: "merge conflict", edit: web("metadata:", "<<<<<<< ours\nmetadata:"), want: `web.yaml`},
		{name: "empty folder", make: func(t *testing.T, dir string) {
			must(t, os.RemoveAll(filepath.Join(dir, "deploy_config")), os.Mkdir(filepath.Join(dir, "deploy_config"), 0o755))
		}, want: `deploy_config: the folder holds neither deploy_config/reconciler.yaml nor deploy_config/vars/common.yml|deploy_config: the folder holds neither reconciler.yaml nor vars/common.yml \(.reconciler init. writes`},
		{name: "no folder", make: func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "deploy_config"))) },
			want: `there is no folder deploy_config in .* or above it`},
		{name: "unknown task", args: []string{"--task", "wep"}, want: `there is no task "wep" in staging \(did you mean "web"\?\)`},
		{name: "unknown environment", edit: [3]string{projectFile, "staging:", "stagin:"},
			want: `reconciler.yaml:6:5: spec.environments: there is no environment "staging" \(did you mean "stagin"\?\)`},
		{name: "version too new", edit: [3]string{projectFile, "spec:\n", "spec:\n  required_version: '>= 99'\n"}, want: `reconciler.yaml:5:21: spec.required_version: the project wants reconciler >= 99`},
		{name: "task twice", put: map[string]string{"deploy_config/tasks/web2.yaml": webTask}, want: `web2.yaml:1:1: metadata.name: the task "web" is declared twice, also at deploy_config/tasks/web.yaml:1:1`},
		{name: "nothing that says its kind", edit: web("kind: Task", "kind: Tusk"), want: `web.yaml:2:7: kind: `},
		{name: "inline policies over IAM's quota", edit: web("  task_definition:", "  role: {inline_policies: "+statements(9)+"}\n  task_definition:"),
			want: `web.yaml:8:13: .*role/shop-web: its inline policies take \d+ characters, .* and IAM allows 10240 in all`},
		{name: "our own inline policy", edit: web("  task_definition:", "  role: {inline_policies: {ecs-reconciler: null}}\n  task_definition:"),
			want: `web.yaml:8:13: .*inline_policies names "ecs-reconciler", which is derived from env_locations`},
		{name: "two tasks of one family", edit: web("    cpu:", "    family: one\n    cpu:"), put: map[string]string{"deploy_config/tasks/worker.yaml": another("    cpu:", "    family: one\n    cpu:")},
			want: `worker.yaml:1:1: task_definition.family: the tasks "web" and "worker" \(at deploy_config/tasks/web.yaml:1:1\) both register the family "one"`},
		{name: "one role of two paths", put: map[string]string{"deploy_config/tasks/worker.yaml": another("role/shop-web", "role/team/shop-web")},
			want: `worker.yaml:8:13: the roles arn:aws:iam::012345678901:role/team/shop-web and arn:aws:iam::012345678901:role/shop-web \(at deploy_config/tasks/web.yaml:8:13\) have one name`},
		{name: "one role of two spellings", put: map[string]string{"deploy_config/tasks/worker.yaml": another("role/shop-web", "role/Shop-Web")},
			want: `worker.yaml:8:13: the roles .* have one name: IAM tells roles apart neither by the path nor by the case`},
		{name: "key that is none", edit: web("      from:", "      kms_key_id: not a key\n      from:"),
			want: `web.yaml:7:19: spec.env_locations\[0\].kms_key_id: secret "shop/staging/web.env": "not a key" is not a KMS key`},
		{name: "the name of our key", edit: web("shop/{{ env }}/web.env", "{{ project_name }}/{{ env }}/reconciler/fingerprint-key"),
			want: `web.yaml:6:15: spec.env_locations\[0\].secret: the secret "shop/staging/reconciler/fingerprint-key" holds the key`},
		{name: "too many managed policies", edit: web("  task_definition:", "  role: {managed_policies: "+policies(21)+"}\n  task_definition:"),
			want: `web.yaml:9:28: spec.role.managed_policies: .*21 policies: IAM allows 10, and 20 on request`},
		{name: "key twice", edit: web("    cpu: ", "    memory: \"1024\"\n    cpu: "), want: `web.yaml:12:5: the key "memory" is here for the second time \(first in line 10\)`},
		{name: "no task", make: remove(webFile), want: `deploy_config/tasks: the folder declares no task \(write one`},
		{name: "what AWS would refuse", edit: web(`cpu: "256"`, `cpu: "300"`), want: `web.yaml:10:10: spec.task_definition.cpu: `},
	}
}

// TestBadInput runs every project with plan, apply and validate. Each exits with 64,
// says where and why, prints no result and writes nothing.
func TestBadInput(t *testing.T) {
	for _, c := range badInputs(t) {
		for _, command := range [][]string{{"plan", "staging", "--sandbox", "--out", "plan.json"}, {"apply", "staging", "--sandbox", "--yes"}, {"validate", "staging"}} {
			t.Run(c.name+"/"+command[0], func(t *testing.T) {
				t.Parallel()
				c.check(t, append(command, c.args...))
			})
		}
	}
}

func (c badInput) check(t *testing.T, args []string) {
	dir := t.TempDir()
	c.build(t, dir)
	before := filesIn(t, dir)
	got := run(dir, func(p *cli.Process) { p.Environ = c.env }, args...)
	if got.code != 64 {
		t.Errorf("exit code %d, want 64", got.code)
	}
	if got.stdout != "" {
		t.Errorf("stdout holds %q", got.stdout)
	}
	if !regexp.MustCompile(c.want).MatchString(got.stderr) {
		t.Errorf("stderr does not match %s:\n%s", c.want, got.stderr)
	}
	if strings.Contains(got.stderr, canary) {
		t.Error("stderr shows a secret")
	}
	checkOnce(t, got.stderr)
	if diff := cmp.Diff(before, filesIn(t, dir)); diff != "" {
		t.Error("something was written")
	}
}

func (c badInput) build(t *testing.T, dir string) {
	t.Helper()
	files := project()
	if file := c.edit[0]; file != "" {
		if strings.Count(files[file], c.edit[1]) != 1 {
			t.Fatalf("%q is not once in %s", c.edit[1], file)
		}
		files[file] = strings.Replace(files[file], c.edit[1], c.edit[2], 1)
	}
	writeFiles(t, dir, files)
	writeFiles(t, dir, c.put)
	if c.make != nil {
		c.make(t, dir)
	}
}

func checkOnce(t *testing.T, text string) {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if seen[line] {
			t.Errorf("this is said twice: %s", line)
		}
		seen[line] = true
	}
}

// TestUnknownAccount: AWS is not asked which account is meant; the sandbox
// plays one.
func TestUnknownAccount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := project()
	files[projectFile] = strings.Replace(files[projectFile], `account_id: "012345678901", `, "", 1)
	files[webFile] = strings.Replace(files[webFile], "  role_arn: arn:aws:iam::012345678901:role/shop-web\n", "", 1)
	writeFiles(t, dir, files)
	for _, args := range [][]string{{"plan", "staging"}, {"apply", "staging", "--yes"}, {"iam-policy", "plan", "staging"}} {
		if got := run(dir, nil, args...); got.code != 64 || got.stdout != "" || !strings.Contains(got.stderr, "account") {
			t.Errorf("%v: exit code %d, stdout %q, stderr:\n%s", args, got.code, got.stdout, got.stderr)
		}
	}
	if got := run(dir, nil, "plan", "staging", "--sandbox"); got.code != 0 {
		t.Errorf("on the sandbox: exit code %d, stderr:\n%s", got.code, got.stderr)
	}
}

// TestComplaintsOnce: a fault of a file that two tasks use is told once, and
// all faults are told in one run.
func TestComplaintsOnce(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, project())
	writeFiles(t, dir, map[string]string{
		envFile:                           "not an env file",
		"deploy_config/tasks/worker.yaml": strings.NewReplacer("name: web", "name: worker", "role/shop-web", "user/x").Replace(webTask),
	})
	got := run(dir, nil, "validate", "staging")
	lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], ".env.staging:1") || !strings.Contains(lines[1], "worker.yaml:8:13") {
		t.Errorf("got:\n%s", got.stderr)
	}
}

// another is a task beside web, which differs from it in one more text.
func another(old, text string) string {
	return strings.NewReplacer("name: web", "name: worker", old, text).Replace(webTask)
}

// statements is a mapping of n inline policies of about 1,300 characters each.
func statements(n int) string {
	resource := "arn:aws:s3:::" + strings.Repeat("b", 1200)
	var list []string
	for i := range n {
		list = append(list, "p"+strconv.Itoa(i)+": {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '"+resource+"'}]}")
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// policies is a list of n ARNs.
func policies(n int) string {
	var list []string
	for i := range n {
		list = append(list, "'arn:aws:iam::aws:policy/P"+strconv.Itoa(i)+"'")
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func vault(t *testing.T, password string) string {
	t.Helper()
	text, err := ansiblevault.Encrypt([]byte("PASSWORD="+canary+"\n"), ansiblevault.Password{Text: spec.NewSecret(password)}, rand.Reader)
	must(t, err)
	return string(text)
}

// bomb is a mapping that aliases blow up.
func bomb() string {
	var b strings.Builder
	b.WriteString("metadata: {name: web}\nx0: &x0 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := range 9 {
		digit := string(rune('1' + i))
		alias := "*x" + string(rune('0'+i))
		b.WriteString("x" + digit + ": &x" + digit + " [" + strings.TrimSuffix(strings.Repeat(alias+",", 10), ",") + "]\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func remove(file string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, file))) }
}

// link makes the env file a link.
func link(target string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		remove(envFile)(t, dir)
		must(t, os.Symlink(target, filepath.Join(dir, envFile)))
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
