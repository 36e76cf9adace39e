package role

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/pkg/awsapi"
)

// Tag gives the role tags beside those it is converged to.
func (k *Kind) Tag(ctx context.Context, o Observed, tags map[string]string) error {
	if _, err := k.client.TagRole(ctx, &iam.TagRoleInput{RoleName: &o.Name, Tags: tagList(tags)}); err != nil {
		return fmt.Errorf("tag role %s: %w", o.Name, awsapi.Classify(err))
	}
	return nil
}
