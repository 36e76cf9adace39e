package load

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/source"
)

// resolve turns what was read into a deployment. Complaints about all tasks
// are collected, so that one run shows them all.
func (l *loader) resolve(p *source.Project) (*spec.Deployment, error) {
	r := l.resolver(p)
	r.locate()
	slices.SortFunc(p.Tasks, func(a, b source.Task) int { return strings.Compare(a.Doc.Metadata.Name, b.Doc.Metadata.Name) })
	for _, u := range p.Uploads {
		r.upload(u)
	}
	for _, t := range p.Tasks {
		r.declare(t) // all of them first: a task may read what a later one declares
	}
	for _, t := range p.Tasks {
		r.task(t)
	}
	r.divided()
	r.attached()
	r.images()
	r.unread()
	if r.failure != nil {
		return nil, r.failure
	}
	r.mask()
	r.d.Warnings = distinctBy(r.d.Warnings, spec.Warning.String)
	r.d.Refusals = distinctBy(r.d.Refusals, (*spec.Error).Error)
	return r.d, distinctBy(r.problems, (*spec.Error).Error).OrNil()
}

func (l *loader) resolver(p *source.Project) *resolver {
	return &resolver{loader: l, project: p, contents: map[string]content{}, declared: map[any]spec.EnvLocation{}, d: &spec.Deployment{
		Project: p.Name, Environment: l.Environment, AssumeRoleARN: p.AssumeRoleARN, AssumeRole: p.AssumeRole, Tags: p.Tags,
		Undeployed: slices.Sorted(slices.Values(p.Undeployed)), Selected: p.Selected, Warnings: p.Warnings,
	}}
}

// distinctBy keeps the first of those that read the same. Two tasks that use
// one file find the same fault with it.
func distinctBy[L ~[]E, E any](list L, text func(E) string) L {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(e E) bool {
		said := seen[text(e)]
		seen[text(e)] = true
		return said
	})
}

// resolver collects the deployment and what is wrong with it.
type resolver struct {
	*loader
	project  *source.Project
	d        *spec.Deployment
	contents map[string]content       // by source, read once
	visible  *expr.Scope              // the variables; nil until one is asked for
	declared map[any]spec.EnvLocation // by the declaration in the manifest
	referred []reference
	problems spec.Errors
	failure  error // not about the input
}

// note records an error; false when there is one.
func (r *resolver) note(err error) bool {
	if err != nil && !collect(&r.problems, err) && r.failure == nil {
		r.failure = err
	}
	return err == nil
}

// located is an error about an object that is declared at a pointer, with the
// place and the path of the setting that it is about.
func located(from source.Task, pointer string, err error) error {
	var list spec.Errors
	if err == nil || !collect(&list, err) {
		return err
	}
	for i, e := range list {
		list[i] = settingOf(from, pointer, *e)
	}
	return list
}

func settingOf(from source.Task, pointer string, e spec.Error) *spec.Error {
	path := strings.TrimPrefix(e.Path, "role.")
	if path == "role_arn" {
		e.Path = "" // the declaration itself
		return &e
	}
	e.Path = dotted(pointer)
	if path != "" {
		e.Path += "." + path
	}
	below := strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(path)
	if at := from.Place(pointer + "/" + below); at != from.Place("/spec") {
		e.At = at
	}
	return &e
}

func (r *resolver) complain(at spec.Position, path, hint, message string) {
	r.problems = append(r.problems, &spec.Error{At: at, Path: path, Message: message, Hint: hint})
}

func (r *resolver) warn(at spec.Position, path, hint, message string) {
	r.d.Warnings = append(r.d.Warnings, spec.Warning{At: at, Path: path, Message: message, Hint: hint})
}
