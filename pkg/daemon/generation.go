package daemon

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"ecs-reconciler/pkg/spec"
)

// generation is a deployment that was loaded, and how many came before it.
type generation struct {
	number     int64
	deployment *spec.Deployment
	revision   string
	parts      map[string]part // by task
}

// part is all that a deployment says of one task, places in files left out.
type part struct {
	task    spec.Task
	secrets []spec.ManagedSecret
	roles   []spec.ManagedRole
	params  []spec.ManagedParameter
}

func newGeneration(l Loaded) *generation {
	g := &generation{number: 1, deployment: l.Deployment, revision: l.Revision, parts: map[string]part{}}
	for _, t := range l.Deployment.Tasks {
		if l.Tasks != nil && !slices.Contains(l.Tasks, t.Name) {
			continue
		}
		t.At = spec.Position{}
		t.EnvLocations = slices.Clone(t.EnvLocations)
		for i := range t.EnvLocations {
			t.EnvLocations[i].At = spec.Position{}
		}
		g.parts[t.Name] = part{task: t}
	}
	for _, secret := range l.Deployment.Secrets {
		secret.At = spec.Position{}
		g.share(secret.Tasks, func(p *part) { p.secrets = append(p.secrets, secret) })
	}
	for _, p := range l.Deployment.Parameters {
		p.At = spec.Position{}
		g.share(p.Tasks, func(of *part) { of.params = append(of.params, p) })
	}
	for _, role := range l.Deployment.Roles {
		role.At = spec.Position{}
		g.share(role.Tasks, func(p *part) { p.roles = append(p.roles, role) })
	}
	return g
}

func (g *generation) share(tasks []string, add func(*part)) {
	for _, name := range tasks {
		if p, ok := g.parts[name]; ok {
			add(&p)
			g.parts[name] = p
		}
	}
}

// tasks are the names of all tasks, in order.
func (g *generation) tasks() []string {
	return slices.Sorted(maps.Keys(g.parts))
}

// task finds a task by name.
func (g *generation) task(name string) (spec.Task, bool) {
	p, ok := g.parts[name]
	return p.task, ok
}

// changed are the tasks that former has not, or has otherwise. What is said of
// all tasks changes them all. Secret values are compared and not shown.
func (g *generation) changed(former *generation) []string {
	if former == nil || !alike(former.deployment, g.deployment) {
		return g.tasks()
	}
	return slices.DeleteFunc(g.tasks(), func(name string) bool {
		return reflect.DeepEqual(former.parts[name], g.parts[name])
	})
}

// alike tells whether two deployments say the same of all tasks.
func alike(a, b *spec.Deployment) bool {
	return a.Owner() == b.Owner() && place(a) == place(b) && reflect.DeepEqual(a.Tags, b.Tags)
}

// location is what a connection is for.
type location struct {
	account, region, role string
	how                   string // the role is assumed
}

func place(d *spec.Deployment) location {
	return location{d.AccountID, d.Region, d.AssumeRoleARN, fmt.Sprint(d.AssumeRole)}
}
