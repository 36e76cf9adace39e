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

type workKey struct{}

// withInterrupt stands around all attempts.
func withInterrupt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	interrupt := resource.Interrupt(ctx)
	if interrupt == ctx {
		return next.HandleFinalize(ctx, in)
	}
	pausing, cancel := context.WithCancelCause(context.WithValue(ctx, workKey{}, ctx))
	defer cancel(nil)
	defer context.AfterFunc(interrupt, func() { cancel(context.Cause(interrupt)) })()
	return next.HandleFinalize(pausing, in)
}

// withoutInterrupt stands around each attempt.
func withoutInterrupt(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	work, ok := ctx.Value(workKey{}).(context.Context)
	if !ok {
		return next.HandleFinalize(ctx, in)
	}
	attempt, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(work, func() { cancel(context.Cause(work)) })()
	return next.HandleFinalize(attempt, in)
}
