package awsapi

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"ecs-reconciler/pkg/reconcile/resource"
)

// endRetries ends the pauses between a call's attempts when the run is
// interrupted, while an attempt under way may go on as long as the call's own
// context does.
func endRetries(stack *middleware.Stack) error {
	if err := stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("EndRetries", withInterrupt), "Retry", middleware.Before); err != nil {
		return err
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("FinishAttempt", withoutInterrupt), "Retry", middleware.After)
}

// call is one call with its attempts.
type call struct {
	work  context.Context // what an attempt under way may go on with
	pause context.CancelCauseFunc
	stop  func() bool // takes the interrupt's hold back; nil before the first attempt has ended
}

type callKey struct{}

// withInterrupt stands around all attempts. The first one is always made: it
// belongs to what is in hand.
func withInterrupt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	if resource.Interrupt(ctx) == ctx {
		return next.HandleFinalize(ctx, in)
	}
	c := &call{work: ctx}
	pausing, cancel := context.WithCancelCause(context.WithValue(ctx, callKey{}, c))
	defer cancel(nil)
	c.pause = cancel
	defer func() {
		if c.stop != nil {
			c.stop()
		}
	}()
	return next.HandleFinalize(pausing, in)
}

// withoutInterrupt stands around each attempt. Once the first has ended, an
// interrupt ends the pauses.
func withoutInterrupt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	attempt, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(c.work, func() { cancel(context.Cause(c.work)) })()
	out, metadata, err := next.HandleFinalize(attempt, in)
	if c.stop == nil {
		interrupt := resource.Interrupt(c.work)
		c.stop = context.AfterFunc(interrupt, func() { c.pause(context.Cause(interrupt)) })
	}
	return out, metadata, err
}
