package page

import (
	"fmt"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// canary stands for a secret: nothing may show it.
const canary = "hunter2-canary"

var noon = time.Date(2026, 3, 14, 3, 7, 30, 0, time.UTC)

func before(d time.Duration) *time.Time { at := noon.Add(-d); return &at }

func after(d time.Duration) *time.Time { return before(-d) }

// tasked is a task with objects, of which the others are in sync.
func tasked(name string, objects ...status.Object) status.Task {
	ready := status.Condition{Type: status.Ready, Status: status.True, Reason: "Synced", Message: "everything is as the spec says", LastTransitionTime: *before(50 * time.Hour)}
	drift := status.Condition{Type: status.Drifted, Status: status.False, Reason: "NoDrift", Message: "nobody else changed anything", LastTransitionTime: *before(50 * time.Hour)}
	if len(objects) > 0 {
		ready.Status, ready.Reason, ready.Message = status.False, "Drifted", string(objects[0].Kind)+" "+objects[0].Name+" is "+string(objects[0].State)
		ready.LastTransitionTime = *before(12 * time.Minute)
		if objects[0].State == status.Moved {
			drift.Status, drift.Reason, drift.Message = status.True, "Changed", "somebody else changed "+string(objects[0].Kind)+" "+objects[0].Name
			drift.LastTransitionTime = *before(12 * time.Minute)
		}
	}
	rest := []status.Object{{Kind: "secret", Name: "shop/" + name + "/database-url", State: status.InSync}, {Kind: "task_definition", Name: "shop-" + name, State: status.InSync}}
	return status.Task{Name: name, Labels: map[string]string{"team": "payments"}, Generation: 7, Conditions: status.Conditions{ready, drift},
		Objects: append(objects, rest...), CheckedAt: before(95 * time.Second), NextCheck: after(205 * time.Second)}
}

func environment(b *status.Board, name string, tasks ...status.Task) {
	b.Update(name, func(e *status.Environment) {
		e.Project, e.AccountID, e.Region, e.Revision, e.Generation = "shop", "123456789012", "eu-central-1", "4f2c9d1", 7
		e.LastScan, e.NextScan = before(95*time.Second), after(205*time.Second)
		for _, t := range tasks {
			e.SetTask(t)
		}
		for _, c := range []status.ConditionType{status.SpecLoaded, status.Scanned, status.WithinLimits} {
			e.SetCondition(status.Condition{Type: c, Status: status.True, Reason: "Good", Message: "as it should be", LastTransitionTime: *before(50 * time.Hour)})
		}
	})
}

// quiet is a board on which all is well.
func quiet() *status.Board {
	b := status.NewBoard()
	environment(b, "production", tasked("api"), tasked("checkout"), tasked("mailer"), tasked("report"))
	environment(b, "staging", tasked("api"), tasked("report"))
	return b
}

func rolePolicy(action, on string) any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Action": action, "Resource": on},
		map[string]any{"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/*"}}}
}

