package awsapi

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/pkg/reconcile/resource"
)

// deleteRole is a write, tried three times at most and without pauses.
func deleteRole(ctx context.Context, s *Session) error {
	client := iam.NewFromConfig(s.Config, func(o *iam.Options) { o.Retryer = aws.RetryerV2(impatient{retryer(3)}) })
	_, err := client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("r")})
	return err
}

// impatient tries again at once.
type impatient struct{ aws.Retryer }

func (impatient) RetryDelay(int, error) (d time.Duration, _ error) { return d, nil }

func (impatient) GetAttemptToken(context.Context) (func(error) error, error) {
	return func(error) error { return nil }, nil
}

// TestTheGateShutsWithTheLast: two applies at once, and the first to end does
// not shut the other out.
func TestTheGateShutsWithTheLast(t *testing.T) {
	isolate(t)
	s := open(t, Options{Region: "us-west-2", Transport: denying()})
	refused := func() bool {
		var refusal *WriteRefusedError
		return errors.As(deleteRole(t.Context(), s), &refusal)
	}
	for _, step := range []struct {
		what func()
		want bool
	}{{s.Gate.Open, false}, {s.Gate.Open, false}, {s.Gate.Close, false}, {s.Gate.Close, true}, {s.Gate.Close, true}, {s.Gate.Open, false}} {
		step.what()
		if got := refused(); got != step.want {
			t.Errorf("refused: %v, want %v", got, step.want)
		}
	}
}

func TestTheFenceIsAskedBeforeEveryWrite(t *testing.T) {
	isolate(t)
	s := open(t, Options{Region: "us-west-2", Transport: denying()})
	lost := errors.New("the lease was lost")
	asked := 0
	s.Gate.Fence(func() error { asked++; return lost })
	if err := deleteRole(t.Context(), s); errors.Is(err, lost) || asked > 0 {
		t.Errorf("a closed gate asks the fence: %v", err)
	}
	s.Gate.Open()
	if _, err := iam.NewFromConfig(s.Config).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")}); errors.Is(err, lost) || asked > 0 {
		t.Errorf("a read asks the fence: %v", err)
	}
	err := deleteRole(t.Context(), s)
	var refusal *WriteRefusedError
	if !errors.As(err, &refusal) || !errors.Is(err, lost) || refusal.Error() != "iam:DeleteRole is not sent: the lease was lost" {
		t.Errorf("got %v", err)
	}
	if class := resource.ClassOf(Classify(err)); class != resource.Terminal {
		t.Errorf("it is %s, and would be tried again", class)
	}
	if n := s.Calls.Counts()["iam:DeleteRole"]; n != 0 {
		t.Errorf("%d refused writes were sent", n)
	}
	s.Gate.Fence(nil)
	if err := deleteRole(t.Context(), s); errors.Is(err, lost) || s.Calls.Counts()["iam:DeleteRole"] != 1 {
		t.Errorf("without the fence: %v", err)
	}
}

// TestARetryIsFencedToo: the lease may be lost between two attempts.
func TestARetryIsFencedToo(t *testing.T) {
	isolate(t)
	lost := errors.New("the lease was lost")
	var sent atomic.Int32
	s := open(t, Options{Region: "us-west-2", Transport: answering(func(*http.Request) (int, string) {
		sent.Add(1)
		return http.StatusServiceUnavailable, ""
	})})
	s.Gate.Open()
	s.Gate.Fence(func() error {
		if sent.Load() > 0 {
			return lost
		}
		return nil
	})
	if err := deleteRole(t.Context(), s); !errors.Is(err, lost) || sent.Load() != 1 {
		t.Errorf("%d attempts were sent: %v", sent.Load(), err)
	}
}

// TestAWriteThatWaitedIsFenced: what the fence said before a call waited for its
// turn is old.
func TestAWriteThatWaitedIsFenced(t *testing.T) {
	isolate(t)
	lost := errors.New("the lease was lost")
	s := open(t, Options{Region: "us-west-2", Transport: unreachable(t)})
	var held atomic.Bool
	held.Store(true)
	turn := newKeeping(nil)
	turn.now.Store(&limits{map[string]bucket{"iam:DeleteRole": wait(func(context.Context) error { held.Store(false); return nil })}})
	s.Config.APIOptions = append(s.Config.APIOptions, turn.register)
	s.Gate.Open()
	s.Gate.Fence(func() error {
		if !held.Load() {
			return lost
		}
		return nil
	})
	if err := deleteRole(t.Context(), s); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
}

// wait is a bucket in a function.
type wait func(context.Context) error

func (w wait) Wait(ctx context.Context) error { return w(ctx) }

// TestTheGateIsUsedByMany is for the race detector.
func TestTheGateIsUsedByMany(t *testing.T) {
	isolate(t)
	s := open(t, Options{Region: "us-west-2", Transport: denying()})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s.Gate.Open()
			defer s.Gate.Close()
			s.Gate.Fence(func() error { return nil })
			var refusal *WriteRefusedError
			if err := deleteRole(t.Context(), s); errors.As(err, &refusal) {
				t.Errorf("refused while open: %v", err)
			}
		})
	}
	all.Wait()
	var refusal *WriteRefusedError
	if err := deleteRole(t.Context(), s); !errors.As(err, &refusal) {
		t.Errorf("the gate stays open: %v", err)
	}
}
