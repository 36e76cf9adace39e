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
		"ecs:DescribeTasks":              true,
		"ecs:ListClusters":               true,
		"ecs:ListServices":               true,
		"ecs:ListTagsForResource":        true,
		"ecs:ListTaskDefinitionFamilies": true,
		"ecs:ListTaskDefinitions":        true,
		"ecs:ListTasks":                  true,

		"events:ListRuleNamesByTarget": true,
		"events:ListTargetsByRule":     true,

		"scheduler:GetSchedule":   true,
		"scheduler:ListSchedules": true,

		"ssm:GetParameter": true,
		"s3:GetObject":     true,

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
	refuse := middleware.InitializeMiddlewareFunc("RefuseWrites",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if op := operation(ctx); !g.open.Load() && !allowed[op] {
				return middleware.InitializeOutput{}, middleware.Metadata{},
					&WriteRefusedError{Operation: op}
			}
			return next.HandleInitialize(ctx, in)
		})
	// In front of all else, but for what names the operation: most clients do
	// before the stack is entered, some in its first step. Should one ever do
	// neither, there is no name on the list.
	if _, named := stack.Initialize.Get(namesOperation); named {
		return stack.Initialize.Insert(refuse, namesOperation, middleware.After)
	}
	return stack.Initialize.Add(refuse, middleware.Before)
}

// namesOperation is the step of the SDK by which some clients name the operation.
const namesOperation = "RegisterServiceMetadata"

// WriteRefusedError is what a read-only session answers to a write.
type WriteRefusedError struct{ Operation string }

// Error names the operation.
func (e *WriteRefusedError) Error() string {
	return fmt.Sprintf("a plan may not send %s: it only reads", e.Operation)
}
