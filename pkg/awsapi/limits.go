package awsapi

import (
	"context"

	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// limits are AWS's published token buckets, per account and region, that a
// run can reach. A bucket is shared by every operation that names it.
// Sources: "Request throttling for the Amazon ECS API"; "AWS Secrets Manager
// quotas".
type limits struct{ buckets map[string]*rate.Limiter }

func newLimits() *limits {
	register := rate.NewLimiter(1, 20)
	describe := rate.NewLimiter(20, 50)
	put := rate.NewLimiter(50, 50)
	list := rate.NewLimiter(100, 100)
	return &limits{map[string]*rate.Limiter{
		"ecs:RegisterTaskDefinition":              register,
		"ecs:DeregisterTaskDefinition":            register,
		"ecs:DescribeTaskDefinition":              describe,
		"ecs:ListTaskDefinitions":                 describe,
		"ecs:ListTaskDefinitionFamilies":          describe,
		"ecs:TagResource":                         rate.NewLimiter(10, 20),
		"ecs:ListTagsForResource":                 rate.NewLimiter(20, 50),
		"secretsmanager:PutSecretValue":           put,
		"secretsmanager:UpdateSecret":             put,
		"secretsmanager:UpdateSecretVersionStage": put,
		"secretsmanager:TagResource":              rate.NewLimiter(50, 50),
		"secretsmanager:RestoreSecret":            rate.NewLimiter(50, 50),
		"secretsmanager:ListSecrets":              list,
		"secretsmanager:BatchGetSecretValue":      list,
	}}
}

func (l *limits) register(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("KeepLimits",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			if bucket := l.buckets[operation(ctx)]; bucket != nil {
				if err := bucket.Wait(ctx); err != nil {
					return middleware.DeserializeOutput{}, middleware.Metadata{}, err
				}
			}
			return next.HandleDeserialize(ctx, in)
		}), middleware.Before)
}
