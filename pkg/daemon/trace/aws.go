package trace

import (
	"context"
	"errors"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// AWSCalls is for aws.Config.APIOptions: a span for each call, with AWS's error
// code where it failed, and one below it for each attempt.
func (t *Tracer) AWSCalls(stack *middleware.Stack) error {
	if t.tracer == nil {
		return nil
	}
	call := middleware.InitializeMiddlewareFunc("TraceCall", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		ctx, span := t.tracer.Start(ctx, awsmiddleware.GetServiceID(ctx)+" "+awsmiddleware.GetOperationName(ctx), trace.WithSpanKind(trace.SpanKindClient),
			trace.WithAttributes(attribute.String("rpc.system", "aws-api"), attribute.String("rpc.service", awsmiddleware.GetServiceID(ctx)), attribute.String("rpc.method", awsmiddleware.GetOperationName(ctx))))
		out, md, err := next.HandleInitialize(ctx, in)
		finish(span, err)
		return out, md, err
	})
	attempt := middleware.DeserializeMiddlewareFunc("TraceAttempt", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		ctx, span := t.tracer.Start(ctx, "attempt")
		out, md, err := next.HandleDeserialize(ctx, in)
		finish(span, err)
		return out, md, err
	})
	// The operation's name is known after what stands first already.
	return errors.Join(stack.Initialize.Add(call, middleware.After), stack.Deserialize.Add(attempt, middleware.Before))
}

func finish(span trace.Span, err error) {
	var api smithy.APIError
	if err != nil {
		code := "RequestFailed"
		if errors.As(err, &api) {
			code = api.ErrorCode()
		}
		span.SetAttributes(attribute.String("error.type", code))
		span.SetStatus(codes.Error, "") // a message can hold anything
	}
	span.End()
}
