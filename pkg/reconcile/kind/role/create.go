package role

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Create makes the role with all that one call can carry, the owner tag first
// of all, and then its policies. The digest goes into that call only when
// nothing is left to do after it.
func (k *Kind) Create(ctx context.Context, key resource.Key, d Desired) (resource.Outputs, error) {
	born := d.bornWith(without(d.Tags, spec.TagApplied))
	if len(k.Diff(d, born)) == 1 { // the digest alone
		born = d.bornWith(d.Tags)
	}
	in, err := createInput(d, born.Tags)
	if err != nil {
		return nil, failed("create", key, err)
	}
	err = k.settle(ctx, d.Name, trustLag, func() error {
		_, err := k.client.CreateRole(ctx, in)
		return err
	})
	var exists *types.EntityAlreadyExistsException
	if errors.As(err, &exists) {
		return k.resume(ctx, key, d)
	}
	if err != nil {
		return nil, failed("create", key, err)
	}
	return k.write(ctx, key, writer{verb: "create", desired: d, observed: born, passing: newRoleLag})
}

// bornWith is the role as CreateRole leaves it.
func (d Desired) bornWith(tags map[string]string) Observed {
	o := Observed{ARN: d.ARN, Path: d.Path, Name: d.Name, Trust: d.Trust, MaxSession: defaultMaxSession, Tags: tags}
	if d.Description != nil {
		o.Description = *d.Description
	}
	if d.MaxSession != nil {
		o.MaxSession = *d.MaxSession
	}
	if d.Boundary != nil {
		o.Boundary = *d.Boundary
	}
	return o
}

func createInput(d Desired, tags map[string]string) (*iam.CreateRoleInput, error) {
	trust, err := policy.Text(d.Trust)
	if err != nil {
		return nil, err
	}
	in := &iam.CreateRoleInput{
		RoleName: &d.Name, Path: &d.Path, AssumeRolePolicyDocument: &trust,
		MaxSessionDuration: d.MaxSession, Tags: tagList(tags),
	}
	if d.Description != nil && *d.Description != "" {
		in.Description = d.Description
	}
	if d.Boundary != nil && *d.Boundary != "" {
		in.PermissionsBoundary = d.Boundary
	}
	return in, nil
}

// resume goes on with a role that turned out to exist: the answer to our own
// CreateRole may have been lost. Anybody else's is a conflict.
func (k *Kind) resume(ctx context.Context, key resource.Key, d Desired) (resource.Outputs, error) {
	o, exists, err := k.readOne(ctx, d.Name)
	if err != nil {
		return nil, err
	}
	if !exists || o.ARN != d.ARN || o.Tags[spec.TagOwner] != d.Tags[spec.TagOwner] {
		return nil, resource.Conflictf("plan again to see what it is now", "create %s: a role of this name has come to exist meanwhile, and it is not ours", key)
	}
	return k.write(ctx, key, writer{verb: "create", desired: d, observed: o, passing: newRoleLag})
}

func without(tags map[string]string, key string) map[string]string {
	out := maps.Clone(tags)
	delete(out, key)
	return out
}

func tagList(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key]
		out = append(out, types.Tag{Key: &key, Value: &value})
	}
	return out
}
