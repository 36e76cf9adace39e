package secret

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const pathPolicy = "/resource_policy"

// readPolicies reads the resource policies that the spec declares, one a call:
// nothing lists them. Those it does not declare are not read.
func (v *view) readPolicies(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(v.opts.Parallelism)
	for _, name := range sortedKeys(v.seen) {
		o, d := v.seen[name], v.wanted[name]
		if d.ResourcePolicy == nil || !v.maySee(d, o) {
			continue
		}
		group.Go(func() error {
			doc, err := v.resourcePolicy(ctx, o)
			if err != nil {
				return err
			}
			v.mu.Lock()
			defer v.mu.Unlock()
			o := v.seen[name]
			o.Policy, o.policyRead = doc, true
			v.seen[name] = o
			return nil
		})
	}
	return group.Wait()
}

// maySee tells whether a secret is one that could come to be written.
func (v *view) maySee(d Desired, o Observed) bool {
	owner := o.Tags[spec.TagOwner]
	return o.Deleted.IsZero() && refusal(d, o) == "" && (owner == "" || owner == v.scope.owner)
}

// resourcePolicy is the policy that a secret has, nil without one.
func (k *Kind) resourcePolicy(ctx context.Context, o Observed) (spec.Document, error) {
	out, err := k.api.GetResourcePolicy(ctx, &secretsmanager.GetResourcePolicyInput{SecretId: &o.ARN})
	if isCode(err, "ResourceNotFoundException") { // gone since it was seen
		return nil, nil
	}
	if err != nil {
		return nil, wrap("read the resource policy of", o.Name, err)
	}
	text := aws.ToString(out.ResourcePolicy)
	if text == "" {
		return nil, nil
	}
	doc, err := policy.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the resource policy of the secret %q: %w", o.Name, err)
	}
	return doc, nil
}

func diffPolicy(d Desired, o Observed) []resource.FieldChange {
	if d.ResourcePolicy == nil || o.ARN != "" && !o.policyRead || samePolicy(*d.ResourcePolicy, o.Policy) {
		return nil
	}
	return []resource.FieldChange{{Path: pathPolicy, Before: shownPolicy(o.Policy), After: shownPolicy(*d.ResourcePolicy)}}
}

func samePolicy(a, b spec.Document) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return policy.Equal(a, b)
}

func shownPolicy(doc spec.Document) any {
	if doc == nil {
		return nil
	}
	return doc
}

// govern makes the resource policy what it is to be. That of a secret which was
// pending deletion could not be read before.
func (k *Kind) govern(ctx context.Context, d Desired, o Observed, pending func(string) bool) error {
	if d.ResourcePolicy != nil && pending(pathDeleted) {
		have, err := k.resourcePolicy(ctx, o)
		if err != nil || samePolicy(*d.ResourcePolicy, have) {
			return err
		}
	} else if !pending(pathPolicy) {
		return nil
	}
	return k.putPolicy(ctx, o.ARN, d)
}

// putPolicy never lets a secret become public.
func (k *Kind) putPolicy(ctx context.Context, arn string, d Desired) error {
	if *d.ResourcePolicy == nil {
		_, err := k.api.DeleteResourcePolicy(ctx, &secretsmanager.DeleteResourcePolicyInput{SecretId: &arn})
		return wrap("remove the resource policy of", d.Name, err)
	}
	text, err := policy.Text(*d.ResourcePolicy)
	if err != nil {
		return wrap("write the resource policy of", d.Name, err)
	}
	_, err = k.api.PutResourcePolicy(ctx, &secretsmanager.PutResourcePolicyInput{SecretId: &arn, ResourcePolicy: &text, BlockPublicPolicy: aws.Bool(true)})
	return wrap("put the resource policy of", d.Name, err)
}
