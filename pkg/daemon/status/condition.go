package status

import (
	"slices"
	"time"
)

// ConditionType names one aspect of a task's or an environment's state.
type ConditionType string

// The conditions. Those that end in Synced are present for the kinds of object
// that a task has.
const (
	Ready                ConditionType = "Ready" // all is as the spec says
	SecretsSynced        ConditionType = "SecretsSynced"
	ParametersSynced     ConditionType = "ParametersSynced"
	RoleSynced           ConditionType = "RoleSynced"
	TaskDefinitionSynced ConditionType = "TaskDefinitionSynced"
	ServiceSynced        ConditionType = "ServiceSynced"
	Drifted              ConditionType = "Drifted"      // somebody else changed something, and it is not put back
	Suspended            ConditionType = "Suspended"    // nothing is corrected for now
	SpecLoaded           ConditionType = "SpecLoaded"   // of an environment: its newest spec could be read
	Scanned              ConditionType = "Scanned"      // of an environment: AWS could be read
	WithinLimits         ConditionType = "WithinLimits" // of an environment: no cycle wanted more writes than allowed
)

// Truth is a condition's status, as Kubernetes spells it.
type Truth string

// The three of them.
const (
	True    Truth = "True"
	False   Truth = "False"
	Unknown Truth = "Unknown"
)

// Condition is one aspect with the reason for its being so. Its JSON form is
// that of Kubernetes' metav1.Condition.
type Condition struct {
	Type               ConditionType `json:"type"`
	Status             Truth         `json:"status"`
	Reason             string        `json:"reason"` // one word in CamelCase
	Message            string        `json:"message"`
	LastTransitionTime time.Time     `json:"lastTransitionTime"` // when Status changed last
	ObservedGeneration int64         `json:"observedGeneration"` // the spec's generation that this was judged by
}

// Conditions is a set by type, in order of their first appearance.
type Conditions []Condition

// Get finds the condition of a type.
func (c Conditions) Get(t ConditionType) (Condition, bool) {
	i := slices.IndexFunc(c, func(x Condition) bool { return x.Type == t })
	if i < 0 {
		return Condition{}, false
	}
	return c[i], true
}

// Is tells whether the condition of a type is there and true.
func (c Conditions) Is(t ConditionType) bool {
	x, ok := c.Get(t)
	return ok && x.Status == True
}

// since is c with the times of former where a status did not change, and now
// where it did.
func (c Conditions) since(former Conditions, now time.Time) Conditions {
	out := slices.Clone(c)
	for i := range out {
		out[i].LastTransitionTime = now
		if f, ok := former.Get(out[i].Type); ok && f.Status == out[i].Status {
			out[i].LastTransitionTime = f.LastTransitionTime
		}
	}
	return out
}
