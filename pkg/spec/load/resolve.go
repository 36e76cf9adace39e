package load

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// resolve turns what was read into a deployment. Complaints about all tasks
// are collected, so that one run shows them all.
func (l *loader) resolve(p *source.Project) (*spec.Deployment, error) {
	r := &resolver{loader: l, project: p, files: map[string]secretText{}, d: &spec.Deployment{
		Project: p.Name, Environment: l.Environment, AssumeRoleARN: p.AssumeRoleARN, Tags: p.Tags,
		Undeployed: slices.Sorted(slices.Values(p.Undeployed)), Selected: p.Selected, Warnings: p.Warnings,
	}}
	r.locate()
	slices.SortFunc(p.Tasks, func(a, b source.Task) int { return strings.Compare(a.Doc.Metadata.Name, b.Doc.Metadata.Name) })
	for _, u := range p.Uploads {
		r.upload(u)
	}
	for _, t := range p.Tasks {
		r.task(t)
	}
	r.unread()
	if r.failure != nil {
		return nil, r.failure
	}
	return r.d, r.problems.OrNil()
}

// resolver collects the deployment and what is wrong with it.
type resolver struct {
	*loader
	project  *source.Project
	d        *spec.Deployment
	files    map[string]secretText // by file and format, read once
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

func (r *resolver) complain(at spec.Position, path, hint, message string) {
	r.problems = append(r.problems, &spec.Error{At: at, Path: path, Message: message, Hint: hint})
}

func (r *resolver) warn(at spec.Position, path, hint, message string) {
	r.d.Warnings = append(r.d.Warnings, spec.Warning{At: at, Path: path, Message: message, Hint: hint})
}
