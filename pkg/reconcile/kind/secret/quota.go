package secret

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
)

// AWS keeps about a hundred versions of a secret, removes none that is younger
// than a day, and refuses one more then (AWS: PutSecretValue). The last few are
// left to whoever must write by hand.
const (
	maxYoung = 90
	youngFor = 24 * time.Hour
)

// mayPut refuses a new version where AWS would soon refuse it. The versions are
// counted only where there can be that many: ours are numbered.
func (k *Kind) mayPut(ctx context.Context, o Observed) error {
	if o.lastSequence() < maxYoung && !o.foreign() && len(o.corrections()) == 0 {
		return nil
	}
	young, err := k.youngVersions(ctx, o)
	if err != nil || young < maxYoung {
		return err
	}
	return &resource.Error{Class: resource.Terminal,
		Message: fmt.Sprintf("the secret %q has %d versions of the last 24 hours, and AWS takes about a hundred: no more are written", o.Name, young),
		Hint:    "find out who writes so often, and wait: AWS advises one version every ten minutes at most"}
}

func (k *Kind) youngVersions(ctx context.Context, o Observed) (int, error) {
	pages := secretsmanager.NewListSecretVersionIdsPaginator(k.api, &secretsmanager.ListSecretVersionIdsInput{
		SecretId: &o.ARN, IncludeDeprecated: aws.Bool(true), MaxResults: aws.Int32(pageSize)})
	young, since := 0, k.opts.Now().Add(-youngFor)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, fmt.Errorf("cannot count the versions of the secret %q: %w", o.Name, awsapi.Classify(err))
		}
		for _, v := range page.Versions {
			if aws.ToTime(v.CreatedDate).After(since) {
				young++
			}
		}
	}
	return young, nil
}
