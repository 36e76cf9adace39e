package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSandboxDir: named folders are where the process stands, the other one is
// beside deploy_config wherever it stands.
func TestSandboxDir(t *testing.T) {
	base := t.TempDir()
	deep := filepath.Join(base, "deploy_config", "tasks")
	bare := t.TempDir()
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	beside := func(dir string) string { return filepath.Join(dir, ".reconciler", "sandbox") }
	for _, c := range []struct{ workDir, sandbox, deployConfig, want string }{
		{base, besideDeployConfig, "", beside(base)},
		{deep, besideDeployConfig, "", beside(base)},
		{deep, "", "", beside(base)},
		{deep, "state", "", filepath.Join(deep, "state")},
		{deep, ".reconciler/sandbox", "", beside(deep)},
		{deep, bare, "", bare},
		{bare, besideDeployConfig, filepath.Join(base, "deploy_config"), beside(base)},
		{deep, besideDeployConfig, "..", beside(base)},
		{bare, besideDeployConfig, "", beside(bare)},
		{bare, "", "", beside(bare)},
	} {
		a := &app{Process: Process{WorkDir: func() (string, error) { return c.workDir, nil }}, global: global{sandbox: c.sandbox, deployConfig: c.deployConfig}}
		if got, err := a.sandboxDir(); got != c.want || err != nil {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
	a := &app{Process: Process{WorkDir: func() (string, error) { return "", errors.New("gone") }}}
	if _, err := a.sandboxDir(); err == nil {
		t.Error("a lost working directory goes unnoticed")
	}
}

func TestIgnoreState(t *testing.T) {
	for before, want := range map[string]string{
		"":                          ignored + "\n",
		"/bin/\n":                   "/bin/\n" + ignored + "\n",
		"/bin/":                     "/bin/\n" + ignored + "\n",
		"/.reconciler/\n/bin/\n":    "/.reconciler/\n/bin/\n",
		".reconciler\r\n":           ".reconciler\r\n",
		"# /.reconciler/\n":         "# /.reconciler/\n" + ignored + "\n",
		"/bin/\n .reconciler/ \n\n": "/bin/\n .reconciler/ \n\n",
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, ".gitignore")
		if before != "" {
			if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := ignoreState(dir); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
			t.Errorf("%q: %v %s", before, err, diff)
		}
	}
	if err := ignoreState(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that there is not goes unnoticed")
	}
}
