package taskdefinition

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Type is the kind's name in plans.
const Type resource.Type = "task_definition"

// Types of the objects that a task definition looks up, and the output.
const (
	secretType    resource.Type = "secret"
	parameterType resource.Type = "parameter"
	roleType      resource.Type = "role"
	outputARN                   = "arn"
)

// defaultParallelism is how many families are read at once; far below the
// burst of 50 that ECS allows.
const defaultParallelism = 10

// Options tune a Kind. The zero value is ready for use.
type Options struct {
	Parallelism int                                        // families read at once; 0 means 10
	Wait        func(message string)                       // told why a registration waits; may be nil
	Sleep       func(context.Context, time.Duration) error // nil means to wait in real time
}

// Kind is the resource kind task_definition. It is safe for concurrent use.
//
// Its outputs are "arn" and "revision" of the newest revision.
type Kind struct {
	ecs     *ecs.Client
	tagging *resourcegroupstaggingapi.Client
	options Options
	rules   *node
	memory  *memory // shared with Anew's

	mu       sync.Mutex
	declared map[string]family // what Desired saw last, by family
}

var (
	_ resource.Kind[Desired, Observed]       = (*Kind)(nil)
	_ resource.Pruner                        = (*Kind)(nil)
	_ resource.Rememberer[Desired, Observed] = (*Kind)(nil)
)

// New makes the kind for cfg's account and region.
func New(cfg aws.Config, options Options) *Kind {
	if options.Parallelism <= 0 {
		options.Parallelism = defaultParallelism
	}
	if options.Wait == nil {
		options.Wait = func(string) {}
	}
	if options.Sleep == nil {
		options.Sleep = sleep
	}
	return &Kind{
		ecs:     ecs.NewFromConfig(cfg),
		tagging: resourcegroupstaggingapi.NewFromConfig(cfg),
		options: options,
		rules:   rules(),
		memory:  newMemory(),
	}
}

// Anew is the kind for another plan. It shares what was read of revisions.
func (k *Kind) Anew() resource.Kind[Desired, Observed] {
	return &Kind{ecs: k.ecs, tagging: k.tagging, options: k.options, rules: k.rules, memory: k.memory}
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

// Type is task_definition.
func (*Kind) Type() resource.Type { return Type }

// Outputs are the newest revision's, none while another is to be registered.
// Tags are changed in place and leave them as they are.
func (*Kind) Outputs(o Observed, pending []resource.FieldChange) resource.Outputs {
	if !onlyTags(pending) {
		return resource.Outputs{}
	}
	return o.outputs()
}

// Standing tells drift from a changed spec by the digest that our last
// registration put into a tag. When the spec still has that digest, or the tag
// was taken off a revision of ours, whatever differs was changed behind our
// back. Values from a vault are not in it, so a
// difference in those alone counts as a change of the spec.
func (k *Kind) Standing(d Desired, o Observed) resource.Standing {
	s := resource.Standing{Owner: o.owner, Suspended: spec.Suspensions(o.tags)}
	changes := k.Diff(d, o)
	s.Moved = o.owner != o.tags[spec.TagOwner] || o.lostApplied() || (showsAny(changes) && o.tags[spec.TagApplied] == k.digest(d))
	if s.Moved && !onlyTags(changes) {
		s.Note = o.history()
	}
	return s
}

// showsAny tells whether a change is of a value that the digest covers.
func showsAny(changes []resource.FieldChange) bool {
	return slices.ContainsFunc(changes, func(c resource.FieldChange) bool { return !c.Sensitive })
}
