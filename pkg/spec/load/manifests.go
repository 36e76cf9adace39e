package load

import (
	"fmt"
	"path"
	"slices"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// ownProject reads reconciler.yaml; an empty project without it.
func (l *loader) ownProject() (*source.Project, error) {
	if !l.folder.exists(projectFile) {
		return &source.Project{}, nil
	}
	nodes, err := l.documents(projectFile)
	if err != nil {
		return nil, err
	}
	at := spec.Position{File: l.folder.name(projectFile)}
	if len(nodes) != 1 {
		return nil, &spec.Error{At: at, Message: fmt.Sprintf("the file holds %d documents", len(nodes)), Hint: "want one, of kind Project; tasks stand in tasks/*.yaml"}
	}
	l.document = nodes[0]
	if kind, err := manifest.KindOf(nodes[0]); err != nil || kind != manifest.KindProject {
		return nil, orWrongKind(err, nodes[0], manifest.KindProject)
	}
	rendered, err := l.scope(nil).Eval(withoutVariables(nodes[0]))
	if err != nil {
		return nil, err
	}
	doc, err := manifest.Decode[manifest.Project](rendered)
	if err == nil {
		err = source.Sealed(rendered).OrNil()
	}
	if err != nil {
		return nil, err
	}
	return l.environmentOf(doc, rendered)
}

func orWrongKind(err error, n *yaml11.Node, want string) error {
	if err != nil {
		return err
	}
	return &spec.Error{At: n.Get("kind").At, Path: "kind", Message: fmt.Sprintf("a %s does not belong here", n.Get("kind").Text), Hint: "want kind: " + want}
}

// withoutVariables is a Project without its variables and its environments',
// which are evaluated where they are used: they may speak of what is not known
// yet.
func withoutVariables(project *yaml11.Node) *yaml11.Node {
	return edit(project, "spec", func(s *yaml11.Node) *yaml11.Node {
		return edit(without(s, "variables"), "environments", func(environments *yaml11.Node) *yaml11.Node {
			for _, f := range environments.Fields {
				environments = edit(environments, f.KeyText(), func(e *yaml11.Node) *yaml11.Node { return without(e, "variables") })
			}
			return environments
		})
	})
}

// edit is a mapping with one of its values changed.
func edit(n *yaml11.Node, key string, change func(*yaml11.Node) *yaml11.Node) *yaml11.Node {
	return fields(n, func(f yaml11.Field) (yaml11.Field, bool) {
		if f.KeyText() == key {
			f.Value = change(f.Value)
		}
		return f, true
	})
}

// without is a mapping without a key.
func without(n *yaml11.Node, key string) *yaml11.Node {
	return fields(n, func(f yaml11.Field) (yaml11.Field, bool) { return f, f.KeyText() != key })
}

// fields is a mapping with its fields changed; anything else as it is.
func fields(n *yaml11.Node, change func(yaml11.Field) (yaml11.Field, bool)) *yaml11.Node {
	if n.Kind != yaml11.Map {
		return n
	}
	var kept []yaml11.Field
	for _, f := range n.Fields {
		if f, ok := change(f); ok {
			kept = append(kept, f)
		}
	}
	return yaml11.NewMap(kept, n.At)
}

// manifests reads the tasks of the folder tasks.
func (l *loader) manifests(p *source.Project) ([]source.Task, error) {
	names, err := l.folder.list(tasksFolder)
	if err != nil {
		return nil, err
	}
	var tasks []source.Task
	var problems spec.Errors
	scope := l.scope(p)
	for _, name := range names {
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			continue
		}
		found, err := l.manifestFile(scope, path.Join(tasksFolder, name))
		if !collect(&problems, err) {
			return nil, err
		}
		tasks = append(tasks, found...)
	}
	if len(tasks)+len(problems) == 0 && l.common == nil {
		return nil, &spec.Error{At: spec.Position{File: l.folder.name(tasksFolder)}, Message: "the folder declares no task",
			Hint: "write one into NAME.yaml there; `reconciler init` shows how"}
	}
	return slices.DeleteFunc(tasks, func(t source.Task) bool { return l.elsewhere(t, p) }), problems.OrNil()
}

