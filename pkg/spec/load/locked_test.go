package load

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
)

// lockable is a git repository whose git-crypt locks texts.
type lockable struct {
	t    *testing.T
	dir  string
	keys []gitcrypt.Key
}

func newLockable(t *testing.T) *lockable {
	t.Helper()
	l := &lockable{t: t, dir: t.TempDir()}
	l.run("git", nil, "init", "-q")
	l.run("git-crypt", nil, "init")
	data, err := os.ReadFile(filepath.Join(l.dir, ".git", "git-crypt", "keys", "default"))
	if err == nil {
		l.keys, err = gitcrypt.ParseKeys(data)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lockable) run(program string, input []byte, args ...string) string {
	l.t.Helper()
	cmd := exec.CommandContext(l.t.Context(), testtool.System(l.t, program), args...)
	cmd.Dir, cmd.Stdin = l.dir, bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("%s %v: %v", program, args, err)
	}
	return string(out)
}

func (l *lockable) lock(text string) string { return l.run("git-crypt", []byte(text), "clean") }

// TestLockedFiles: whatever is read may be locked by git-crypt, and inside of
// that be a vault text; and what was locked is not shown.
func TestLockedFiles(t *testing.T) {
	l := newLockable(t)
	p := process{keys: l.keys, password: "pw"}
	secretTask := task("a", "env_locations: [{secret: s, from: {file: env/.env.staging}}]")
	for name, text := range map[string]string{"locked": l.lock("A=" + canary + "\r\n"), "locked and vaulted": l.lock(encrypted(t, "A="+canary+"\r\n"))} {
		d := files{"env/.env.staging": text, "tasks/a.yaml": secretTask}.mustLoad(t, p)
		if !d.Secrets[0].Value.Equal(spec.NewSecret("A=" + canary + "\r\n")) {
			t.Errorf("%s: the value differs", name)
		}
	}
	shown := "task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, environment: [{name: TOKEN, value: \"%s\"}]}]}"
	for name, f := range map[string]files{
		"reconciler.yaml": {projectFile: l.lock(strings.Replace(projectYAML, "{registry:", "{token: "+canary+", registry:", 1)),
			"tasks/a.yaml": task("a", strings.Replace(shown, "%s", "{{ token }}", 1))},
		"a manifest":       {"tasks/a.yaml": l.lock(task("a", strings.Replace(shown, "%s", canary, 1)))},
		"a file looked up": {"token": l.lock(canary + "\n"), "tasks/a.yaml": task("a", strings.Replace(shown, "%s", "{{ lookup('file', 'token') }}", 1))},
	} {
		d := f.mustLoad(t, p)
		if got := d.Tasks[0].TaskDefinition["containerDefinitions"].([]any)[0].(map[string]any)["environment"].([]any)[0].(map[string]any)["value"]; got != canary {
			t.Errorf("%s: the value is %v", name, got)
		}
		if text := rendered(t, d); strings.Contains(text, canary) || !strings.Contains(text, spec.Masked) {
			t.Errorf("%s: the value is shown", name)
		}
	}
}

// TestLockedFilesWithoutTheirKey: the complaint says so, and what to do.
func TestLockedFilesWithoutTheirKey(t *testing.T) {
	l, other := newLockable(t), newLockable(t)
	secretTask := task("a", "env_locations: [{secret: s, from: {file: a.env}}]")
	locked := l.lock("A=" + canary + "\n")
	for name, c := range map[string]struct {
		text string
		keys []gitcrypt.Key
		want string
	}{
		"no key":      {locked, nil, "deploy_config/a.env: the file is locked by git-crypt and no key was given (give its key with --git-crypt-key or GIT_CRYPT_KEY, or run `git-crypt unlock`)"},
		"another key": {locked, other.keys, "deploy_config/a.env: no git-crypt key given fits, or the locked file was changed (1 tried) (give its key with "},
		"changed":     {locked[:len(locked)-1], l.keys, "deploy_config/a.env: no git-crypt key given fits, or the locked file was changed"},
		"cut off":     {locked[:15], l.keys, "deploy_config/a.env: the file is locked by git-crypt: it is damaged: it ends within its head (check it out anew)"},
	} {
		got := files{"a.env": c.text, "tasks/a.yaml": secretTask}.complaints(t, process{keys: c.keys})
		if !strings.Contains(got, c.want) || strings.Contains(got, canary) {
			t.Errorf("%s: got %s", name, got)
		}
	}
	wantText(t, files{"token": locked, "tasks/a.yaml": task("a", "role_arn: \"{{ lookup('file', 'token') }}\"")}.complaints(t, process{}),
		"deploy_config/tasks/a.yaml:5:13: ", "locked by git-crypt")
}

// TestLockedVarsOfCloudReactor: the deployer's files of variables and uploads
// are read alike.
func TestLockedVarsOfCloudReactor(t *testing.T) {
	l := newLockable(t)
	f := files{
		"vars/common.yml":  l.lock("schema_version: 4\nproject_metadata: {name: shop}\nproject_cloudreactor: {enabled: false}\nproject_deployment: {task_runtime_env_secret_path: shop/env, store_task_runtime_env_in_secrets_manager: true}\nproject_ecs: {docker_image_name: i}\nproject_task_name_to_config:\n  web: {command: x, env: {TOKEN: " + canary + "}}\n"),
		"vars/staging.yml": l.lock("env_aws: {account_id: '012345678901', region: us-west-2, network: {subnets: [subnet-a], security_groups: [sg-1]}}\nenv_ecs: {cluster_arn: staging, execution_role_arn: exec}\n"),
		"env/.env.staging": l.lock("A=" + canary + "\n"),
	}
	loaded := f.mustLoad(t, process{keys: l.keys})
	if len(loaded.Secrets) != 1 || !loaded.Secrets[0].Value.Equal(spec.NewSecret("A="+canary)) {
		t.Errorf("the upload is %v", loaded.Secrets)
	}
}
