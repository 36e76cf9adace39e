package source_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/daemon/source"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
	"ecs-reconciler/pkg/spec/load"
)

// loaded reads a snapshot as the daemon does.
func loaded(t *testing.T, s source.Snapshot, keys []gitcrypt.Key) *spec.Deployment {
	t.Helper()
	d, err := load.Load(t.Context(), load.Options{Dir: s.Dir, WorkDir: s.WorkDir, Environment: "staging", Env: environ(), Version: "1.0.0",
		Passwords: func(context.Context) ([]ansiblevault.Password, error) { return nil, nil },
		Keys:      func(string) ([]gitcrypt.Key, error) { return keys, nil },
		Signature: func(context.Context) (string, error) { return s.Revision, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestGitCryptStaysLocked: what git-crypt locks comes locked, and the loader
// opens it with the key.
func TestGitCryptStaysLocked(t *testing.T) {
	const value = "A=hunter2\n"
	r := newRepository(t, map[string]string{".gitattributes": "*.env filter=git-crypt diff=git-crypt\n"})
	crypt := exec.Command(testtool.System(t, "git-crypt"), "init")
	crypt.Dir = r.dir
	if out, err := crypt.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.commit(map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec:\n  environments: {staging: {account_id: \"012345678901\", region: us-west-2}}\n",
		"deploy_config/tasks/web.yaml": "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n  role_arn: arn:aws:iam::012345678901:role/web\n" +
			"  env_locations: [{secret: shop/app.env, from: {file: app.env}}]\n",
		"deploy_config/app.env": value,
	})
	data, err := os.ReadFile(filepath.Join(r.dir, ".git/git-crypt/keys/default"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := gitcrypt.ParseKeys(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "//deploy_config"} {
		got := fetch(t, open(t, r.url()+path, source.Options{}))
		if text := read(t, got.Dir)["app.env"]; text[:10] != "\x00GITCRYPT\x00" {
			t.Errorf("%s: the file is not locked: %.10q", path, text)
		}
		d := loaded(t, got, keys)
		if len(d.Secrets) != 1 || !d.Secrets[0].Value.Equal(spec.NewSecret(value)) {
			t.Errorf("%s: %d secrets, or another value", path, len(d.Secrets))
		}
	}
}

// TestExampleFromGit: the example project reads the same from where it stands.
func TestExampleFromGit(t *testing.T) {
	root := testtool.Root(t)
	r := newRepository(t, nil)
	if err := os.CopyFS(filepath.Join(r.dir, "deploy_config"), os.DirFS(filepath.Join(root, "deploy_config"))); err != nil {
		t.Fatal(err)
	}
	r.commit(nil)
	there := loaded(t, fetch(t, open(t, filepath.Join(root, "deploy_config"), source.Options{})), nil)
	here := loaded(t, fetch(t, open(t, r.url(), source.Options{})), nil)
	if len(here.Tasks) == 0 || len(here.Tasks) != len(there.Tasks) || len(here.Secrets) != len(there.Secrets) {
		t.Errorf("%d tasks and %d secrets instead of %d and %d", len(here.Tasks), len(here.Secrets), len(there.Tasks), len(there.Secrets))
	}
}