// troubled is a board with something of everything.
func troubled() *status.Board {
	b := status.NewBoard()
	secret := status.Object{Kind: "secret", Name: "shop/checkout/stripe-key", State: status.Moved, Reason: resource.Drift, Note: "put by arn:aws:iam::123456789012:user/alice, 14 Mar 02:55 UTC",
		Message: "left as it is, because of drift: report", Fields: []plan.Field{{Path: "/value", Sensitive: true, Before: canary, After: canary}, {Path: "/tags/team", Before: "payments", After: "checkout"}}}
	role := status.Object{Kind: "role", Name: "shop-report-task", State: status.Moved, Reason: resource.Drift, Note: "changed by role/Admin/bob, 14 Mar 02:55 UTC",
		Fields: []plan.Field{{Path: "/policies/read/document", Before: rolePolicy("s3:*", "*"), After: rolePolicy("s3:GetObject", "arn:aws:s3:::shop-reports/*")}}}
	broken := status.Object{Kind: "secret", Name: "shop/mailer/smtp-password", State: status.Failing, Reason: resource.SpecChanged, Fields: []plan.Field{{Path: "/value", Sensitive: true}},
		Message: "the key alias/shop is pending deletion", Hint: "cancel the deletion of the key, or name another one in the spec"}
	foreign := status.Object{Kind: "role", Name: "shop-legacy-task", State: status.Refused, Reason: resource.Adopted, Message: "it exists without our tag", Hint: "apply it once with --adopt"}
	image := status.Object{Kind: "task_definition", Name: "shop-search", State: status.Pending, Reason: resource.SpecChanged,
		Fields: []plan.Field{{Path: "/containerDefinitions/0/image", Before: "shop/search:1.8.2", After: "shop/search:1.9.0"}}}
	held := tasked("migrate")
	held.Suspension = &status.Suspension{Reason: "the schema is being moved (carol)", Until: after(3 * time.Hour)}
	environment(b, "production", tasked("api"), tasked("billing"), tasked("checkout", secret), tasked("export"), tasked("mailer", broken), held, tasked("report", role), tasked("search", image), tasked("sessions"))
	environment(b, "staging", tasked("api"), tasked("legacy", foreign), tasked("report"), status.Task{Name: "search"}, tasked("sessions"))
	environment(b, "sandbox")
	b.Update("staging", func(e *status.Environment) {
		e.SetCondition(status.Condition{Type: status.SpecLoaded, Status: status.False, Reason: "Invalid", LastTransitionTime: *before(42 * time.Minute),
			Message: `deploy_config/staging.yml:14: "cpu" is 300, want 256, 512, 1024; the spec of 4f2c9d1 holds`})
		e.Tell(status.Record{At: *before(42 * time.Minute), What: status.SpecBad, Message: "deploy_config/staging.yml:14: \"cpu\" is 300"})
	})
	b.Update("production", func(e *status.Environment) {
		e.Tell(status.Record{At: *before(26 * time.Hour), What: status.Applied, Task: "api", Kind: "task_definition", Name: "shop-api", Fields: []plan.Field{{Path: "/cpu", Before: "256", After: "512"}}},
			status.Record{At: *before(3 * time.Hour), What: status.Corrected, Task: "report", Kind: "secret", Name: "shop/report/token", Who: "alice", Fields: []plan.Field{{Path: "/value", Sensitive: true, Before: canary}}},
			status.Record{At: *before(12 * time.Minute), What: status.DriftFound, Task: "report", Kind: "role", Name: "shop-report-task", Who: "arn:aws:sts::123456789012:assumed-role/Admin/bob"},
			status.Record{At: *before(11 * time.Minute), What: status.Failed, Task: "mailer", Kind: "secret", Name: "shop/mailer/smtp-password", Message: "the key alias/shop is pending deletion"})
	})
	return b
}

// crowded is a board of many tasks, of which every so many have drifted.
func crowded(tasks, driftedEvery int) *status.Board {
	b := status.NewBoard()
	var all []status.Task
	for i := range tasks {
		t := tasked(fmt.Sprintf("task-%04d", i))
		if i%driftedEvery == 0 {
			t = tasked(t.Name, status.Object{Kind: "role", Name: t.Name, State: status.Moved, Reason: resource.Drift,
				Fields: []plan.Field{{Path: "/policies/read/document", Before: rolePolicy("s3:*", "*"), After: rolePolicy("s3:GetObject", "arn:aws:s3:::shop-reports/*")}}})
		}
		all = append(all, t)
	}
	environment(b, "production", all...)
	return b
}

func pageOf(t testing.TB, b *status.Board, change ...func(*Options)) *Page {
	t.Helper()
	o := Options{Board: b, Now: func() time.Time { return noon }, Version: "1.2.3"}
	for _, c := range change {
		c(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
