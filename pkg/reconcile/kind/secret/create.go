package secret

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// A forced deletion runs on after AWS has answered, and blocks the name for a
// while. That is waited for, but not for ever.
const (
	createWait  = 2 * time.Minute
	createPause = 5 * time.Second
)

// Create makes the secret with everything it is to have, in one call but for a
// resource policy, of which AWS takes none with it. Where
// its name turns out to be pending deletion, it is restored instead.
func (k *Kind) Create(ctx context.Context, key resource.Key, d Desired) (resource.Outputs, error) {
	d, err := k.withValue(d)
	if err != nil {
		return nil, err
	}
	in, token, err := k.creation(ctx, d)
	if err != nil {
		return nil, err
	}
	deadline := k.opts.Now().Add(createWait)
	for {
		out, err := k.api.CreateSecret(ctx, in)
		switch {
		case err == nil:
			return k.created(ctx, d, token, out)
		case isCode(err, "ResourceExistsException"):
			return nil, appeared(d, err)
		case !isPendingDeletion(err) || k.opts.Now().After(deadline):
			return nil, fail("create", d.Name, d.Value, err)
		}
		o, found, err := k.describe(ctx, d.Name)
		if err != nil || found {
			return k.revive(ctx, key, d, o, err)
		}
		k.opts.Wait(fmt.Sprintf("waiting for AWS to finish deleting the secret %q", d.Name))
		if err := k.opts.Sleep(ctx, createPause); err != nil {
			return nil, fmt.Errorf("stopped waiting for the deletion of the secret %q: %w", d.Name, err)
		}
	}
}

func (k *Kind) creation(ctx context.Context, d Desired) (*secretsmanager.CreateSecretInput, string, error) {
	fp, err := k.fingerprintKey(ctx)
	if err != nil {
		return nil, "", err
	}
	token, err := fp.of(d).token(k.opts.Rand, 1, d.Name, d.Value)
	if err != nil {
		return nil, "", err
	}
	tags := maps.Clone(d.Tags)
	tags[spec.TagApplied] = d.ungoverned().applied("")
	text, binary := d.stored()
	in := &secretsmanager.CreateSecretInput{Name: &d.Name, ClientRequestToken: &token, SecretString: text, SecretBinary: binary,
		Description: notEmpty(d.Description), KmsKeyId: notEmpty(d.KMSKeyID), Tags: sdkTags(tags),
		AddReplicaRegions: added(d.Replicas)}
	return in, token, nil
}

// ungoverned is d as long as its policy is not put.
func (d Desired) ungoverned() Desired {
	d.ResourcePolicy = nil
	return d
}

// fingerprintKey returns the key for writing, made if need be.
func (k *Kind) fingerprintKey(ctx context.Context) (*fingerprintKey, error) {
	s, _ := k.remembered()
	return k.keys.ensure(ctx, k.api, s, k.opts.Rand)
}

// notEmpty leaves out what AWS's defaults say already.
func notEmpty(text *string) *string {
	if text == nil || *text == "" {
		return nil
	}
	return text
}

// created notes the version where it did not get the id it was given, as
// happens with emulators: it then reads as one by somebody else.
func (k *Kind) created(ctx context.Context, d Desired, token string, out *secretsmanager.CreateSecretOutput) (resource.Outputs, error) {
	version, left := aws.ToString(out.VersionId), ""
	if version != "" && version != token {
		left = version
	}
	if d.ResourcePolicy != nil && *d.ResourcePolicy != nil {
		if err := k.putPolicy(ctx, aws.ToString(out.ARN), d); err != nil {
			return nil, err
		}
	}
	if left != "" || d.ResourcePolicy != nil {
		err := k.tag(ctx, d.Name, aws.ToString(out.ARN), map[string]string{spec.TagApplied: d.applied(left)})
		if err != nil {
			return nil, err
		}
	}
	if err := k.awaitReplicas(ctx, d, aws.ToString(out.ARN)); err != nil {
		return nil, err
	}
	if version == "" {
		version = token
	}
	outputs := resource.Outputs{OutputARN: aws.ToString(out.ARN), OutputVersion: version}
	if d.Dated {
		stamp(outputs, k.opts.Now())
	}
	return outputs, nil
}

func appeared(d Desired, err error) error {
	conflict := resource.Conflictf("plan again to see what it is", "the secret %q has come to exist since it was observed", d.Name)
	conflict.Cause = withoutValue(err, d.Value)
	return conflict
}

// revive converges a secret that was found in the way of its creation, if it
// is ours.
func (k *Kind) revive(ctx context.Context, key resource.Key, d Desired, o Observed, err error) (resource.Outputs, error) {
	if err != nil {
		return nil, err
	}
	fp, err := k.fingerprintKey(ctx)
	if err != nil {
		return nil, err
	}
	o.key = fp
	standing := k.Standing(d, o)
	if standing.Owner != d.Owner || standing.Refuse != "" {
		return nil, resource.Conflictf("plan again to see what it is",
			"the name %q is taken by a secret pending deletion that is not ours to restore", d.Name)
	}
	return k.Update(ctx, key, d, o, k.Diff(d, o))
}
