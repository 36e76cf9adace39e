package cli

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/zap"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/daemon/events"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/report"
)

// listen has the daemon look at what events tell of, until ctx ends.
func (a *app) listen(ctx context.Context, others *sync.WaitGroup, d *daemon.Daemon, from string, log *zap.Logger) error {
	if from == "" {
		return nil
	}
	queue, err := events.ParseSource(from)
	if err != nil {
		return &report.UsageError{Message: "--events: " + err.Error()}
	}
	session, err := awsapi.Open(ctx, awsapi.Options{Region: queue.Region, Log: log})
	if err != nil {
		return fmt.Errorf("cannot read events: %w", err)
	}
	session.Gate.Open() // a message that was read is deleted
	reader := events.NewReader(events.Config{Queue: sqs.NewFromConfig(session.Config), URL: queue.URL,
		Take: func(c events.Change) {
			if !c.Failed {
				d.Changed(change(c))
			}
		},
		Report: func(err error) { log.Warn("events", zap.Error(err)) }})
	others.Go(func() { reader.Run(ctx) })
	return nil
}

// change is an event as the daemon takes it. Roles are of no region.
func change(c events.Change) daemon.Change {
	out := daemon.Change{Kind: resource.Type(c.Kind), Name: c.Name, Account: c.Account, Region: c.Region, Who: c.Actor, CallerARN: c.ActorARN, Token: c.Token}
	if c.Kind == events.Role {
		out.Region = ""
	}
	return out
}
