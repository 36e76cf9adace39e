package status

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestASnapshotDoesNotChange(t *testing.T) {
	b := NewBoard()
	b.Update("staging", func(e *Environment) { e.SetTask(Task{Name: "b"}); e.SetTask(Task{Name: "a"}) })
	before := b.Snapshot()
	b.Update("staging", func(e *Environment) {
		e.SetTask(Task{Name: "a", Generation: 2})
		e.SetTask(Task{Name: "c"})
		e.Tell(Record{Task: "a"})
		e.Keep([]string{"a", "c"})
	})
	names := func(e Environment) (out []string) {
		for _, x := range e.Tasks {
			out = append(out, x.Name)
		}
		return out
	}
	if diff := cmp.Diff([]string{"a", "b"}, names(before[0])); diff != "" {
		t.Error(diff)
	}
	after := b.Snapshot()[0]
	if diff := cmp.Diff([]string{"a", "c"}, names(after)); diff != "" {
		t.Error(diff)
	}
	if before[0].Tasks[0].Generation != 0 || after.Task("a").Generation != 2 || len(before[0].History) != 0 || len(after.History) != 1 {
		t.Errorf("before %+v\nafter %+v", before[0], after)
	}
}

func TestWatchersHearOfChanges(t *testing.T) {
	b := NewBoard()
	changes, stop := b.Watch()
	for range 3 {
		b.Update("staging", func(*Environment) {})
	}
	<-changes // three changes in one
	b.Forget("staging")
	<-changes
	stop()
	b.Update("staging", func(*Environment) {})
	select {
	case <-changes:
		t.Error("told after stop")
	default:
	}
}

func TestTheHistoryIsBoundedAndNewestFirst(t *testing.T) {
	var e Environment
	for i := range kept + 10 {
		e.Tell(Record{At: time.Unix(int64(i), 0)}, Record{At: time.Unix(int64(i), 1)})
	}
	if len(e.History) != kept || e.History[0].At != time.Unix(kept+9, 1) || e.History[1].At != time.Unix(kept+9, 0) {
		t.Errorf("%d records, first %v", len(e.History), e.History[:2])
	}
}

func TestAnEnvironmentsConditionKeepsItsTime(t *testing.T) {
	var e Environment
	at := func(second int64, s Truth) {
		e.SetCondition(Condition{Type: Scanned, Status: s, LastTransitionTime: time.Unix(second, 0)})
	}
	at(1, True)
	at(2, True)
	if c, _ := e.Conditions.Get(Scanned); c.LastTransitionTime != time.Unix(1, 0) || !e.Conditions.Is(Scanned) {
		t.Errorf("%+v", c)
	}
	at(3, False)
	if c, _ := e.Conditions.Get(Scanned); c.LastTransitionTime != time.Unix(3, 0) || e.Conditions.Is(Scanned) || len(e.Conditions) != 1 {
		t.Errorf("%+v", e.Conditions)
	}
}

// Tasks are copied once for whoever was handed them, and not for each that is
// set afterwards.
func TestATaskIsSetInPlace(t *testing.T) {
	b := NewBoard()
	b.Update("staging", func(e *Environment) {
		e.SetTask(Task{Name: "a"})
		e.SetTask(Task{Name: "b"})
	})
	b.Snapshot()
	b.Update("staging", func(e *Environment) {
		e.SetTask(Task{Name: "a", Generation: 2})
		if n := testing.AllocsPerRun(10, func() { e.SetTask(Task{Name: "b", Generation: 2}) }); n > 0 {
			t.Errorf("setting a task allocates %v times", n)
		}
	})
}
