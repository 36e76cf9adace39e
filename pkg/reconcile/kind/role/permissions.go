package role

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/pkg/reconcile/policy"
)

// policyWrite is one call that adds or removes a policy.
type policyWrite struct {
	what string
	call func() error
}

// permissions puts and attaches before it deletes and detaches, so that a
// policy that changes its name is never missing. Where a quota stands in the
// way of that, the addition is made after the removals.
func (w writer) permissions(ctx context.Context) error {
	add, remove, err := w.policyWrites(ctx)
	if err != nil {
		return err
	}
	var late []policyWrite
	for _, p := range add {
		err := w.call(ctx, p.what, p.call)
		if isOverQuota(err) && len(add)+len(remove) > 1 {
			late = append(late, p)
			continue
		}
		if err != nil {
			return err
		}
	}
	for _, p := range append(remove, late...) {
		if err := w.call(ctx, p.what, p.call); err != nil {
			return err
		}
	}
	return nil
}

func (w writer) policyWrites(ctx context.Context) (add, remove []policyWrite, err error) {
	for _, f := range w.changes {
		if name, ok := beneath(pathInline, f.Path); ok {
			doc := w.desired.Inline[name]
			if doc == nil {
				remove = append(remove, w.deleteInline(ctx, name))
				continue
			}
			text, err := policy.Text(doc)
			if err != nil {
				return nil, nil, fmt.Errorf("inline policy %s: %w", name, err)
			}
			add = append(add, w.putInline(ctx, name, text))
		}
		if arn, ok := beneath(pathManaged, f.Path); ok {
			if f.After == nil {
				remove = append(remove, w.detach(ctx, arn))
			} else {
				add = append(add, w.attach(ctx, arn))
			}
		}
	}
	return add, remove, nil
}

func (w writer) putInline(ctx context.Context, name, text string) policyWrite {
	return policyWrite{"put inline policy " + name, func() error {
		_, err := w.kind.client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &w.desired.Name, PolicyName: &name, PolicyDocument: &text})
		return err
	}}
}

func (w writer) deleteInline(ctx context.Context, name string) policyWrite {
	return policyWrite{"delete inline policy " + name, func() error {
		_, err := w.kind.client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &w.desired.Name, PolicyName: &name})
		return unlessGone(err)
	}}
}

func (w writer) attach(ctx context.Context, arn string) policyWrite {
	return policyWrite{"attach " + arn, func() error {
		_, err := w.kind.client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &w.desired.Name, PolicyArn: &arn})
		return err
	}}
}

func (w writer) detach(ctx context.Context, arn string) policyWrite {
	return policyWrite{"detach " + arn, func() error {
		_, err := w.kind.client.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &w.desired.Name, PolicyArn: &arn})
		return unlessGone(err)
	}}
}

func isOverQuota(err error) bool {
	var over *types.LimitExceededException
	return errors.As(err, &over)
}

// unlessGone forgives that what is to be removed does not exist.
func unlessGone(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}
