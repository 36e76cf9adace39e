package report

import (
	"errors"

	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Outcome is what apply did, as JSON.
type Outcome struct {
	FormatVersion string         `json:"format_version"`
	Environment   string         `json:"environment"`
	AccountID     string         `json:"account_id"`
	Region        string         `json:"region"`
	Results       []Result       `json:"results"`
	Summary       OutcomeSummary `json:"summary"`
	Warnings      []string       `json:"warnings"`
	AWSCalls      map[string]int `json:"aws_calls"`
}

// Result is how one object fared.
type Result struct {
	Kind       resource.Type   `json:"kind"`
	Name       string          `json:"name"`
	Action     resource.Action `json:"action"`
	Status     apply.Status    `json:"status"`
	Held       string          `json:"held,omitempty"` // the policy that it was skipped for
	Error      *plan.Failure   `json:"error,omitempty"`
	DurationMS int64           `json:"duration_ms"`
}

// OutcomeSummary counts objects by status.
type OutcomeSummary struct {
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// NewOutcome is the account of a run.
func NewOutcome(h plan.Head, results []apply.Result) Outcome {
	o := Outcome{FormatVersion: plan.FormatVersion, Environment: h.Environment, AccountID: h.AccountID, Region: h.Region,
		Results: []Result{}, Warnings: append([]string{}, h.Warnings...), AWSCalls: h.AWSCalls}
	if o.AWSCalls == nil {
		o.AWSCalls = map[string]int{}
	}
	for _, r := range results {
		o.Results = append(o.Results, Result{Kind: r.Key.Type, Name: r.Key.Name, Action: r.Action, Status: r.Status, Held: r.Held,
			Error: FailureOf(r.Err), DurationMS: r.Duration.Milliseconds()})
		switch r.Status {
		case apply.Done:
			o.Summary.Done++
		case apply.Failed:
			o.Summary.Failed++
		case apply.Skipped:
			o.Summary.Skipped++
		}
	}
	return o
}

// FailureOf is err as JSON; nil for nil. The class and hint are those of the outermost
// resource.Error in its chain; the message is the whole chain, without the hint.
func FailureOf(err error) *plan.Failure {
	if err == nil {
		return nil
	}
	var classed *resource.Error
	if !errors.As(err, &classed) {
		return &plan.Failure{Class: resource.Terminal, Message: err.Error()}
	}
	return &plan.Failure{Class: classed.Class, Message: withoutHint(err.Error(), classed.Hint), Hint: classed.Hint}
}
