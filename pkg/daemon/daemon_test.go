package daemon

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/spec"
)

func TestEverythingIsMadeAndDriftIsPutBack(t *testing.T) {
	simulate(t, 2, nil, func(w *world) {
		want := []string{"applied fleet/task-0000.env", "applied fleet/task-0001.env", "applied task-0000", "applied task-0000", "applied task-0001", "applied task-0001"}
		if diff := cmp.Diff(want, w.happened()); diff != "" {
			t.Error(diff)
		}
		w.meddle("task-0001", "A=other")
		w.pass(time.Minute)
		if got := w.value("task-0001"); got != "A=task-0001" {
			t.Errorf("the secret is %q", got)
		}
		if diff := cmp.Diff([]string{"corrected fleet/task-0001.env", "drift fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if c := w.condition("task-0001", status.Ready); c.Status != status.True {
			t.Errorf("%+v", c)
		}
	})
}

func TestAChangeOfTheSpecIsMadeAtOnce(t *testing.T) {
	simulate(t, 3, nil, func(w *world) {
		w.happened()
		w.respec(func(d *spec.Deployment) { d.Secrets[1].Value = spec.NewSecret("A=new") })
		if diff := cmp.Diff([]string{"applied fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if got := w.value("task-0001"); got != "A=new" {
			t.Errorf("the secret is %q", got)
		}
		if e := w.environment(); e.Generation != 2 {
			t.Errorf("generation %d", e.Generation)
		}
	})
}

func TestABadSpecLeavesTheLastGoodOneInForce(t *testing.T) {
	simulate(t, 1, nil, func(w *world) {
		w.happened()
		good := w.spec
		for _, bad := range []func(){
			func() { w.broken = errBroken },
			func() {
				w.broken = nil
				w.spec = &spec.Deployment{Project: "fleet", Environment: "staging", AccountID: account, Region: region}
			},
		} {
			w.mu.Lock()
			bad()
			w.mu.Unlock()
			w.daemon.Reload()
			w.settle()
			if diff := cmp.Diff([]string{"spec_bad "}, w.happened()); diff != "" {
				t.Error(diff)
			}
			w.meddle("task-0000", "A=other")
			w.pass(time.Minute)
			if diff := cmp.Diff([]string{"corrected fleet/task-0000.env", "drift fleet/task-0000.env"}, w.happened()); diff != "" {
				t.Error(diff)
			}
			if e := w.environment(); e.Conditions.Is(status.SpecLoaded) || len(e.Tasks) != 1 {
				t.Errorf("%+v", e)
			}
		}
		w.respec(func(d *spec.Deployment) { *d = *good })
		if e := w.environment(); !e.Conditions.Is(status.SpecLoaded) || e.Generation != 1 {
			t.Errorf("%+v", e)
		}
	})
}
