package role

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Update writes what differs and nothing else.
func (k *Kind) Update(ctx context.Context, key resource.Key, d Desired, o Observed, changes []resource.FieldChange) (resource.Outputs, error) {
	return k.write(ctx, key, writer{verb: "update", desired: d, observed: o, passing: concurrent, changes: changes})
}

// write carries out the changes, or for nil all that differ. The owner tag
// goes first, so that a run that is cut off leaves no unowned half; a boundary
// goes before permissions, so that they are never wider than it; the digest
// goes last, so that a run that is cut off is gone on with.
func (k *Kind) write(ctx context.Context, key resource.Key, w writer) (resource.Outputs, error) {
	w.kind = k
	if w.changes == nil {
		w.changes = k.Diff(w.desired, w.observed)
	}
	for _, step := range []func(context.Context) error{w.tags, w.boundary, w.trust, w.settings, w.permissions, w.digest} {
		if err := step(ctx); err != nil {
			return nil, failed(w.verb, key, err)
		}
	}
	return outputs(w.desired.ARN), nil
}

// writer converges one existing role.
type writer struct {
	kind     *Kind
	verb     string // of what it is part of
	desired  Desired
	observed Observed
	passing  lag // what is waited out
	changes  []resource.FieldChange
}

func (w writer) call(ctx context.Context, what string, call func() error) error {
	if err := w.kind.settle(ctx, w.desired.Name, w.passing, call); err != nil {
		return fmt.Errorf("%s: %w", what, awsapi.Classify(err))
	}
	return nil
}

// has tells whether the field, or one beneath it, is to change.
func (w writer) has(field string) bool {
	for _, f := range w.changes {
		if f.Path == field || strings.HasPrefix(f.Path, field+"/") {
			return true
		}
	}
	return false
}

func (w writer) boundary(ctx context.Context) error {
	if !w.has(pathBoundary) {
		return nil
	}
	if *w.desired.Boundary == "" {
		return w.call(ctx, "remove the permissions boundary", func() error {
			_, err := w.kind.client.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &w.desired.Name})
			return unlessGone(err)
		})
	}
	return w.call(ctx, "set the permissions boundary", func() error {
		_, err := w.kind.client.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
			RoleName: &w.desired.Name, PermissionsBoundary: w.desired.Boundary})
		return err
	})
}

func (w writer) trust(ctx context.Context) error {
	if !w.has(pathTrust) {
		return nil
	}
	text, err := policy.Text(w.desired.Trust)
	if err != nil {
		return err
	}
	own := w.passing
	w.passing = func(err error) bool { return own(err) || trustLag(err) }
	return w.call(ctx, "set the trust policy", func() error {
		_, err := w.kind.client.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &w.desired.Name, PolicyDocument: &text})
		return err
	})
}

// settings sends both fields of UpdateRole, whichever differs: a session
// duration that is left out is reset to an hour.
func (w writer) settings(ctx context.Context) error {
	if !w.has(pathDescription) && !w.has(pathMaxSession) {
		return nil
	}
	in := &iam.UpdateRoleInput{RoleName: &w.desired.Name, Description: w.desired.Description, MaxSessionDuration: w.desired.MaxSession}
	if in.Description == nil {
		in.Description = &w.observed.Description
	}
	if in.MaxSessionDuration == nil {
		in.MaxSessionDuration = &w.observed.MaxSession
	}
	return w.call(ctx, "set the description and the session duration", func() error {
		_, err := w.kind.client.UpdateRole(ctx, in)
		return err
	})
}

// tags writes all tags that differ but the digest, unless nothing else does.
func (w writer) tags(ctx context.Context) error {
	wanted := map[string]string{}
	rest := 0
	for _, f := range w.changes {
		key, isTag := beneath(pathTags, f.Path)
		switch {
		case !isTag:
			rest++
		case key != spec.TagApplied:
			wanted[key] = w.desired.Tags[key]
		}
	}
	if rest == 0 && w.has(pointer(pathTags, spec.TagApplied)) {
		wanted[spec.TagApplied] = w.desired.Tags[spec.TagApplied]
	}
	return w.tag(ctx, wanted)
}

// digest records that all is written, if tags has not.
func (w writer) digest(ctx context.Context) error {
	for _, f := range w.changes {
		if _, isTag := beneath(pathTags, f.Path); !isTag && w.has(pointer(pathTags, spec.TagApplied)) {
			return w.tag(ctx, map[string]string{spec.TagApplied: w.desired.Tags[spec.TagApplied]})
		}
	}
	return nil
}

func (w writer) tag(ctx context.Context, tags map[string]string) error {
	if len(tags) == 0 {
		return nil
	}
	return w.call(ctx, "set the tags", func() error {
		_, err := w.kind.client.TagRole(ctx, &iam.TagRoleInput{RoleName: &w.desired.Name, Tags: tagList(tags)})
		return err
	})
}
