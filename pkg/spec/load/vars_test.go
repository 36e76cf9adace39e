package load

import (
	"os"
	"path/filepath"
	"testing"
)

// cloudReactor is a small project of CloudReactor's.
func cloudReactor() files {
	return files{
		"vars/common.yml": `project_name: legacy
default_build_options: {}
ecs_task_execution_role: arn:aws:iam::012345678901:role/exec
task_name_to_config:
  job: {command: "python job.py"}
`,
		"vars/staging.yml": `deploy_env: staging
default_env_task_config:
  ecs: &ecs
    task: {cpu: 256, memory_mb: 512}
`,
	}
}

// bare writes the files alone, without a reconciler.yaml, and returns the folder
// that deploy_config is in.
func (f files) bare(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range f {
		path := filepath.Join(dir, folderName, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestVarsComplaints: what is missing is named with what there is.
func TestVarsComplaints(t *testing.T) {
	for _, c := range []struct {
		name   string
		change files // "" removes
		env    string
		want   string
	}{
		{"no environment", nil, "stagin", `deploy_config/vars/stagin.yml: there is no environment "stagin": the file does not exist (did you mean "staging"?)`},
		{"nothing like it", nil, "production", `there is no environment "production": the file does not exist (the environments are staging)`},
		{"no common file", files{"vars/common.yml": ""}, "staging", "deploy_config/vars/common.yml: the file is missing beside deploy_config/vars/staging.yml"},
		{"a list", files{"vars/staging.yml": "- a\n"}, "staging", "deploy_config/vars/staging.yml:1:1: the file holds a list (variables are a mapping, NAME: VALUE)"},
		{"two documents", files{"vars/staging.yml": "a: 1\n---\nb: 2\n"}, "staging", "deploy_config/vars/staging.yml:3:1: the file holds a second document"},
	} {
		f := cloudReactor()
		for name, text := range c.change {
			if f[name] = text; text == "" {
				delete(f, name)
			}
		}
		_, err := process{}.load(f.bare(t), c.env)
		if err == nil {
			t.Errorf("%s: there is no complaint", c.name)
			continue
		}
		wantText(t, err.Error(), c.want)
	}
}

// TestStemNamesTheFile: CONFIG_FILENAME_STEM outranks the environment.
func TestStemNamesTheFile(t *testing.T) {
	l := &loader{Options: Options{Environment: "staging", Env: func(name string) (string, bool) {
		return map[string]string{"CONFIG_FILENAME_STEM": "other"}[name], true
	}}}
	if got := l.stemName(); got != "other" {
		t.Errorf("got %s", got)
	}
}
