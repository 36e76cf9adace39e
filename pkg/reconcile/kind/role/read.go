package role

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/pkg/reconcile/resource"
)

// readOne reads one role by its name, call by call. It serves where the scans
// of the account cannot be trusted, and after a creation that was answered with
// EntityAlreadyExists.
func (k *Kind) readOne(ctx context.Context, name string) (Observed, bool, error) {
	key := resource.Key{Type: Type, Name: name}
	out, err := k.client.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if isNotFound(err) {
		return Observed{}, false, nil
	}
	if err != nil {
		return Observed{}, false, failed("read", key, err)
	}
	o, err := ofRole(*out.Role)
	if err != nil {
		return o, false, err
	}
	for _, read := range []func(context.Context, *Observed) error{k.readInline, k.readManaged, k.readProfiles} {
		// The role is there, so a list that does not know it is one that lags.
		if err := k.settle(ctx, name, newRoleLag, func() error { return read(ctx, &o) }); err != nil {
			return o, false, failed("read", key, err)
		}
	}
	return o, true, nil
}

// readInline reads the policies that are listed, and those that are wanted
// besides: the list may lag behind what was just written.
func (k *Kind) readInline(ctx context.Context, o *Observed) error {
	want, _ := k.remembered(o.Name)
	names := slices.Collect(maps.Keys(want.Inline))
	pages := iam.NewListRolePoliciesPaginator(k.client, &iam.ListRolePoliciesInput{RoleName: &o.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		names = append(names, page.PolicyNames...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		out, err := k.client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &o.Name, PolicyName: &name})
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if o.Inline[name], err = decode(o.Name, "inline policy "+name, out.PolicyDocument); err != nil {
			return err
		}
	}
	return nil
}

func (k *Kind) readManaged(ctx context.Context, o *Observed) error {
	var attached []types.AttachedPolicy
	pages := iam.NewListAttachedRolePoliciesPaginator(k.client, &iam.ListAttachedRolePoliciesInput{RoleName: &o.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		attached = append(attached, page.AttachedPolicies...)
	}
	o.Managed = arnsOf(attached)
	return nil
}

func (k *Kind) readProfiles(ctx context.Context, o *Observed) error {
	o.Profiles = nil
	pages := iam.NewListInstanceProfilesForRolePaginator(k.client, &iam.ListInstanceProfilesForRoleInput{RoleName: &o.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, p := range page.InstanceProfiles {
			o.Profiles = append(o.Profiles, aws.ToString(p.InstanceProfileName))
		}
	}
	return nil
}

func isNotFound(err error) bool {
	var gone *types.NoSuchEntityException
	return errors.As(err, &gone)
}
