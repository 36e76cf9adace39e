package awsapi

import (
	"context"
	"fmt"
	"sync"

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

		"dynamodb:Query": true,

		"ssm:DescribeParameters":  true,
		"ssm:GetParameter":        true,
		"ssm:GetParameterHistory": true,
		"ssm:GetParameters":       true,
		"ssm:ListTagsForResource": true,

		"s3:GetObject":     true,
		"s3:ListObjectsV2": true,

		"tag:GetResources": true,
	}
}

// Gate stands between a session and AWS. Closed, as it is at first, it refuses
// every operation that is not a read; the SDK then sends nothing. Each Open asks
// for a Close: the gate shuts with the last.
type Gate struct {
	mu    sync.Mutex
	opens int
	fence func() error // nil without one
}

// Open lets writes through.
func (g *Gate) Open() { g.count(1) }

// Close takes one Open back.
func (g *Gate) Close() { g.count(-1) }

func (g *Gate) count(by int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opens = max(g.opens+by, 0)
}

// Fence has ask decide, in front of each attempt of every write, whether this
// process still may: an error, which must hold no secret, refuses the write. It
// is called by several goroutines at once. Nil takes the fence away.
func (g *Gate) Fence(ask func() error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fence = ask
}

// refusal is why an operation may not be sent now; nil when it may.
func (g *Gate) refusal(operation string) error {
	g.mu.Lock()
	opens, fence := g.opens, g.fence
	g.mu.Unlock()
	if opens == 0 {
		return &WriteRefusedError{Operation: operation}
	}
	if fence == nil {
		return nil
	}
	if err := fence(); err != nil {
		return &WriteRefusedError{Operation: operation, Cause: err}
	}
	return nil
}

// register puts the gate in front of all else.
func (g *Gate) register(stack *middleware.Stack) error {
	allowed := reads()
	refuse := middleware.InitializeMiddlewareFunc("RefuseWrites",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if op := operation(ctx); !allowed[op] {
				if err := g.refusal(op); err != nil {
					return middleware.InitializeOutput{}, middleware.Metadata{}, err
				}
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

// registerLast asks once more in front of each attempt, after whatever it
// waited for: the gate may have shut, or the fence closed, since the first one.
func (g *Gate) registerLast(stack *middleware.Stack) error {
	allowed := reads()
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("RefuseAttempts",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			if op := operation(ctx); !allowed[op] {
				if err := g.refusal(op); err != nil {
					return middleware.DeserializeOutput{}, middleware.Metadata{}, err
				}
			}
			return next.HandleDeserialize(ctx, in)
		}), middleware.Before)
}

// WriteRefusedError is what a session answers to a write that its gate does not
// let through.
type WriteRefusedError struct {
	Operation string
	Cause     error // the fence's; nil when the gate was closed
}

// Error names the operation, and the fence's reason.
func (e *WriteRefusedError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s is not sent: %v", e.Operation, e.Cause)
	}
	return fmt.Sprintf("a plan may not send %s: it only reads", e.Operation)
}

// Unwrap is the fence's reason.
func (e *WriteRefusedError) Unwrap() error { return e.Cause }
