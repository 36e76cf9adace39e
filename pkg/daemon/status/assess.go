package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/reconcile/suspension"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec"
)

// Assessment is what a task's conditions are judged by.
type Assessment struct {
	Task       spec.Task
	Generation int64
	Steps      []*plan.Step   // those that serve the task
	Results    []apply.Result // of those that were carried out; may be empty
	Suspension *Suspension
	Now        time.Time
}

// Assess judges a task. Former gives the times of conditions that did not
// change.
func Assess(a Assessment, former Task) Task {
	t := Task{Name: a.Task.Name, Labels: a.Task.Labels, Generation: a.Generation, CheckedAt: &a.Now, NextCheck: former.NextCheck, Suspension: a.Suspension}
	t.Objects = make([]Object, 0, len(a.Steps))
	for _, s := range a.Steps {
		t.Objects = append(t.Objects, object(s, a.Results))
	}
	t.Conditions = judge(t, a.Suspension)
	for i := range t.Conditions {
		t.Conditions[i].ObservedGeneration = a.Generation
	}
	t.Conditions = t.Conditions.since(former.Conditions, a.Now)
	return t
}

// SuspensionOf is who asked to leave a task alone, in a tag on an object that one
// of its steps is of; nil where nobody does, or no longer.
func SuspensionOf(task string, steps []*plan.Step, now time.Time) *Suspension {
	for _, s := range steps {
		if x, ok := suspension.Of(task, s.Suspended); ok && x.Holds(now) {
			return &Suspension{Reason: x.Reason, Until: x.Until}
		}
	}
	return nil
}

// object is a step as it stands after its result, where it has one.
func object(s *plan.Step, results []apply.Result) Object {
	shown := s.Shown()
	o := Object{Kind: shown.Kind, Name: shown.Name, State: stateOf(s), Reason: shown.Reason, Fields: shown.Fields, Note: shown.Note, Message: s.Held}
	if s.Blocked != nil {
		o.Message, o.Hint = s.Blocked.Message, s.Blocked.Hint
	}
	i := slices.IndexFunc(results, func(r apply.Result) bool { return r.Key == s.Key })
	if i < 0 {
		return o
	}
	return outcome(o, results[i])
}

func stateOf(s *plan.Step) State {
	switch {
	case !s.Action.Writes():
		return InSync
	case s.Blocked != nil || s.Reason == resource.Adopted:
		return Refused
	case s.Reason == resource.Drift:
		return Moved
	default:
		return Pending
	}
}

func outcome(o Object, r apply.Result) Object {
	switch {
	case r.Status == apply.Done:
		return Object{Kind: o.Kind, Name: o.Name, State: InSync, Fields: []plan.Field{}}
	case r.Err == nil || o.State == Refused && r.Status == apply.Skipped:
		return o
	}
	failure := report.FailureOf(r.Err)
	o.Message, o.Hint = failure.Message, failure.Hint
	if r.Status == apply.Failed && o.State != Refused {
		o.State = Failing
	}
	return o
}

// judge derives the conditions from the objects.
func judge(t Task, suspension *Suspension) Conditions {
	ready := Condition{Type: Ready, Status: True, Reason: "Synced", Message: "everything is as the spec says"}
	if worst, n := worstOf(t.Objects); n > 0 {
		ready = Condition{Type: Ready, Status: False, Reason: reasonOf(worst.State), Message: told(worst, n)}
	}
	out := Conditions{ready}
	for _, of := range synced() {
		if c, ok := of.judge(t.Objects); ok {
			out = append(out, c)
		}
	}
	return append(out, drifted(t.Objects), suspended(suspension))
}

// aspect is a condition that is about one kind of object.
type aspect struct {
	condition ConditionType
	kind      resource.Type
}

func synced() []aspect {
	return []aspect{{SecretsSynced, "secret"}, {ParametersSynced, "parameter"}, {RoleSynced, "role"},
		{TaskDefinitionSynced, "task_definition"}, {ServiceSynced, "service"}}
}

func (a aspect) judge(objects []Object) (Condition, bool) {
	var of []Object
	for _, o := range objects {
		if o.Kind == a.kind {
			of = append(of, o)
		}
	}
	worst, n := worstOf(of)
	switch {
	case len(of) == 0:
		return Condition{}, false
	case n > 0:
		return Condition{Type: a.condition, Status: False, Reason: reasonOf(worst.State), Message: told(worst, n)}, true
	default:
		return Condition{Type: a.condition, Status: True, Reason: "Synced", Message: "as the spec says"}, true
	}
}

// worstOf is the object that matters most among those that are not in sync, and
// how many there are of these.
func worstOf(objects []Object) (worst Object, n int) {
	rank := []State{InSync, Pending, Moved, Refused, Failing}
	for _, o := range objects {
		if o.State == InSync {
			continue
		}
		if n++; n == 1 || slices.Index(rank, o.State) > slices.Index(rank, worst.State) {
			worst = o
		}
	}
	return worst, n
}

func reasonOf(s State) string {
	return map[State]string{Pending: "Pending", Moved: "Drifted", Refused: "Refused", Failing: "Failed"}[s]
}

func told(o Object, n int) string {
	words := []string{fmt.Sprintf("%s %s is %s", o.Kind, o.Name, strings.ReplaceAll(string(o.State), "_", " "))}
	if o.Message != "" {
		words = append(words, o.Message)
	}
	if n > 1 {
		words = append(words, fmt.Sprintf("and %d more", n-1))
	}
	return strings.Join(words, ": ")
}

func drifted(objects []Object) Condition {
	var names []string
	for _, o := range objects {
		if o.State != InSync && o.Reason == resource.Drift {
			names = append(names, string(o.Kind)+" "+o.Name)
		}
	}
	if len(names) == 0 {
		return Condition{Type: Drifted, Status: False, Reason: "NoDrift", Message: "nobody else changed anything"}
	}
	return Condition{Type: Drifted, Status: True, Reason: "Changed", Message: "somebody else changed " + strings.Join(names, ", ")}
}

func suspended(s *Suspension) Condition {
	switch {
	case s == nil:
		return Condition{Type: Suspended, Status: False, Reason: "Active", Message: "drift is corrected as the spec says"}
	case s.Until == nil:
		return Condition{Type: Suspended, Status: True, Reason: "Suspended", Message: s.Reason}
	default:
		return Condition{Type: Suspended, Status: True, Reason: "Suspended", Message: s.Reason + " (until " + s.Until.UTC().Format(time.RFC3339) + ")"}
	}
}
