package role

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Delete removes the role's policies and then the role, in the order that IAM
// demands. It refuses before it has removed anything.
func (k *Kind) Delete(ctx context.Context, key resource.Key, o Observed) error {
	if why := undeletable(o); why != nil {
		return why
	}
	exists, err := k.isStill(ctx, o)
	if err != nil || !exists {
		return failed("delete", key, err)
	}
	w := writer{kind: k, desired: Desired{Name: o.Name}, passing: concurrent}
	var removals []policyWrite
	for _, name := range slices.Sorted(maps.Keys(o.Inline)) {
		removals = append(removals, w.deleteInline(ctx, name))
	}
	for _, arn := range o.Managed {
		removals = append(removals, w.detach(ctx, arn))
	}
	for _, p := range removals {
		if err := w.call(ctx, p.what, p.call); err != nil {
			return failed("delete", key, err)
		}
	}
	err = k.settle(ctx, o.Name, deleteLag, func() error {
		_, err := k.client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &o.Name})
		return unlessGone(err)
	})
	return failed("delete", key, err)
}

// undeletable is why the role cannot be deleted; nil when it may.
func undeletable(o Observed) error {
	if why := serviceOwned(o); why != "" {
		return resource.Conflictf("", "role %s is not deleted: %s", o.ARN, why)
	}
	if len(o.Profiles) > 0 {
		return resource.Conflictf("take it out of them first, if the instances that use them can do without it",
			"role %s is not deleted: it is in the instance profiles %s", o.ARN, strings.Join(o.Profiles, ", "))
	}
	return nil
}

// isStill tells whether the role is still there. IAM deletes by name, and by
// now the name may be another role's, or another owner's.
func (k *Kind) isStill(ctx context.Context, o Observed) (bool, error) {
	out, err := k.client.GetRole(ctx, &iam.GetRoleInput{RoleName: &o.Name})
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if aws.ToString(out.Role.RoleId) != o.ID || tagsOf(out.Role.Tags)[spec.TagOwner] != o.Tags[spec.TagOwner] {
		return false, resource.Conflictf("plan again to see what it is now", "role %s is another's by now", o.ARN)
	}
	return true, nil
}
