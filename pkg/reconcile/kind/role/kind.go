package role

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Type is the kind's name in plans.
const Type resource.Type = "role"

// Options tune a Kind. The zero value is usable.
type Options struct {
	// Parallelism is how many roles are read at once where they have to be
	// read one by one; 0 is one.
	Parallelism int
	// Wait is told what is being waited for; nil tells nobody.
	Wait func(message string)
	// Sleep waits until d has passed or ctx ends; nil uses a timer.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Kind converges the roles of one account.
type Kind struct {
	client *iam.Client
	region string
	opts   Options

	mu sync.Mutex
	// scanned is what Owned has read, for the Observe that follows it.
	scanned *account
	// wanted is what Desired saw last, by the name in lower case.
	wanted map[string]Desired
}

var (
	_ resource.Kind[Desired, Observed]       = (*Kind)(nil)
	_ resource.Pruner                        = (*Kind)(nil)
	_ resource.Rememberer[Desired, Observed] = (*Kind)(nil)
)

// New makes a Kind that reaches IAM through cfg. The config's region is that
// of tasks whose deployment names none.
func New(cfg aws.Config, opts Options) *Kind {
	if opts.Wait == nil {
		opts.Wait = func(string) {}
	}
	if opts.Sleep == nil {
		opts.Sleep = sleep
	}
	return &Kind{client: iam.NewFromConfig(cfg), region: cfg.Region, opts: opts}
}

// Anew is the kind for another plan.
func (k *Kind) Anew() resource.Kind[Desired, Observed] {
	return &Kind{client: k.client, region: k.region, opts: k.opts}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Type is "role".
func (k *Kind) Type() resource.Type { return Type }

// Outputs are the role's "arn", which a replacement may alter.
func (k *Kind) Outputs(o Observed, pending []resource.FieldChange) resource.Outputs {
	for _, f := range pending {
		if f.Replaces {
			return nil
		}
	}
	return outputs(o.ARN)
}

func outputs(arn string) resource.Outputs { return resource.Outputs{"arn": arn} }

// Standing tells drift by the digest that the last complete apply left: while
// the spec still has it, whatever differs has moved in AWS.
func (k *Kind) Standing(d Desired, o Observed) resource.Standing {
	return resource.Standing{
		Owner:  o.Tags[spec.TagOwner],
		Refuse: refusal(d, o),
		Moved:  o.Tags[spec.TagApplied] == d.Tags[spec.TagApplied],

		Suspended: spec.Suspensions(o.Tags),
	}
}

// refusal is why the role must not be touched; "" when it may.
func refusal(d Desired, o Observed) string {
	switch {
	case serviceOwned(o) != "":
		return serviceOwned(o)
	case o.ARN != d.ARN && o.Tags[spec.TagOwner] != d.Tags[spec.TagOwner]:
		return fmt.Sprintf("the account already has the role %s, which is not ours, and IAM takes the two names for one: use another name, or refer to the role as it is", o.ARN)
	default:
		return ""
	}
}

// serviceOwned is why a role that AWS made for itself is not touched; "" for
// any other. (AWS: "Service-linked roles"; IAM Identity Center's are under
// /aws-reserved/.)
func serviceOwned(o Observed) string {
	switch {
	case strings.HasPrefix(o.Path, "/aws-service-role/"):
		return "it is a service-linked role, which only its service may change: set `manage: false`"
	case strings.HasPrefix(o.Path, "/aws-reserved/"):
		return "it belongs to IAM Identity Center, which rewrites it: set `manage: false`"
	default:
		return ""
	}
}

// failed says what was being done to which role when err occurred; nil for nil.
func failed(verb string, key resource.Key, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", verb, key, awsapi.Classify(err))
}
