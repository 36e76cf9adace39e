package status

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func step(kind resource.Type, action resource.Action, reason resource.Reason) *plan.Step {
	return &plan.Step{Change: plan.Change{Key: resource.Key{Type: kind, Name: "x"}, Action: action, Reason: reason}}
}

// brief is each condition as "Type Status Reason".
func brief(c Conditions) []string {
	out := make([]string, 0, len(c))
	for _, x := range c {
		out = append(out, string(x.Type)+" "+string(x.Status)+" "+x.Reason)
	}
	return out
}

func TestConditions(t *testing.T) {
	drift := step("secret", resource.Update, resource.Drift)
	held := step("secret", resource.Update, resource.Drift)
	held.Held = "drift: report"
	foreign := step("role", resource.Update, resource.SpecChanged)
	foreign.Blocked = resource.Conflictf("use another name", "it belongs to another")
	done := func(s *plan.Step) []apply.Result { return []apply.Result{{Key: s.Key, Status: apply.Done}} }
	for _, c := range []struct {
		name    string
		steps   []*plan.Step
		results []apply.Result
		suspend *Suspension
		want    []string
	}{
		{"in sync", []*plan.Step{step("role", resource.Noop, "")}, nil, nil,
			[]string{"Ready True Synced", "RoleSynced True Synced", "Drifted False NoDrift", "Suspended False Active"}},
		{"drift before it is put back", []*plan.Step{drift}, nil, nil,
			[]string{"Ready False Drifted", "SecretsSynced False Drifted", "Drifted True Changed", "Suspended False Active"}},
		{"drift after it was put back", []*plan.Step{drift}, done(drift), nil,
			[]string{"Ready True Synced", "SecretsSynced True Synced", "Drifted False NoDrift", "Suspended False Active"}},
		{"drift that is only reported", []*plan.Step{held}, []apply.Result{{Key: held.Key, Status: apply.Skipped, Held: held.Held}}, nil,
			[]string{"Ready False Drifted", "SecretsSynced False Drifted", "Drifted True Changed", "Suspended False Active"}},
		{"a failure outranks what is pending", []*plan.Step{step("secret", resource.Create, resource.Missing), step("role", resource.Create, resource.Missing)},
			[]apply.Result{{Key: resource.Key{Type: "role", Name: "x"}, Status: apply.Failed, Err: errors.New("no")}}, nil,
			[]string{"Ready False Failed", "SecretsSynced False Pending", "RoleSynced False Failed", "Drifted False NoDrift", "Suspended False Active"}},
		{"not ours", []*plan.Step{foreign}, []apply.Result{{Key: foreign.Key, Status: apply.Failed, Err: foreign.Blocked}}, nil,
			[]string{"Ready False Refused", "RoleSynced False Refused", "Drifted False NoDrift", "Suspended False Active"}},
		{"suspended", []*plan.Step{drift}, nil, &Suspension{Reason: "migration"},
			[]string{"Ready False Drifted", "SecretsSynced False Drifted", "Drifted True Changed", "Suspended True Suspended"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Assess(Assessment{Task: spec.Task{Name: "report"}, Generation: 3, Steps: c.steps, Results: c.results, Suspension: c.suspend, Now: time.Unix(9, 0)}, Task{})
			if diff := cmp.Diff(c.want, brief(got.Conditions)); diff != "" {
				t.Error(diff)
			}
			if ready := got.Conditions.Is(Ready); ready != (got.State() == InSync) {
				t.Errorf("ready %v, and the state is %s", ready, got.State())
			}
			for _, x := range got.Conditions {
				if x.ObservedGeneration != 3 || x.LastTransitionTime != time.Unix(9, 0) || x.Message == "" {
					t.Errorf("%+v", x)
				}
			}
		})
	}
}

func TestATransitionHasItsTimeUntilTheNext(t *testing.T) {
	judge := func(former Task, reason resource.Reason, action resource.Action, second int64) Task {
		return Assess(Assessment{Steps: []*plan.Step{step("secret", action, reason)}, Now: time.Unix(second, 0)}, former)
	}
	first := judge(Task{}, "", resource.Noop, 1)
	second := judge(first, "", resource.Noop, 2)
	third := judge(second, resource.Drift, resource.Update, 3)
	var got []int64
	for _, task := range []Task{first, second, third} {
		ready, _ := task.Conditions.Get(Ready)
		got = append(got, ready.LastTransitionTime.Unix())
	}
	if diff := cmp.Diff([]int64{1, 1, 3}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFailuresKeepTheirHint(t *testing.T) {
	s := step("secret", resource.Update, resource.SpecChanged)
	err := &resource.Error{Class: resource.Terminal, Message: "the key is disabled", Hint: "enable it"}
	got := Assess(Assessment{Steps: []*plan.Step{s}, Results: []apply.Result{{Key: s.Key, Status: apply.Failed, Err: err}}}, Task{})
	want := []Object{{Kind: "secret", Name: "x", State: Failing, Reason: resource.SpecChanged, Fields: []plan.Field{}, Message: "the key is disabled", Hint: "enable it"}}
	if diff := cmp.Diff(want, got.Objects); diff != "" {
		t.Error(diff)
	}
}
