package status

import (
	"time"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Environment is all that is told of one environment.
type Environment struct {
	Environment string     `json:"environment"`
	Project     string     `json:"project"`
	AccountID   string     `json:"account_id"`
	Region      string     `json:"region"`
	Revision    string     `json:"revision,omitempty"` // of the specs: a commit, say
	Generation  int64      `json:"generation"`         // counts the changes of the spec
	Member      string     `json:"member,omitempty"`   // who works it; "" for this process alone
	LastScan    *time.Time `json:"last_scan"`          // the last good one
	NextScan    *time.Time `json:"next_scan"`
	Conditions  Conditions `json:"conditions"`
	Tasks       []Task     `json:"tasks"`   // by name
	History     []Record   `json:"history"` // newest first, bounded
	Warnings    []string   `json:"warnings"`

	own bool // Tasks was handed out to nobody, and may be altered in place
}

// HandOut is a copy that does not change any more.
func (e *Environment) HandOut() Environment {
	e.own = false
	return *e
}

// Task is one task with its objects.
type Task struct {
	Name       string            `json:"name"`
	Labels     map[string]string `json:"labels,omitempty"`
	Generation int64             `json:"generation"`
	Conditions Conditions        `json:"conditions"`
	Objects    []Object          `json:"objects"` // in the plan's order
	CheckedAt  *time.Time        `json:"checked_at"`
	NextCheck  *time.Time        `json:"next_check"`
	Suspension *Suspension       `json:"suspension,omitempty"`
}

// State is that of the object that matters most. A task that is not ready
// although each of its objects is in sync could not be judged, and is failing.
func (t Task) State() State {
	if worst, n := worstOf(t.Objects); n > 0 {
		return worst.State
	}
	if ready, ok := t.Conditions.Get(Ready); ok && ready.Status == False {
		return Failing
	}
	return InSync
}

// Suspension is somebody's wish that a task be left alone.
type Suspension struct {
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until"` // null: until it is resumed
}

// State is how one object stands.
type State string

// The states.
const (
	InSync  State = "in_sync"
	Pending State = "pending" // the spec wants a change that is yet to be made
	Moved   State = "drifted" // somebody else changed it, and it is not put back yet, or on purpose
	Failing State = "failed"  // the last attempt failed
	Refused State = "refused" // it is not ours to touch
)

// Object is one object of a task as it was seen last.
type Object struct {
	Kind    resource.Type   `json:"kind"`
	Name    string          `json:"name"`
	State   State           `json:"state"`
	Reason  resource.Reason `json:"reason,omitempty"`
	Fields  []plan.Field    `json:"fields"`            // masked, see plan.Field
	Note    string          `json:"note,omitempty"`    // who changed it and when
	Message string          `json:"message,omitempty"` // why it failed, is refused or held
	Hint    string          `json:"hint,omitempty"`    // what can be done
}

// What says what a Record tells of.
type What string

// What can happen.
const (
	DriftFound What = "drift"     // somebody else changed something
	Corrected  What = "corrected" // a drift was put back
	Applied    What = "applied"   // a change of the spec was carried out
	Failed     What = "failed"
	Recovered  What = "recovered" // it failed before and is well again
	Fought     What = "fought"    // left alone since another writer keeps changing it
	Stopped    What = "stopped"   // a cycle wanted more than it may write or delete
	SpecBad    What = "spec_bad"  // the newest spec is refused; the last good one holds
)

// Record is one thing that happened.
type Record struct {
	At      time.Time       `json:"at"`
	What    What            `json:"what"`
	Task    string          `json:"task,omitempty"`
	Kind    resource.Type   `json:"kind,omitempty"`
	Name    string          `json:"name,omitempty"`
	Action  resource.Action `json:"action,omitempty"` // that was carried out, or failed
	Class   resource.Class  `json:"class,omitempty"`  // of the failure
	Who     string          `json:"who,omitempty"`    // CloudTrail's userIdentity
	Note    string          `json:"note,omitempty"`   // who changed it and when, as AWS keeps it
	Fields  []plan.Field    `json:"fields,omitempty"`
	Message string          `json:"message,omitempty"`
}
