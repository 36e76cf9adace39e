package role

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestSettleWaitsWithABound(t *testing.T) {
	var slept time.Duration
	var shown []string
	k := New(aws.Config{}, Options{
		Wait:  func(m string) { shown = append(shown, m) },
		Sleep: func(_ context.Context, d time.Duration) error { slept += d; return nil },
	})
	lagging := &types.ConcurrentModificationException{}
	err := k.settle(t.Context(), "app", concurrent, func() error { return lagging })
	if !errors.Is(err, error(lagging)) {
		t.Errorf("got %v, want the last failure", err)
	}
	if slept < longest || slept > longest+maxWait {
		t.Errorf("waited %v, want about %v", slept, longest)
	}
	if len(shown) == 0 || shown[0] != "waiting for IAM to settle: role app (ConcurrentModification)" {
		t.Errorf("showed %q", shown)
	}
}

func TestSettleEndsWithSuccess(t *testing.T) {
	k := New(aws.Config{}, Options{Sleep: func(context.Context, time.Duration) error { return nil }})
	left := 3
	err := k.settle(t.Context(), "app", concurrent, func() error {
		if left--; left > 0 {
			return &types.ConcurrentModificationException{}
		}
		return nil
	})
	if err != nil || left != 0 {
		t.Errorf("got %v after %d calls too few", err, left)
	}
}

func TestSettleStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	k := New(aws.Config{}, Options{Wait: func(string) { cancel() }})
	err := k.settle(ctx, "app", concurrent, func() error { return &types.ConcurrentModificationException{} })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want to be cancelled", err)
	}
}

func TestWhatPassesForLag(t *testing.T) {
	for _, c := range []struct {
		name string
		lag  lag
		err  error
		want bool
	}{
		{"principal", trustLag, &types.MalformedPolicyDocumentException{Message: aws.String(`Invalid principal in policy: "AWS":"arn"`)}, true},
		{"grammar", trustLag, &types.MalformedPolicyDocumentException{Message: aws.String("Syntax errors in policy.")}, false},
		{"concurrent trust", trustLag, &types.ConcurrentModificationException{}, true},
		{"new role", newRoleLag, &types.NoSuchEntityException{Message: aws.String("The role with name app cannot be found.")}, true},
		{"no such policy", newRoleLag, &types.NoSuchEntityException{Message: aws.String("Policy arn:aws:iam::aws:policy/X does not exist or is not attachable.")}, false},
		{"old role", concurrent, &types.NoSuchEntityException{}, false},
		{"still attached", deleteLag, &types.DeleteConflictException{}, true},
		{"other", deleteLag, errors.New("other"), false},
	} {
		if got := c.lag(c.err); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
