package secret

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Update makes the changes good, in an order that is safe to be cut off
// anywhere: restore, description and key, value, policy, replicas, tags.
// The applied tag is written last, so that it never tells of what was not done;
// only then are the replicas waited for.
func (k *Kind) Update(ctx context.Context, _ resource.Key, d Desired, o Observed, changes []resource.FieldChange) (resource.Outputs, error) {
	pending := func(path string) bool {
		return slices.ContainsFunc(changes, func(c resource.FieldChange) bool { return c.Path == path })
	}
	if pending(pathDeleted) {
		if err := k.restore(ctx, o); err != nil {
			return nil, err
		}
	}
	if err := k.describeAnew(ctx, d, o, pending); err != nil {
		return nil, afterRestore(err, pending)
	}
	if pending(pathKMSKey) {
		o = o.withoutLeftover()
	}
	version, written := o.current(), o.written
	if pending(pathValue) {
		var err error
		if version, err = k.write(ctx, d, o); err != nil {
			return nil, afterRestore(err, pending)
		}
		written = k.opts.Now()
	}
	if err := k.around(ctx, d, o, pending); err != nil {
		return nil, afterRestore(err, pending)
	}
	if replicating(d, pending) {
		if err := k.awaitReplicas(ctx, d, o.ARN); err != nil {
			return nil, err
		}
	}
	out := resource.Outputs{OutputARN: o.ARN, OutputVersion: version}
	if d.Dated {
		stamp(out, written)
	}
	return out, nil
}

// around sets what is around the value: policy, replicas, tags.
func (k *Kind) around(ctx context.Context, d Desired, o Observed, pending func(string) bool) error {
	if err := k.govern(ctx, d, o, pending); err != nil {
		return err
	}
	if err := k.replicate(ctx, d, o, pending); err != nil {
		return err
	}
	tags := tagsToWrite(d, o, pending)
	if o.Tags[spec.TagOwner] == d.Owner && moved(d, o) {
		tags[spec.TagCorrections] = o.correctedAt(k.opts.Now())
	}
	return k.tag(ctx, o.Name, o.ARN, tags)
}

// withoutLeftover forgets a version that was staged and is not current: the
// key that encrypts it may be the former one.
func (o Observed) withoutLeftover() Observed {
	stages := map[string][]string{}
	for id, labels := range o.Stages {
		stages[id] = slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == labelNewest && id != o.current() })
	}
	o.Stages = stages
	return o
}

func (k *Kind) restore(ctx context.Context, o Observed) error {
	_, err := k.api.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: &o.ARN})
	return wrap("restore", o.Name, err)
}

// afterRestore makes a refusal that only says "still being deleted" one to be
// tried again: a restoration takes a moment to be seen everywhere.
func afterRestore(err error, pending func(string) bool) error {
	if pending(pathDeleted) && isPendingDeletion(err) {
		return &resource.Error{Class: resource.Retryable, Message: "the restored secret is not yet usable", Cause: err}
	}
	return err
}

// describeAnew sets description and key, naming only what changes: without a
// value, UpdateSecret makes no version.
func (k *Kind) describeAnew(ctx context.Context, d Desired, o Observed, pending func(string) bool) error {
	in := &secretsmanager.UpdateSecretInput{SecretId: &o.ARN}
	if pending(pathDescription) {
		in.Description = d.Description
	}
	if pending(pathKMSKey) {
		in.KmsKeyId = named(d.KMSKeyID)
	}
	if in.Description == nil && in.KmsKeyId == nil {
		return nil
	}
	_, err := k.api.UpdateSecret(ctx, in)
	return wrap("update", o.Name, err)
}

// named spells out AWS's own key, which an empty text stands for.
func named(key *string) *string {
	if *key == "" {
		return aws.String(defaultKMSAlias)
	}
	return key
}

// tagsToWrite are the tags that differ, and the applied tag where it would no
// longer be true.
func tagsToWrite(d Desired, o Observed, pending func(string) bool) map[string]string {
	tags := maps.Clone(d.Tags)
	maps.DeleteFunc(tags, func(key, _ string) bool { return !pending(tagPath(key)) })
	if want := appliedAfter(d, o); o.Tags[spec.TagApplied] != want {
		tags[spec.TagApplied] = want
	}
	return tags
}

func (k *Kind) tag(ctx context.Context, name, arn string, tags map[string]string) error {
	if len(tags) == 0 {
		return nil
	}
	_, err := k.api.TagResource(ctx, &secretsmanager.TagResourceInput{SecretId: &arn, Tags: sdkTags(tags)})
	return wrap("tag "+strings.Join(sortedKeys(tags), ", ")+" of", name, err)
}
