package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/mapping"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/tfstate"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Sources reads what secrets are made of outside of the project.
type Sources interface {
	// Output is what a command prints to its standard output, run without a
	// shell in dir, an absolute path, and for no longer than timeout.
	Output(ctx context.Context, argv []string, dir string, timeout time.Duration) ([]byte, error)
	// Object is the content of an object in S3.
	Object(context.Context, spec.Object) ([]byte, error)
	// Parameter is the value of a parameter of SSM, decrypted.
	Parameter(ctx context.Context, name string) ([]byte, error)
}

// errUnread tells that a source is not asked, for want of Sources or because
// nobody wants to know.
var errUnread = errors.New("the source is not asked")

// content is what a source says.
type content struct {
	data []byte
	what string                               // it in complaints
	at   func(line, column int) spec.Position // of a place in it
}

// elsewhere is content that has no file: complaints about it are about the
// manifest that names it.
func (o origin) elsewhere(s spec.Source, data []byte) content {
	return content{data, "the value of " + s.String(), func(int, int) spec.Position { return o.here() }}
}

// asked reads a source once, however many secrets are made of it.
func (r *resolver) asked(o origin, s spec.Source) (content, error) {
	key, err := json.Marshal(s)
	if err != nil {
		return content{}, err
	}
	if known, ok := r.contents[string(key)]; ok && s.IsNamed() {
		return known, nil
	}
	c, err := r.ask(o, s)
	if err == nil {
		r.contents[string(key)] = c
	}
	return c, err
}

func (r *resolver) ask(o origin, s spec.Source) (content, error) {
	var data []byte
	var err error
	switch {
	case s.File != "":
		data, _, err = r.content(s.File, o.at("file"))
		name := r.folder.name(s.File)
		return content{data, "the file", func(line, column int) spec.Position { return spec.Position{File: name, Line: line, Column: column} }}, err
	case s.Vars != "":
		data, err = r.fromVariables(o, s.Vars)
	case s.Env != "":
		data, err = r.fromEnvironment(o, s.Env)
	case s.TFState != nil:
		data, err = r.fromState(o, *s.TFState)
	case len(s.Merge) > 0:
		data, err = r.merged(o, s)
	case o.doc.Literal != nil:
		data = []byte(*o.doc.Literal)
		return content{data, "the value", func(int, int) spec.Position { return o.at("literal") }}, nil
	case s.Generate != nil: // made when it is stored
	default:
		data, err = r.fromOutside(o, s)
	}
	return o.elsewhere(s, data), err
}

// asks tells whether what a value is made of outside of the project is read.
func (r *resolver) asks(o origin) bool {
	return r.Sources != nil && (r.Asked == nil || r.Asked(o.name))
}

// fromOutside asks Sources, where there are any.
func (r *resolver) fromOutside(o origin, s spec.Source) (data []byte, err error) {
	if !r.asks(o) {
		return nil, errUnread
	}
	switch {
	case len(s.Exec) > 0:
		data, err = r.printed(s)
	case s.S3 != "":
		data, err = r.object(s.S3)
	default:
		data, err = r.Sources.Parameter(r.ctx, s.SSM)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %s: the value of %s cannot be read: %w", o.here(), dotted(o.pointer), s, err)
	}
	return data, nil
}

func (r *resolver) printed(s spec.Source) ([]byte, error) {
	timeout, err := time.ParseDuration(s.Timeout)
	if err != nil {
		return nil, err
	}
	return r.Sources.Output(r.ctx, s.Exec, r.folder.path, timeout)
}

func (r *resolver) object(text string) ([]byte, error) {
	object, err := spec.ParseObject(text)
	if err != nil {
		return nil, err
	}
	return r.Sources.Object(r.ctx, object)
}

// fromEnvironment is a variable of the process. Where nothing outside is asked
// it need not be set.
func (r *resolver) fromEnvironment(o origin, name string) ([]byte, error) {
	text, ok := r.Env(name)
	switch {
	case ok:
		return []byte(text), nil
	case r.Sources != nil && !r.asks(o):
		return nil, errUnread
	case r.Sources != nil:
		return nil, &spec.Error{At: o.at("env"), Path: o.path("env"), Message: fmt.Sprintf("the variable %s is not set", name), Hint: "the value of the secret is read from it"}
	}
	r.warn(o.at("env"), o.path("env"), "plan and apply need it", fmt.Sprintf("the variable %s is not set here", name))
	return nil, errUnread
}