// elsewhere tells whether a task is not for this environment, and notes it.
func (l *loader) elsewhere(t source.Task, p *source.Project) bool {
	if len(t.Doc.Spec.Environments) == 0 || slices.Contains(t.Doc.Spec.Environments, l.Environment) {
		return false
	}
	p.Undeployed = append(p.Undeployed, t.Doc.Metadata.Name)
	return true
}

func (l *loader) manifestFile(scope *expr.Scope, file string) ([]source.Task, error) {
	nodes, err := l.documents(file)
	if err != nil {
		return nil, err
	}
	var tasks []source.Task
	var problems spec.Errors
	for _, n := range nodes {
		if n.IsNull() {
			continue
		}
		t, err := l.manifest(scope, n)
		if !collect(&problems, err) {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	return tasks, problems.OrNil()
}

func (l *loader) manifest(scope *expr.Scope, n *yaml11.Node) (source.Task, error) {
	if kind, err := manifest.KindOf(n); err != nil || kind != manifest.KindTask {
		return source.Task{}, orWrongKind(err, n, manifest.KindTask)
	}
	if name := n.Get("metadata").Get("name"); name != nil {
		scope = scope.With("task_name", name)
	}
	rendered, err := scope.Eval(n)
	if err != nil {
		return source.Task{}, err
	}
	doc, err := manifest.Decode[manifest.Task](rendered)
	if err != nil {
		return source.Task{}, err
	}
	if doc.Metadata.Name == "" {
		return source.Task{}, &spec.Error{At: n.At, Path: "metadata.name", Message: "the task has no name"}
	}
	t := source.Task{Doc: doc, At: n.At, Vaulted: source.Sensitive(rendered.Get("spec").Get("task_definition"), ""),
		Place: func(pointer string) spec.Position { return source.Place(rendered, pointer) }, Sensitive: source.Hidden(rendered), Outside: source.Outside(rendered)}
	return t, append(source.Sealed(rendered), l.knownEnvironments(t)...).OrNil()
}

// scope is what expressions in manifests see: CloudReactor's variables, the
// project's, the environment's, and our own names above all.
func (l *loader) scope(p *source.Project) *expr.Scope {
	vars := []*yaml11.Node{l.common, l.stem}
	if l.document != nil {
		project := l.document.Get("spec")
		vars = append(vars, project.Get("variables"), project.Get("environments").Get(l.Environment).Get("variables"))
	}
	scope := expr.NewScope(l.expressions(), vars...)
	set := func(name, text string) {
		if text != "" {
			n := yaml11.NewString(text, spec.Position{})
			n.Unsafe = true
			scope.Set(name, n)
		}
	}
	set("env", l.Environment)
	set("config_filename_stem", l.stemName())
	set("deploy_config_dir", l.folder.path)
	if p != nil {
		set("project_name", p.Name)
		set("account_id", p.AccountID)
		set("aws_region", orElse(p.Region, l.Region))
	}
	if l.document != nil && p == nil {
		set("project_name", textOf(l.document.Get("metadata").Get("name")))
	}
	scope.Set("task_version_signature", yaml11.NewString("{{ lookup('env', '"+signatureVariable+"') }}", spec.Position{}))
	return scope
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// collect adds an error about the input to problems; false for any other.
func collect(problems *spec.Errors, err error) bool {
	switch e := err.(type) { //nolint:errorlint // complaints are never wrapped
	case nil:
	case *spec.Error:
		*problems = append(*problems, e)
	case spec.Errors:
		*problems = append(*problems, e...)
	default:
		return false
	}
	return true
}

func place(n *yaml11.Node, pointer string) spec.Position { return source.Place(n, pointer) }

func textOf(n *yaml11.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
