package reconcile

import (
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Check finds what a plan of d would fail of, whatever AWS has, without asking
// AWS: it plans d for an empty account. What the kinds are connected to does
// not matter. An error is a *spec.Error or spec.Errors.
func Check(kinds []resource.Any, d *spec.Deployment) error {
	r := Reconciler{Kinds: kinds}
	groups, err := r.desired(d, Scope{})
	if err != nil {
		return err
	}
	_, err = plan.Compute(d.Owner(), groups)
	return err
}
