package cloudreactor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Load reads the project. An error that concerns the input is a *spec.Error or
// spec.Errors.
func Load(in Input) (*source.Project, error) {
	g, err := generationOf(in)
	if err != nil {
		return nil, err
	}
	r := &reader{Input: in, generation: g}
	if err := r.read(); err != nil {
		return nil, err
	}
	return r.project, distinct(r.problems).OrNil()
}

// distinct keeps the first of complaints that read the same: what tasks share
// is found at fault by each of them.
func distinct(problems spec.Errors) spec.Errors {
	seen := map[string]bool{}
	return slices.DeleteFunc(problems, func(e *spec.Error) bool {
		said := seen[e.Error()]
		seen[e.Error()] = true
		return said
	})
}

// reader is one Load on its way.
type reader struct {
	Input
	generation generation
	vars       variables
	recipes    []recipe
	failed     map[string]error // why derived variables are missing
	files      []string         // what lookup('file', …) has read, relative to the folder
	opened     []string         // texts out of a vault, as far as names may be made of them
	project    *source.Project
	problems   spec.Errors

	pullSecret string // name of the stored secret that images are pulled with
}

func (r *reader) read() error {
	r.project = &source.Project{}
	r.vars = newVariables(r.recording())
	r.recipes = recipes4()
	if r.generation == before4 {
		r.recipes = recipes3()
	}
	signatureError := r.sign()
	r.failed = r.vars.derive(r.recipes)
	if signatureError != nil {
		r.failed["task_version_signature"] = signatureError
	}
	for _, step := range []func() error{r.identify, r.unknown, r.hooks, r.tasks} {
		if err := r.collect(step()); err != nil {
			return err
		}
	}
	r.readers()
	return nil
}

// sign sets the version signature, unless the project has one of its own. Its
// error counts only where something is made of it.
func (r *reader) sign() error {
	if r.vars.own("task_version_signature") {
		return nil
	}
	signature, err := r.Signature()
	if err == nil && signature != "" {
		r.vars.scope.Set("task_version_signature", final(signature, spec.Position{}))
	}
	return err
}

// identify finds out what every project must tell.
func (r *reader) identify() error {
	name, err := r.need("project_name")
	if err != nil {
		return err
	}
	if err := open(name, r.Common.At, "project_name"); err != nil {
		return err
	}
	if r.project.Name = yaml11.PyStr(name); r.project.Name == "" {
		return &spec.Error{At: placeOf(name, r.Common.At), Path: "project_name", Message: "the project's name is empty"}
	}
	aws, err := r.need(r.awsName())
	if err != nil {
		return err
	}
	if given(aws, "account_id") != nil {
		if r.project.AccountID, err = account(aws); err != nil {
			return err
		}
	}
	region, err := r.vars.value("aws_region")
	if err == nil && region != nil {
		r.project.Region = yaml11.PyStr(region)
		err = open(region, r.Stem.At, "aws_region")
	}
	return err
}

// awsName is the variable that holds the AWS settings of all tasks.
func (r *reader) awsName() string {
	if r.generation == before4 {
		return "aws"
	}
	return "task_indep_aws"
}

// need is a variable that something cannot do without.
func (r *reader) need(name string) (*yaml11.Node, error) { return r.needIn(r.vars, name) }

func (r *reader) needIn(v variables, name string) (*yaml11.Node, error) {
	n, err := v.value(name)
	if err != nil || !n.IsNull() {
		return n, err
	}
	if cause := r.cause(name); cause != nil {
		return nil, cause
	}
	missing := &spec.Error{At: r.Common.At, Path: name, Message: name + " is not set"}
	if name == "project_name" && r.generation == schema4 {
		missing.Path, missing.Message = "project_metadata.name", "the project has no name"
	}
	return nil, missing
}

// cause is why a derived variable is missing: its own error, or else the first
// of those that variables are made from.
func (r *reader) cause(name string) error {
	if r.failed[name] == nil {
		return nil
	}
	for _, from := range append([]string{name, "task_version_signature"}, recipeNames(r.recipes)...) {
		if err := r.failed[from]; err != nil && !errors.Is(err, errNotYet) {
			return err
		}
	}
	return nil
}

func recipeNames(recipes []recipe) []string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return names
}

// collect keeps complaints about the input; any other error ends the reading.
func (r *reader) collect(err error) error {
	switch e := err.(type) { //nolint:errorlint // complaints are never wrapped
	case nil:
	case *spec.Error:
		r.problems = append(r.problems, r.rooted(e))
	case spec.Errors:
		for _, e := range e {
			r.problems = append(r.problems, r.rooted(e))
		}
	default:
		return err
	}
	return nil
}

// rooted is a complaint about a name that is not defined, or in its place the
// reason why the deployer's variable of that name could not be made.
func (r *reader) rooted(e *spec.Error) *spec.Error {
	for range r.recipes { // no chain is longer
		quoted, undefined := strings.CutSuffix(strings.SplitAfter(e.Message, notDefined)[0], notDefined)
		name := strings.Trim(quoted, `"`)
		var cause *spec.Error
		if !undefined || !errors.As(r.cause(name), &cause) || cause == e {
			break
		}
		e = cause
	}
	return e
}

// notDefined is how expressions complain of a name.
const notDefined = " is not defined"

func (r *reader) complain(at spec.Position, path, hint, format string, args ...any) {
	r.problems = append(r.problems, &spec.Error{At: at, Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (r *reader) warn(at spec.Position, path, hint, format string, args ...any) {
	r.project.Warnings = append(r.project.Warnings, spec.Warning{At: at, Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}
