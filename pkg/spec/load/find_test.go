package load

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

func TestFind(t *testing.T) {
	base := t.TempDir()
	deep := filepath.Join(base, folderName, "tasks")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, workDir, want string }{
		{"", base, filepath.Join(base, folderName)},
		{"", deep, filepath.Join(base, folderName)},
		{"..", deep, filepath.Join(base, folderName)},
		{"nowhere", base, filepath.Join(base, "nowhere")},
		{base, deep, base},
	} {
		if got, err := Find(Options{Dir: c.dir, WorkDir: c.workDir}); got != c.want || err != nil {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
	if got, err := Find(Options{WorkDir: t.TempDir()}); err == nil {
		t.Errorf("found %q where there is none", got)
	}
}

func TestEnvironments(t *testing.T) {
	const own = "apiVersion: ecs-reconciler/v1\nkind: Project\nspec: {environments: {staging: {}, \"{{ x }}\": {}, qa: {}}}\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		fails bool
	}{
		"ours":              {map[string]string{"reconciler.yaml": own}, []string{"qa", "staging", "{{ x }}"}, false},
		"cloudreactor's":    {map[string]string{"vars/common.yml": "", "vars/prod.yml": "", "vars/README.md": ""}, []string{"prod"}, false},
		"both":              {map[string]string{"reconciler.yaml": own, "vars/qa.yml": "", "vars/dev.yml": ""}, []string{"dev", "qa", "staging", "{{ x }}"}, false},
		"neither":           {nil, nil, false},
		"no mapping":        {map[string]string{"reconciler.yaml": "- 1\n"}, nil, false},
		"empty":             {map[string]string{"reconciler.yaml": ""}, nil, false},
		"no YAML":           {map[string]string{"reconciler.yaml": "]: {"}, nil, true},
		"nobody's password": {map[string]string{"reconciler.yaml": "$ANSIBLE_VAULT;1.1;AES256\n6162\n"}, nil, true},
	} {
		dir := t.TempDir()
		for file, text := range c.files {
			path := filepath.Join(dir, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Environments(Options{Dir: dir, WorkDir: dir,
			Passwords: func(context.Context) ([]ansiblevault.Password, error) { return nil, nil }})
		if (err != nil) != c.fails || err == nil && cmp.Diff(c.want, got) != "" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if _, err := Environments(Options{Dir: "nowhere", WorkDir: t.TempDir()}); err == nil {
		t.Error("a folder that there is not goes unnoticed")
	}
}
