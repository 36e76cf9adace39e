package awsapi

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// limits are AWS's published token buckets, per account and region, that a
// run can reach. A bucket is shared by every operation that names it.
// Sources: "Request throttling for the Amazon ECS API"; "AWS Secrets Manager
// quotas"; "Quotas for Amazon EventBridge Scheduler"; "AWS Systems Manager
// endpoints and quotas", the default throughput.
type limits struct{ buckets map[string]bucket }

// bucket waits for a token, or for the end of ctx.
type bucket interface {
	Wait(ctx context.Context) error
}

func newLimits() *limits {
	register := rate.NewLimiter(1, 20)
	describe := rate.NewLimiter(20, 50)
	put := rate.NewLimiter(50, 50)
	policy := rate.NewLimiter(50, 50)
	list := rate.NewLimiter(100, 100)
	tag := rate.NewLimiter(10, 20)
	services := rate.NewLimiter(20, 100)
	parameters := rate.NewLimiter(40, 40)
	tasks := rate.NewLimiter(20, 100)
	schedules := rate.NewLimiter(50, 50)
	return &limits{map[string]bucket{
		"ecs:RegisterTaskDefinition":                  register,
		"ecs:DeregisterTaskDefinition":                register,
		"ecs:DescribeTaskDefinition":                  describe,
		"ecs:ListTaskDefinitions":                     describe,
		"ecs:ListTaskDefinitionFamilies":              describe,
		"ecs:DescribeServices":                        services,
		"ecs:ListServices":                            services,
		"ecs:DescribeTasks":                           tasks,
		"ecs:ListTasks":                               tasks,
		"scheduler:GetSchedule":                       schedules,
		"scheduler:ListSchedules":                     schedules,
		"ecs:UpdateService":                           rate.NewLimiter(5, 50),
		"ecs:TagResource":                             tag,
		"ecs:UntagResource":                           tag,
		"ecs:ListTagsForResource":                     rate.NewLimiter(20, 50),
		"secretsmanager:PutSecretValue":               put,
		"secretsmanager:UpdateSecret":                 put,
		"secretsmanager:UpdateSecretVersionStage":     put,
		"secretsmanager:TagResource":                  rate.NewLimiter(50, 50),
		"secretsmanager:ReplicateSecretToRegions":     put,
		"secretsmanager:RemoveRegionsFromReplication": put,
		"secretsmanager:GetResourcePolicy":            policy,
		"secretsmanager:PutResourcePolicy":            policy,
		"secretsmanager:DeleteResourcePolicy":         policy,
		"secretsmanager:RestoreSecret":                rate.NewLimiter(50, 50),
		"secretsmanager:ListSecrets":                  list,
		"secretsmanager:BatchGetSecretValue":          list,
		"ssm:GetParameter":                            parameters,
		"ssm:GetParameters":                           parameters,
	}}
}

// Limiters are the limits that the sessions of a process share: AWS counts by
// account and region, whoever calls.
type Limiters struct {
	mu sync.Mutex
	of map[place]*limits
}

// place is an account in a region.
type place struct{ account, region string }

// NewLimiters starts with full buckets.
func NewLimiters() *Limiters { return &Limiters{of: map[place]*limits{}} }

// at are the limits of one account and region.
func (l *Limiters) at(account, region string) *limits {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := place{account, region}
	if l.of[p] == nil {
		l.of[p] = newLimits()
	}
	return l.of[p]
}

// keeping is what a session keeps to: limits of its own until it knows its
// account, and then those that it shares. Nothing with a bucket is called before.
type keeping struct {
	shared *Limiters // nil for none
	now    atomic.Pointer[limits]
}

func newKeeping(shared *Limiters) *keeping {
	k := &keeping{shared: shared}
	k.now.Store(newLimits())
	return k
}

// joins notes the account; nothing is shared, nor kept to, with nil.
func (k *keeping) joins(account, region string) {
	if k != nil && k.shared != nil {
		k.now.Store(k.shared.at(account, region))
	}
}

func (k *keeping) register(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("KeepLimits",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			if bucket, ok := k.now.Load().buckets[operation(ctx)]; ok {
				if err := bucket.Wait(ctx); err != nil {
					return middleware.DeserializeOutput{}, middleware.Metadata{}, fmt.Errorf("waiting to keep within AWS's rate limit: %w", err)
				}
			}
			return next.HandleDeserialize(ctx, in)
		}), middleware.Before)
}
