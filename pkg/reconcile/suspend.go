package reconcile

import (
	"context"
	"errors"
	"slices"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Tag gives a tag to every object of ours that serves a task, as p observed
// them, and lists those that have it now, also when one failed.
func (r *Reconciler) Tag(ctx context.Context, p *plan.Plan, task, key, value string) ([]resource.Key, error) {
	r.Gate.Open()
	defer r.Gate.Close()
	tagged := []resource.Key{}
	for _, s := range p.Steps {
		if s.Observed == nil || s.Blocked != nil || s.Reason == resource.Adopted || !slices.Contains(s.Tasks, task) {
			continue
		}
		t, ok := s.Kind.(resource.Tagger[any])
		if !ok {
			continue
		}
		err := t.Tag(ctx, s.Observed, map[string]string{key: value})
		switch {
		case errors.Is(err, errors.ErrUnsupported):
		case err != nil:
			return tagged, err
		default:
			tagged = append(tagged, s.Key)
		}
	}
	return tagged, nil
}
