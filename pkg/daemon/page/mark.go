package page

import (
	"fmt"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"ecs-reconciler/pkg/daemon/status"
)

// mark is how a state is shown: by a word and a sign, and by a colour besides.
type mark struct {
	Class string // in the style
	Sign  string
	Word  string // as a state: "drifted"
	verb  [2]string
}

var (
	failed    = mark{"failed", "✕", "failed", [2]string{"failed", "failed"}}
	refused   = mark{"refused", "⊘", "refused", [2]string{"is refused", "are refused"}}
	drifted   = mark{"drifted", "≠", "drifted", [2]string{"drifted", "drifted"}}
	pending   = mark{"pending", "→", "pending", [2]string{"is pending", "are pending"}}
	unchecked = mark{"unchecked", "?", "unchecked", [2]string{"is yet to be checked", "are yet to be checked"}}
	inSync    = mark{"sync", "✓", "in sync", [2]string{"is in sync", "are in sync"}}
	suspended = mark{"suspended", "‖", "suspended", [2]string{"is suspended", "are suspended"}}
)

// marks are the states of tasks, the worst first.
func marks() []mark { return []mark{failed, refused, drifted, pending, unchecked, inSync} }

// markOf is a task's.
func markOf(t status.Task) mark {
	if t.CheckedAt == nil && len(t.Objects) == 0 && len(t.Conditions) == 0 {
		return unchecked
	}
	return markOfState(t.State())
}

func markOfState(s status.State) mark {
	switch s {
	case status.Failing:
		return failed
	case status.Refused:
		return refused
	case status.Moved:
		return drifted
	case status.Pending:
		return pending
	default:
		return inSync
	}
}

// sign stands beside a name.
func (m mark) sign() g.Node {
	return h.Span(h.Class("sign "+m.Class), h.Aria("hidden", "true"), g.Text(m.Sign))
}

// state is the sign and the word.
func (m mark) state() g.Node {
	return h.Span(h.Class("state "+m.Class), unseen(m.Sign), g.Text(" "+m.Word))
}

// rank is 0 for the worst.
func (m mark) rank() int {
	for i, x := range marks() {
		if x.Class == m.Class {
			return i
		}
	}
	return len(marks())
}

// tally counts tasks by state.
type tally struct {
	all int
	of  map[string]int
}

// truth says in one sentence how tasks stand: "1 of 14 tasks failed, 2 drifted".
func (t tally) truth() string {
	if t.all == 0 {
		return "No task is watched yet"
	}
	if t.of[inSync.Class] == t.all {
		if t.all == 1 {
			return "The one task is as the spec says"
		}
		return fmt.Sprintf("All %d tasks are as the specs say", t.all)
	}
	var parts []string
	for _, m := range marks() {
		n := t.of[m.Class]
		if n == 0 || m == inSync || m == unchecked && len(parts) > 0 {
			continue
		}
		verb := m.verb[min(n-1, 1)]
		if len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%d of %s %s", n, counted(t.all, "task"), verb))
		} else {
			parts = append(parts, fmt.Sprintf("%d %s", n, verb))
		}
	}
	return strings.Join(parts, ", ")
}

// worst is the state that matters most.
func (t tally) worst() mark {
	for _, m := range marks() {
		if t.of[m.Class] > 0 {
			return m
		}
	}
	return unchecked
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
