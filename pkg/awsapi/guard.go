package awsapi

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/aws/smithy-go/middleware"
)

// reads is every operation that a plan may send. An operation that is not
// here is a write, whatever its name.
func reads() map[string]bool {
	return map[string]bool{
		"sts:GetCallerIdentity": true,
		"sts:AssumeRole":        true,

		"secretsmanager:ListSecrets":          true,
		"secretsmanager:DescribeSecret":       true,
		"secretsmanager:GetSecretValue":       true,
		"secretsmanager:BatchGetSecretValue":  true,
		"secretsmanager:ListSecretVersionIds": true,
		"secretsmanager:GetResourcePolicy":    true,

		"iam:GetAccountAuthorizationDetails": true,
		"iam:GetRole":                        true,
		"iam:GetRolePolicy":                  true,
		"iam:ListAttachedRolePolicies":       true,
		"iam:ListInstanceProfilesForRole":    true,
		"iam:ListRolePolicies":               true,
		"iam:ListRoles":                      true,
		"iam:ListRoleTags":                   true,

		"ecs:DescribeServices":           true,
		"ecs:DescribeTaskDefinition":     true,
		"ecs:ListClusters":               true,
		"ecs:ListServices":               true,
		"ecs:ListTagsForResource":        true,
		"ecs:ListTaskDefinitionFamilies": true,
		"ecs:ListTaskDefinitions":        true,

		"ssm:DescribeParameters":  true,
		"ssm:GetParameter":        true,
		"ssm:GetParameterHistory": true,
		"ssm:GetParameters":       true,
		"ssm:ListTagsForResource": true,

		"s3:GetObject": true,

		"tag:GetResources": true,
	}
}

// Gate stands between a session and AWS. Closed, as it is at first, it refuses
// every operation that is not a read; the SDK then sends nothing.
type Gate struct{ open atomic.Bool }

// Open lets writes through.
func (g *Gate) Open() { g.open.Store(true) }

// Close refuses writes again.
func (g *Gate) Close() { g.open.Store(false) }

func (g *Gate) register(stack *middleware.Stack) error {
	allowed := reads()
	// In front of all else. The context names the operation before the stack is
	// entered; should an SDK ever not, there is no name on the list.
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("RefuseWrites",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if op := operation(ctx); !g.open.Load() && !allowed[op] {
				return middleware.InitializeOutput{}, middleware.Metadata{},
					&WriteRefusedError{Operation: op}
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.Before)
}

// WriteRefusedError is what a read-only session answers to a write.
type WriteRefusedError struct{ Operation string }

// Error names the operation.
func (e *WriteRefusedError) Error() string {
	return fmt.Sprintf("a plan may not send %s: it only reads", e.Operation)
}
