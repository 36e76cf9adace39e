package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Find finds the services that run one of the tasks, by the family of their
// task definition: of the tasks that say on_secret_change, and of those that
// read a secret or parameter whose value is about to change. Without any it asks nothing.
func (k *Kind) Find(ctx context.Context, d *spec.Deployment, s resource.Sought) ([]resource.Node[Desired], error) {
	tasks := concerned(d, s)
	if len(tasks) == 0 {
		return nil, nil
	}
	found, err := k.look(ctx, d, tasks)
	if err != nil {
		return nil, err
	}
	var nodes []resource.Node[Desired]
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range found {
		t, ours := tasks[o.family]
		if !ours {
			continue
		}
		k.fresh[o.key()] = o
		nodes = append(nodes, node(d, t, o))
	}
	slices.SortFunc(nodes, func(a, b resource.Node[Desired]) int { return a.Key.Compare(b.Key) })
	return nodes, nil
}

// look finds whatever runs the tasks, or starts them, where they may run.
func (k *Kind) look(ctx context.Context, d *spec.Deployment, tasks map[string]spec.Task) ([]Observed, error) {
	where, err := k.places(ctx, tasks)
	if err != nil {
		return nil, err
	}
	var services, launches, standalone []Observed
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) { services, err = k.inClusters(ctx, where.whole, where.named); return err })
	group.Go(func() (err error) { launches, err = k.launches(ctx, d, tasks, where.clusters()); return err })
	group.Go(func() (err error) { standalone, err = k.standalone(ctx, tasks, where.clusters()); return err })
	err = group.Wait()
	return slices.Concat(services, launches, standalone), err
}

// concerned are the tasks whose services are sought, by their families.
func concerned(d *spec.Deployment, s resource.Sought) map[string]spec.Task {
	tasks := map[string]spec.Task{}
	for _, t := range d.Tasks {
		family, _ := t.TaskDefinition["family"].(string)
		if family == "" || s.Tasks != nil && !slices.Contains(s.Tasks, t.Name) {
			continue
		}
		if read := reads(t); len(read) > 0 && (t.OnSecretChange != "" || anyChanges(read, s)) {
			tasks[family] = t
		}
	}
	return tasks
}

// reads are the managed secrets and parameters that a task reads.
func reads(t spec.Task) []resource.Key {
	var keys []resource.Key
	for _, name := range t.ManagedSecrets() {
		keys = append(keys, resource.Key{Type: secretType, Name: name})
	}
	for _, name := range t.ManagedParameters() {
		keys = append(keys, resource.Key{Type: parameterType, Name: name})
	}
	return keys
}

func anyChanges(read []resource.Key, s resource.Sought) bool {
	return slices.ContainsFunc(read, func(key resource.Key) bool { return s.Changes(key, outputVersion) })
}

// node depends on the task definition, and so on the roles that let a new task
// read its secrets.
func node(d *spec.Deployment, t spec.Task, o Observed) resource.Node[Desired] {
	n := resource.Node[Desired]{Key: o.key(), Tasks: []string{t.Name}, At: t.At}
	redeploy := o.of == "" && t.OnSecretChange == spec.SecretChangeRedeploy
	if !redeploy {
		n.Advice = advice(o)
	}
	n.Build = func(lookup resource.Lookup) (Desired, error) {
		out := Desired{owner: d.Owner(), redeploy: redeploy}
		if redeploy || o.revision > 0 {
			out.revision = lookup(resource.Key{Type: taskDefinitionType, Name: o.family}, outputARN).String()
		}
		for _, key := range reads(t) {
			v, err := valueOf(key, lookup)
			if err != nil {
				return Desired{}, err
			}
			out.values = append(out.values, v)
		}
		return out, nil
	}
	return n
}

// advice is what to do about what is only told of.
func advice(o Observed) string {
	switch o.of {
	case "":
		return "deploy it anew: aws ecs update-service --force-new-deployment --cluster " + o.cluster + " --service " + o.name +
			"; or set on_secret_change: redeploy"
	case taskType:
		return "stop it and start another, or let it end: aws ecs stop-task --cluster " + o.cluster + " --task " + o.name
	default:
		return "let it name " + o.family + " without a revision, which is the newest"
	}
}

func valueOf(key resource.Key, lookup resource.Lookup) (value, error) {
	v := value{of: key.Name, changes: !lookup(key, outputVersion).IsKnown()}
	if written := lookup(key, outputWritten); written.IsKnown() {
		at, err := time.Parse(time.RFC3339Nano, written.String())
		if err != nil {
			return value{}, fmt.Errorf("when the value of %s was written: %w", key, err)
		}
		v.written = at
	}
	return v, nil
}

// family is that of a task definition's ARN.
func family(arn string) string {
	_, revision, _ := strings.Cut(arn, ":task-definition/")
	name, _, _ := strings.Cut(revision, ":")
	return name
}
