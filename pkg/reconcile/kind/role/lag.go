package role

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/pkg/awsapi"
)

// IAM answers from copies that lag behind what was just written. The errors
// that come of it pass within seconds; longest is how long they are waited
// out, beginning with firstWait between attempts and never more than maxWait.
const (
	longest   = 2 * time.Minute
	firstWait = time.Second
	maxWait   = 10 * time.Second
)

// lag tells whether an error may come of IAM's lag alone.
type lag func(error) bool

// settle makes a call until it succeeds, fails otherwise than by lag, or the
// time is up.
func (k *Kind) settle(ctx context.Context, role string, passing lag, call func() error) error {
	pause := firstWait
	for waited := time.Duration(0); ; waited += pause {
		err := call()
		if err == nil || !passing(err) || waited >= longest {
			return err
		}
		k.opts.Wait(fmt.Sprintf("waiting for IAM to settle: role %s (%s)", role, awsapi.Code(err)))
		if waited > 0 {
			pause = min(2*pause, maxWait)
		}
		if sleepErr := k.opts.Sleep(ctx, pause); sleepErr != nil {
			return fmt.Errorf("%w (while waiting out: %w)", sleepErr, err)
		}
	}
}

// concurrent is two writes to one role that met.
func concurrent(err error) bool {
	var met *types.ConcurrentModificationException
	return errors.As(err, &met)
}

// trustLag is a trusted principal that was made a moment ago.
func trustLag(err error) bool {
	var malformed *types.MalformedPolicyDocumentException
	return concurrent(err) || errors.As(err, &malformed) && strings.Contains(malformed.ErrorMessage(), "Invalid principal in policy")
}

// newRoleLag is a role that was made a moment ago and is not seen everywhere.
// A policy that does not exist is another matter: its message begins with it.
func newRoleLag(err error) bool {
	var missing *types.NoSuchEntityException
	return concurrent(err) || errors.As(err, &missing) && !strings.HasPrefix(missing.ErrorMessage(), "Policy ")
}

// deleteLag is a policy that was removed a moment ago and still counts.
func deleteLag(err error) bool {
	var conflict *types.DeleteConflictException
	return concurrent(err) || errors.As(err, &conflict)
}
