package sandbox

import (
	"fmt"
	"io"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/awsenv"
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
	// Seed makes identifiers repeat from run to run; zero draws them from the
	// operating system.
	Seed uint64
	// Log receives one JSON line for each request, without its body; nil keeps
	// none.
	Log io.Writer
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
	return nil
}
