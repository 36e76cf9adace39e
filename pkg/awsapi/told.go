package awsapi

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

// Done is the outcome of a call that AWS carried out.
const Done = "done"

// Told hears of each call that was sent to AWS, retries included: its operation
// as IAM spells actions, and Done or the class of its error.
type Told func(operation, outcome string)

// Tell has the clients that are made from the session from now on tell of their
// calls. It may be used several times.
func (s *Session) Tell(told Told) {
	s.Config.APIOptions = append(s.Config.APIOptions, told.register)
}

func (t Told) register(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("TellCalls",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, md, err := next.HandleDeserialize(ctx, in)
			outcome := Done
			if err != nil {
				outcome = string(classOf(err))
			}
			t(operation(ctx), outcome)
			return out, md, err
		}), middleware.Before)
}