// fromVariables is a mapping of the variables, or a text that is one in YAML,
// as JSON.
func (r *resolver) fromVariables(o origin, where string) ([]byte, error) {
	tokens := strings.Split(where, ".")
	if strings.HasPrefix(where, "/") {
		tokens = strings.Split(where[1:], "/")
	}
	n, err := r.variables().Value(tokens[0])
	if err != nil {
		return nil, err
	}
	if len(tokens) > 1 && n != nil {
		n = source.Find(n, "/"+strings.Join(tokens[1:], "/"))
	}
	if n == nil {
		return nil, &spec.Error{At: o.at("vars"), Path: o.path("vars"), Message: fmt.Sprintf("there is no variable %s", where), Hint: "want the path of a mapping, as in database.credentials"}
	}
	var m mapping.Mapping
	if n.Kind == yaml11.String {
		m, err = mapping.FromYAML([]byte(n.Text))
	} else {
		m, err = mapping.FromNode(n)
	}
	if err != nil {
		return nil, &spec.Error{At: o.at("vars"), Path: o.path("vars"), Message: fmt.Sprintf("the variable %s is no mapping of names to values", where), Cause: err}
	}
	object, err := m.JSON()
	return []byte(object.Reveal()), err
}

// fromState looks a value up in a Terraform state. A text is itself, anything
// else is JSON.
func (r *resolver) fromState(o origin, t spec.TFState) ([]byte, error) {
	data, err := r.state(o, t)
	if err != nil {
		return nil, err
	}
	value, err := lookup(data, t)
	if err != nil {
		return nil, &spec.Error{At: o.at("tfstate"), Path: o.path("tfstate"), Message: err.Error(), Cause: err}
	}
	var text *string
	if json.Unmarshal(value, &text) == nil && text != nil {
		return []byte(*text), nil
	}
	if o.doc.Format == "" && (value[0] == '{' || value[0] == '[') {
		return nil, &spec.Error{At: o.at("tfstate"), Path: o.path("tfstate"), Message: t.String() + " is no text", Hint: "say format: json, or go on to one of its members with address"}
	}
	return value, nil
}

func (r *resolver) state(o origin, t spec.TFState) ([]byte, error) {
	if t.File != "" {
		data, _, err := r.content(t.File, o.at("tfstate/file"))
		return data, err
	}
	if !r.asks(o) {
		return nil, errUnread
	}
	data, err := r.object(t.S3)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %s cannot be read: %w", o.at("tfstate/s3"), o.path("tfstate/s3"), t.S3, err)
	}
	return data, nil
}

func lookup(data []byte, t spec.TFState) (json.RawMessage, error) {
	s, err := tfstate.Parse(data)
	switch {
	case err != nil:
		return nil, err
	case t.Output != "":
		return s.Output(t.Output)
	default:
		return s.Attribute(t.Address)
	}
}

// merged is several mappings as one, in JSON. All of them are read, so that one
// run shows what is wrong with each.
func (r *resolver) merged(o origin, s spec.Source) ([]byte, error) {
	var parts []mapping.Mapping
	var problems spec.Errors
	var unread error
	for i, from := range s.Merge {
		part, err := r.mapping(o.part(i), from)
		if errors.Is(err, errUnread) {
			unread = err
		} else if !collect(&problems, err) {
			return nil, err
		}
		parts = append(parts, part)
	}
	if err := problems.OrNil(); err != nil {
		return nil, err
	}
	object, err := mapping.Merge(parts...).JSON()
	return []byte(object.Reveal()), errors.Join(unread, err)
}

// mapping is the names and values of a source.
func (r *resolver) mapping(o origin, s spec.Source) (mapping.Mapping, error) {
	c, err := r.asked(o, s)
	if err != nil {
		return nil, err
	}
	text, err := r.checked(s, c)
	if err != nil {
		return nil, err
	}
	return r.parsed(s.Format, c, text)
}

// variables are those that expressions in manifests see.
func (r *resolver) variables() *expr.Scope {
	if r.visible == nil {
		r.visible = r.scope(r.project)
	}
	return r.visible
}
