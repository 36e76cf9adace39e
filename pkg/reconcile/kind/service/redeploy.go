package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
)

// A deployment is looked at every interval. One that ECS neither completes nor
// gives up within patience has no circuit breaker and may go on for days.
const (
	interval = 6 * time.Second
	patience = 20 * time.Minute
)

// Update asks for a new deployment of what the service runs, and waits until
// that very one has completed.
func (k *Kind) Update(ctx context.Context, key resource.Key, d Desired, o Observed, _ []resource.FieldChange) (resource.Outputs, error) {
	if err := k.settle(ctx, d); err != nil {
		return nil, err
	}
	id, err := k.force(ctx, key, o)
	if err != nil || k.opts.NoWait {
		return nil, err
	}
	k.opts.Wait(fmt.Sprintf("%s deploys (%s)", key, id))
	for waited := time.Duration(0); waited < patience; waited += interval {
		done, err := k.completed(ctx, key, o, id)
		if done || err != nil {
			return nil, err
		}
		if err := k.opts.Sleep(ctx, interval); err != nil {
			return nil, fmt.Errorf("waiting for the deployment %s of %s, which goes on: %w", id, key, err)
		}
	}
	return nil, &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("the deployment %s of %s has not completed in %s and goes on", id, key, patience),
		Hint: "look at the service's events; a deployment circuit breaker ends a deployment whose tasks do not start"}
}

// settle waits until a value that was just written is old enough for every
// task to get it, and for the deployment to be told from those before.
func (k *Kind) settle(ctx context.Context, d Desired) error {
	pause := min(margin, d.youngest().Add(margin).Sub(k.opts.Now()))
	if pause <= 0 {
		return nil
	}
	return k.opts.Sleep(ctx, pause)
}

// attempts bound how often a deployment is asked for, with pauses that double
// from the first one.
const (
	attempts   = 6
	firstPause = time.Second
)

// force asks for a deployment and returns its id. UpdateService has no
// idempotency token, so it is sent again only where the last one did nothing:
// each request that took effect would make a deployment of its own.
func (k *Kind) force(ctx context.Context, key resource.Key, o Observed) (string, error) {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		id, err := k.forceOnce(ctx, key, o)
		class := resource.ClassOf(err)
		if err == nil || attempt == attempts || class != resource.Retryable && class != resource.Throttled {
			return id, err
		}
		if sleepErr := k.opts.Sleep(ctx, pause); sleepErr != nil {
			return "", fmt.Errorf("%w (while waiting to try again: %w)", sleepErr, err)
		}
		pause *= 2
	}
}

// forceOnce sends one request. When its answer was lost, the deployment that has
// appeared is the one.
func (k *Kind) forceOnce(ctx context.Context, key resource.Key, o Observed) (string, error) {
	out, err := k.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{Cluster: &o.cluster, Service: &o.name, ForceNewDeployment: true}, once)
	if err != nil {
		return k.lost(ctx, o, fmt.Errorf("deploy %s anew: %w", key, awsapi.Classify(err)))
	}
	p := primary(out.Service.Deployments)
	if p == nil || aws.ToString(p.Id) == o.deployment {
		return "", &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("deploy %s anew: ECS has started no deployment", key)}
	}
	return aws.ToString(p.Id), nil
}

// once turns off the SDK's retries, which cannot tell a lost answer from none.
func once(o *ecs.Options) { o.Retryer = aws.NopRetryer{} }

// lost is the deployment that a request which failed has made all the same, or
// its error. Not being able to look is no reason to ask again.
func (k *Kind) lost(ctx context.Context, o Observed, failure error) (string, error) {
	if resource.ClassOf(failure) != resource.Retryable {
		return "", failure
	}
	now, err := k.batch(ctx, o.cluster, []string{o.name})
	if err != nil || len(now) == 0 {
		return "", &resource.Error{Class: resource.Terminal, Message: "it is not known whether a deployment was started; plan again to see", Cause: failure}
	}
	if p := primary(now[0].Deployments); p != nil && aws.ToString(p.Id) != o.deployment {
		return aws.ToString(p.Id), nil
	}
	return "", failure
}

// completed tells whether a deployment has, an error that it never will. A
// passing failure to look says neither.
func (k *Kind) completed(ctx context.Context, key resource.Key, o Observed, id string) (bool, error) {
	services, err := k.batch(ctx, o.cluster, []string{o.name})
	if class := resource.ClassOf(err); err != nil && class != resource.Retryable && class != resource.Throttled {
		return false, err
	}
	if err != nil {
		return false, nil //nolint:nilerr // it is looked at again
	}
	if len(services) == 0 {
		return false, gone(key)
	}
	i := slices.IndexFunc(services[0].Deployments, func(d types.Deployment) bool { return aws.ToString(d.Id) == id })
	if i < 0 {
		return false, failed(key, id, "is gone: it was rolled back, or another one took its place")
	}
	return outcome(key, services[0].Deployments, services[0].Deployments[i])
}

// outcome of one of a service's deployments.
func outcome(key resource.Key, all []types.Deployment, d types.Deployment) (bool, error) {
	id := aws.ToString(d.Id)
	switch {
	case d.RolloutState == types.DeploymentRolloutStateFailed:
		return false, failed(key, id, "failed: "+aws.ToString(d.RolloutStateReason))
	case aws.ToString(d.Status) != statusPrimary:
		return false, failed(key, id, "is in force no longer: it was rolled back, or another one took its place")
	case d.RolloutState == types.DeploymentRolloutStateCompleted:
		return true, nil
	case d.RolloutState == "": // where a service does not tell it
		return len(all) == 1 && d.RunningCount == d.DesiredCount, nil
	default:
		return false, nil
	}
}

func failed(key resource.Key, id, how string) error {
	return &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("the deployment %s of %s %s", id, key, how),
		Hint: "look at the service's events and its tasks' stopped reasons"}
}
