package cloudreactor_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/cloudreactor"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// folder is a deploy_config by path, and the process's environment under env.
type folder struct {
	files map[string]string
	env   map[string]string
	image map[string]string
}

// schema4 is a small project of schema 4; more is added to its common.yml.
func schema4(more string) folder {
	return folder{files: map[string]string{
		"vars/common.yml": `schema_version: 4
project_metadata: {name: app}
project_cloudreactor: {enabled: false}
project_aws: {account_id: "123456789012", region: eu-west-1}
project_ecs: {execution_role_arn: exec, docker_image_name: "example.com/app:1"}
` + more, "vars/staging.yml": "{}"}}
}

func before4(more string) folder {
	return folder{files: map[string]string{
		"vars/common.yml": "project_name: app\ndefault_cloudreactor: {enabled: false}\n" + more,
		"vars/staging.yml": `project_aws: {account_id: "123456789012", region: eu-west-1, ecs: {execution_role_arn: "arn:aws:iam::123456789012:role/exec"}}
`}}
}

func (f folder) with(name, text string) folder {
	f.files[name] = text
	return f
}

func (f folder) input(t testing.TB) cloudreactor.Input {
	t.Helper()
	read := func(file string, at spec.Position) ([]byte, bool, error) {
		text, ok := f.files[file]
		if !ok {
			return nil, false, &spec.Error{At: at, Message: "there is no file " + file, Cause: fs.ErrNotExist}
		}
		return []byte(text), false, nil
	}
	return cloudreactor.Input{
		Common: f.parse(t, "vars/common.yml"), Stem: f.parse(t, "vars/staging.yml"), StemName: "staging", Environment: "staging",
		Env:       func(name string) (string, bool) { v, ok := f.env[name]; return v, ok },
		Signature: func() (string, error) { return "abc", nil }, Images: f.image, Folder: "/p/deploy_config", WorkDir: "/p",
		Hooks: func(name string) (*yaml11.Node, error) { return f.parse(t, "hooks/"+name+".yml"), nil },
		Read:  read,
		Expressions: expr.Options{ReadFile: func(file string, at spec.Position) ([]byte, error) {
			data, _, err := read(strings.TrimPrefix(file, "/p/deploy_config/"), at)
			return data, err
		}},
	}
}

// parse is the one document of a file; nil without the file.
func (f folder) parse(t testing.TB, name string) *yaml11.Node {
	t.Helper()
	text, ok := f.files[name]
	if !ok {
		return nil
	}
	nodes, _, err := yaml11.Parse(name, []byte(text), yaml11.Limits{})
	if err != nil || len(nodes) != 1 {
		t.Fatalf("%s: %d documents, %v", name, len(nodes), err)
	}
	return nodes[0]
}

func (f folder) load(t testing.TB) (*source.Project, error) {
	t.Helper()
	return cloudreactor.Load(f.input(t))
}

func (f folder) mustLoad(t testing.TB) *source.Project {
	t.Helper()
	p, err := f.load(t)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// task finds a task by name.
func task(t testing.TB, p *source.Project, name string) source.Task {
	t.Helper()
	for _, found := range p.Tasks {
		if found.Doc.Metadata.Name == name {
			return found
		}
	}
	t.Fatalf("there is no task %q", name)
	return source.Task{}
}

// at follows a JSON pointer into anything that can be written as JSON; an item
// of a list is found by the value of its name or key too.
func at(t testing.TB, doc any, pointer string) any {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		v = child(v, token)
	}
	return v
}

func child(v any, token string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[token]
	case []any:
		for i, item := range v {
			m, _ := item.(map[string]any)
			if fmt.Sprint(i) == token || m["name"] == token || m["key"] == token {
				return item
			}
		}
	}
	return nil
}

// variable is one of the main container's environment; nil without it.
func variable(t testing.TB, p *source.Project, name, variable string) any {
	t.Helper()
	return at(t, task(t, p, name).Doc.Spec.TaskDefinition, "/containerDefinitions/0/environment/"+variable+"/value")
}

// wantComplaint checks an error about the input: what it says, and where.
func wantComplaint(t *testing.T, err error, where, says string) {
	t.Helper()
	var e *spec.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want one about the input that says %q", err, says)
	}
	if !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), where) {
		t.Errorf("got %v, want %q at %s", err, says, where)
	}
}
