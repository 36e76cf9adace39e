package secret

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// batchSize is the most values that BatchGetSecretValue returns at once.
const batchSize = 20

// readValues reads the values that somebody else put, twenty a call.
func (v *view) readValues(ctx context.Context) error {
	byARN := map[string]string{}
	var arns []string
	for _, name := range sortedKeys(v.seen) {
		if o := v.seen[name]; v.needsValue(o) {
			byARN[o.ARN] = name
			arns = append(arns, o.ARN)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(v.opts.Parallelism)
	for batch := range slices.Chunk(arns, batchSize) {
		group.Go(func() error { return v.readBatch(ctx, batch, byARN) })
	}
	return group.Wait()
}

// needsValue tells whether only the value itself can tell if it differs, and
// whether that matters.
func (v *view) needsValue(o Observed) bool {
	d, wanted := v.wanted[o.Name]
	owner := o.Tags[spec.TagOwner]
	return wanted && !d.CreateOnly && o.Deleted.IsZero() && o.foreign() && o.valueOf != o.current() &&
		o.unreadable == "" && refusal(d, o) == "" && (owner == "" || owner == v.scope.owner)
}

func (v *view) readBatch(ctx context.Context, arns []string, byARN map[string]string) error {
	out, err := v.api.BatchGetSecretValue(ctx, &secretsmanager.BatchGetSecretValueInput{SecretIdList: arns})
	if err != nil {
		return fmt.Errorf("cannot read secret values that somebody else put: %w", withoutValue(err, spec.Secret{}))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, entry := range out.SecretValues {
		name := byARN[aws.ToString(entry.ARN)]
		o := v.seen[name]
		o.value, o.binary = valueOf(entry)
		o.valueOf = aws.ToString(entry.VersionId)
		v.seen[name] = o
	}
	for _, failure := range out.Errors {
		if err := v.unread(failure, byARN); err != nil {
			return err
		}
	}
	return nil
}

func valueOf(entry types.SecretValueEntry) (value spec.Secret, binary bool) {
	if entry.SecretString == nil {
		return spec.NewSecret(string(entry.SecretBinary)), true
	}
	return spec.NewSecret(*entry.SecretString), false
}

// unread notes why one value could not be read. What cannot pass by itself
// concerns that secret alone; anything else fails the observation.
func (v *view) unread(failure types.APIErrorType, byARN map[string]string) error {
	name := byARN[aws.ToString(failure.SecretId)]
	code := aws.ToString(failure.ErrorCode)
	switch code {
	case "ResourceNotFoundException": // gone, or without a value: the description will tell
		return nil
	case "AccessDeniedException", "DecryptionFailure", "InvalidRequestException":
		o := v.seen[name]
		o.unreadable = code
		v.seen[name] = o
		return nil
	default:
		said := aws.ToString(failure.Message)
		if !awsapi.Showable(said, "") {
			said = "(AWS's words are withheld: they may quote a value)"
		}
		return &resource.Error{Class: resource.Retryable,
			Message: fmt.Sprintf("cannot read the value of the secret %q: %s: %s", name, code, said)}
	}
}
