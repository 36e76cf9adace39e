package service

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Type is the kind's name in plans. A service's name there is CLUSTER/SERVICE.
const Type resource.Type = "service"

// Types of the objects that a service looks up, and their outputs.
const (
	secretType         resource.Type = "secret"
	parameterType      resource.Type = "parameter"
	taskDefinitionType resource.Type = "task_definition"

	outputARN     = "arn"
	outputVersion = "version"
	outputWritten = "version_written"
)

// Options tune a Kind. The zero value is ready for use.
type Options struct {
	Parallelism int                                        // calls at once; 0 means 10
	NoWait      bool                                       // do not wait for deployments to complete
	Now         func() time.Time                           // time.Now unless set
	Wait        func(message string)                       // told what is waited for; may be nil
	Sleep       func(context.Context, time.Duration) error // a timer unless set
}

// Kind is the resource kind service. It is safe for concurrent use.
type Kind struct {
	ecs       *ecs.Client
	scheduler *scheduler.Client
	events    *eventbridge.Client
	opts      Options

	mu    sync.Mutex
	fresh map[resource.Key]Observed // what Find has read and Observe has not handed out
}

var (
	_ resource.Kind[Desired, Observed]       = (*Kind)(nil)
	_ resource.Finder[Desired]               = (*Kind)(nil)
	_ resource.Rememberer[Desired, Observed] = (*Kind)(nil)
)

// New makes the kind for cfg's account and region.
func New(cfg aws.Config, opts Options) *Kind {
	if opts.Parallelism <= 0 {
		opts.Parallelism = 10
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait == nil {
		opts.Wait = func(string) {}
	}
	if opts.Sleep == nil {
		opts.Sleep = sleep
	}
	return &Kind{ecs: ecs.NewFromConfig(cfg), scheduler: scheduler.NewFromConfig(cfg), events: eventbridge.NewFromConfig(cfg),
		opts: opts, fresh: map[resource.Key]Observed{}}
}

// Anew is the kind for another plan: what one Find has read is not handed to
// another's Observe.
func (k *Kind) Anew() resource.Kind[Desired, Observed] {
	return &Kind{ecs: k.ecs, scheduler: k.scheduler, events: k.events, opts: k.opts, fresh: map[resource.Key]Observed{}}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Type is service.
func (*Kind) Type() resource.Type { return Type }

// Desired is empty: AWS, not the spec, names the services that run a task.
func (*Kind) Desired(*spec.Deployment) ([]resource.Node[Desired], error) { return nil, nil }

// Outputs are none.
func (*Kind) Outputs(Observed, []resource.FieldChange) resource.Outputs { return nil }

// Standing is always the deployment's own: a service is chosen by the family
// that it runs, and on_secret_change is the leave to deploy it.
func (*Kind) Standing(d Desired, o Observed) resource.Standing {
	return resource.Standing{Owner: d.owner, Refuse: o.refusal(d)}
}

// Keep is d: there is no field to ignore.
func (*Kind) Keep(d Desired, _ Observed, _ []string) Desired { return d }

// Create is for a service that is gone since it was found.
func (*Kind) Create(_ context.Context, key resource.Key, _ Desired) (resource.Outputs, error) {
	return nil, gone(key)
}

// Delete refuses: services are not ours to delete.
func (*Kind) Delete(_ context.Context, key resource.Key, _ Observed) error {
	return resource.Conflictf("", "%s is not deleted: it is not declared here", key)
}

func gone(key resource.Key) error {
	return &resource.Error{Class: resource.NotFound, Message: key.String() + " is gone since it was found", Hint: "plan again"}
}
