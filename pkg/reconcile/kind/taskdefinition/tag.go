package taskdefinition

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/awsapi"
)

// Tag gives the observed revision tags beside those it is converged to. Later
// revisions do not have them.
func (k *Kind) Tag(ctx context.Context, o Observed, tags map[string]string) error {
	if _, err := k.ecs.TagResource(ctx, &ecs.TagResourceInput{ResourceArn: &o.arn, Tags: tagList(tags)}); err != nil {
		return fmt.Errorf("tag task definition %s:%d: %w", o.family, o.revision, awsapi.Classify(err))
	}
	return nil
}
