package awsapi

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"ecs-reconciler/pkg/reconcile/resource"
)

func TestQuietShowsProseAndNoValue(t *testing.T) {
	const request = `{"family":"x","environment":[{"name":"TOKEN","value":"hunter2-canary"}]}`
	for name, c := range map[string]struct{ message, want string }{
		"prose":        {"Too many concurrent attempts to create a new revision of the specified family.", "concurrent attempts"},
		"an ARN":       {"User: arn:aws:sts::012345678901:assumed-role/deployer/a-session-with-quite-a-long-name is not authorized", "deployer"},
		"the value":    {"Invalid value hunter2-canary for TOKEN", "Invalid value (sensitive) for TOKEN"},
		"the request":  {"not allowed: " + request, "withheld"},
		"in a URL":     {"not allowed: " + url.QueryEscape(request), "withheld"},
		"in base64":    {"not allowed: " + base64.StdEncoding.EncodeToString([]byte(request)), "withheld"},
		"a short one":  {"Invalid value abc", "withheld"},
		"no words":     {"", "ClientException"},
		"other values": {"Role is not valid", "Role is not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := &smithy.OperationError{ServiceID: "ECS", OperationName: "RegisterTaskDefinition",
				Err: &smithy.GenericAPIError{Code: "ClientException", Message: c.message}}
			err := Quiet(sent, "abc", "hunter2-canary", "")
			for e := err; e != nil; e = errors.Unwrap(e) {
				shown := fmt.Sprintf("%v %+v %#v", e, e, e)
				if strings.Contains(shown, "canary") || strings.Contains(shown, "Y2FuYXJ5") {
					t.Errorf("%T shows the value", e)
				}
			}
			if got := err.Error(); !strings.Contains(got, c.want) || !strings.Contains(got, "ClientException") || !strings.Contains(got, "ECS RegisterTaskDefinition") {
				t.Errorf("got %q, without %q", got, c.want)
			}
		})
	}
}

func TestQuietKeepsTheClassAndTheEnd(t *testing.T) {
	throttled := &smithy.GenericAPIError{Code: "ThrottlingException", Message: "{}"}
	if got := resource.ClassOf(Quiet(throttled)); got != resource.Throttled {
		t.Errorf("the class is %s", got)
	}
	if !errors.Is(Quiet(fmt.Errorf("sending: %w", context.Canceled)), context.Canceled) {
		t.Error("a cancelled run cannot be told")
	}
	if Quiet(nil) != nil {
		t.Error("nil became an error")
	}
}
