package load

import (
	"fmt"
	"path"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

const (
	commonFile  = "vars/common.yml"
	projectFile = "reconciler.yaml"
	tasksFolder = "tasks"
)

// vars reads CloudReactor's two files of variables, where the project has them.
func (l *loader) vars() error {
	stem := path.Join("vars", l.stemName()+".yml")
	switch {
	case !l.folder.exists(commonFile) && !l.folder.exists(stem):
		return l.isProject()
	case !l.folder.exists(commonFile):
		return &spec.Error{At: spec.Position{File: l.folder.name(commonFile)}, Message: "the file is missing beside " + l.folder.name(stem)}
	case !l.folder.exists(stem):
		return l.unknownEnvironment(stem)
	}
	var err error
	if l.common, err = l.mapping(commonFile); err != nil {
		return err
	}
	l.stem, err = l.mapping(stem)
	return err
}

// isProject wants at least our own form.
func (l *loader) isProject() error {
	if l.folder.exists(projectFile) {
		return nil
	}
	return &spec.Error{At: spec.Position{File: l.folder.shown}, Message: fmt.Sprintf("the folder holds neither %s nor %s", projectFile, commonFile),
		Hint: "`reconciler init` writes a small project to start from"}
}

func (l *loader) unknownEnvironment(stem string) error {
	known, err := l.varsNames()
	if err != nil {
		return err
	}
	return &spec.Error{At: spec.Position{File: l.folder.name(stem)}, Message: fmt.Sprintf("there is no environment %q: the file does not exist", l.stemName()),
		Hint: environmentHint(l.stemName(), known)}
}

// varsNames are the environments that CloudReactor's files are named after.
func (l *loader) varsNames() ([]string, error) {
	files, err := l.folder.list("vars")
	var names []string
	for _, file := range files {
		if name, ok := strings.CutSuffix(file, ".yml"); ok && name != "common" {
			names = append(names, name)
		}
	}
	return names, err
}

// mapping reads a file that is one mapping; an empty file is an empty one.
func (l *loader) mapping(file string) (*yaml11.Node, error) {
	nodes, err := l.documents(file)
	if err != nil {
		return nil, err
	}
	at := spec.Position{File: l.folder.name(file), Line: 1, Column: 1}
	switch {
	case len(nodes) == 0 || len(nodes) == 1 && nodes[0].IsNull():
		return yaml11.NewMap(nil, at), nil
	case len(nodes) > 1:
		return nil, &spec.Error{At: nodes[1].At, Message: "the file holds a second document", Hint: "variables are one mapping"}
	case nodes[0].Kind != yaml11.Map:
		return nil, &spec.Error{At: nodes[0].At, Message: fmt.Sprintf("the file holds a %s", nodes[0].Kind), Hint: "variables are a mapping, NAME: VALUE"}
	}
	return nodes[0], nil
}

// isManifest tells our own files, which are strict, from CloudReactor's.
func isManifest(file string) bool {
	return file == projectFile || path.Dir(file) == tasksFolder
}

// documents parses a YAML file. What was encrypted as a whole is sensitive.
func (l *loader) documents(file string) ([]*yaml11.Node, error) {
	data, encrypted, err := l.content(file, spec.Position{})
	if err != nil {
		return nil, err
	}
	nodes, warnings, err := yaml11.Parse(l.folder.name(file), data, yaml11.Limits{UniqueKeys: isManifest(file)})
	if err != nil {
		return nil, err
	}
	l.warnings = append(l.warnings, warnings...)
	if encrypted {
		for i := range nodes {
			nodes[i] = nodes[i].AsSensitive()
			l.vault.openAll(nodes[i])
		}
	}
	return nodes, nil
}

// hook is a file of CloudReactor's hooks folder, nil without.
func (l *loader) hook(name string) (*yaml11.Node, error) {
	file := path.Join("hooks", name+".yml")
	if !l.folder.exists(file) {
		return nil, nil
	}
	nodes, err := l.documents(file)
	if err != nil || len(nodes) == 0 {
		return nil, err
	}
	return nodes[0], nil
}
