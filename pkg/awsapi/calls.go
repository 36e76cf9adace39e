package awsapi

import (
	"context"
	"maps"
	"strings"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"go.uber.org/zap"
)

// Calls counts what was sent to AWS, retries included, by "service:Operation".
type Calls struct {
	mu    sync.Mutex
	count map[string]int
}

// NewCalls starts at zero.
func NewCalls() *Calls { return &Calls{count: map[string]int{}} }

// Counts is a copy of the counts so far.
func (c *Calls) Counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.count)
}

func (c *Calls) register(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("CountCalls",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			c.mu.Lock()
			c.count[operation(ctx)]++
			c.mu.Unlock()
			return next.HandleDeserialize(ctx, in)
		}), middleware.Before)
}

// operation is "service:Operation" as IAM spells actions.
func operation(ctx context.Context) string {
	service := strings.ReplaceAll(strings.ToLower(awsmiddleware.GetServiceID(ctx)), " ", "")
	switch service {
	case "resourcegroupstaggingapi":
		service = "tag"
	case "eventbridge":
		service = "events"
	}
	return service + ":" + awsmiddleware.GetOperationName(ctx)
}

// logCalls writes one debug line a call. It names the operation and the
// outcome's class, never a parameter.
func logCalls(log *zap.Logger) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("LogCalls",
			func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				out, md, err := next.HandleDeserialize(ctx, in)
				fields := []zap.Field{zap.String("operation", operation(ctx))}
				if err != nil {
					fields = append(fields, zap.String("error", Code(err)))
				}
				log.Debug("aws call", fields...)
				return out, md, err
			}), middleware.Before)
	}
}
