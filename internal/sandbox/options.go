package sandbox

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/fault"
)

// Options says which AWS a Server plays. The zero value is usable: an account
// of its own, in memory, on the real clock, with random identifiers.
type Options struct {
	// Account is twelve digits; 012345678901 unless set.
	Account string
	// Region is what a caller that names none is in; us-west-2 unless set.
	Region string
	// Dir is the folder of the state file; empty keeps all in memory.
	Dir string
	// KMSKeys are the customer managed keys that exist, as ids, ARNs or
	// aliases; "*" stands for every key of good form. The sandbox has no KMS,
	// so without these a secret with a key of its own is refused.
	KMSKeys []string
	// EnforceIAM lets a principal do what its policies allow, and nothing else.
	// Without it, every key but a session's is a user who may do everything.
	EnforceIAM bool
	// Now is the clock; time.Now unless set.
	Now func() time.Time
	// Seed makes identifiers and delays repeat from run to run; zero draws them
	// from the operating system. With a Dir, identifiers go on from where its
	// state left off.
	Seed uint64
	// Lag is how late listings may be: each one shows the account as it was up
	// to so long ago, and none goes back behind an earlier one. Zero keeps them
	// up to date.
	Lag time.Duration
	// RoleDelay is how long a new role, or one with a new trust policy, may be
	// refused by ECS and STS. Zero makes roles usable at once.
	RoleDelay time.Duration
	// EventDelay is how long after a change its event arrives where EventBridge's
	// rules send it, as CloudTrail's do. Zero delivers at once.
	EventDelay time.Duration
	// Log receives one JSON line for each request, with its parameters but for
	// what may be sensitive; nil keeps none.
	Log io.Writer
	// Faults are what goes wrong, drawn by FaultSeed; zero stands for Seed, and
	// without that for a seed that Faults tells.
	Faults    []fault.Rule
	FaultSeed uint64
	// Buckets is "aws" to throttle at AWS's documented rates.
	Buckets string
	// Intercept stands around every operation; nil lets all through.
	Intercept Intercept
	// LockWait is how long to wait for another process to let go of Dir; ten
	// seconds unless set.
	LockWait time.Duration
}

// Intercept stands around one operation of a service, such as
// "secretsmanager" and "PutSecretValue". next performs the operation and
// returns a pointer to the SDK's output type. An interceptor may fail the call
// before or after it took effect (an *awserr.Error is answered as AWS would,
// ErrConnectionLost answers nothing at all), replace the output, count or wait.
// It runs outside the server's lock, so calls may overlap in it.
type Intercept func(service, operation string, next func() (any, error)) (any, error)

func (o Options) withDefaults() Options {
	if o.Account == "" {
		o.Account = awsenv.DefaultAccount
	}
	if o.Region == "" {
		o.Region = awsenv.DefaultRegion
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.LockWait == 0 {
		o.LockWait = 10 * time.Second
	}
	if o.Intercept == nil {
		o.Intercept = func(_, _ string, next func() (any, error)) (any, error) { return next() }
	}
	return o
}

// check refuses options that no AWS account could have.
func (o Options) check() error {
	if len(o.Account) != 12 || strings.Trim(o.Account, awsenv.Digits) != "" {
		return fmt.Errorf("sandbox: account %q is not twelve digits", o.Account)
	}
	if !regionName(o.Region) {
		return fmt.Errorf("sandbox: %q is not the name of a region, such as us-west-2", o.Region)
	}
	if o.Buckets != "" && o.Buckets != "aws" {
		return fmt.Errorf("sandbox: there are no buckets %q, only aws", o.Buckets)
	}
	if o.Lag < 0 || o.RoleDelay < 0 || o.EventDelay < 0 {
		return errors.New("sandbox: a delay is less than nothing")
	}
	return nil
}
