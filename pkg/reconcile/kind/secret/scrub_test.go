package secret

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func TestScrub(t *testing.T) {
	const dotenv = "DB_URL=postgres://u:p&ss@h/db\nTOKEN=\"tok en<1>\"\nX=ab\n"
	const document = `{"password":"hunter2 & co","nested":{"list":["deep<secret>"]},"n":5}`
	quoted, err := json.Marshal(dotenv)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		value, text string
		gone        []string
		kept        string
	}{
		"whole":           {dotenv, "invalid: " + dotenv + "!", []string{"postgres", "tok en"}, "invalid: "},
		"one line":        {dotenv, "bad line TOKEN=\"tok en<1>\" here", []string{"tok en"}, "bad line "},
		"one variable":    {dotenv, "could not reach postgres://u:p&ss@h/db today", []string{"p&ss"}, "could not reach "},
		"without quotes":  {dotenv, "got tok en<1>", []string{"tok en"}, "got "},
		"as JSON":         {dotenv, "request was " + string(quoted), []string{"postgres", "tok en"}, "request was "},
		"in a URL":        {dotenv, "GET /?v=" + url.QueryEscape("tok en<1>"), []string{"tok+en"}, "GET /?v="},
		"in base64":       {dotenv, "body " + base64.StdEncoding.EncodeToString([]byte(dotenv)), []string{"REJfVVJM"}, "body "},
		"in Go's quotes":  {dotenv, fmt.Sprintf("got %q", dotenv), []string{"postgres"}, "got "},
		"a JSON leaf":     {document, "bad value hunter2 & co", []string{"hunter2"}, "bad value "},
		"a deep leaf":     {document, "bad deep\\u003csecret\\u003e", []string{"secret"}, "bad "},
		"nothing in it":   {dotenv, "User is not authorized", nil, "User is not authorized"},
		"encoded twice":   {dotenv, "GET /?v=" + url.QueryEscape(string(quoted)), []string{"postgres", "tok"}, withheld},
		"amid base64":     {dotenv, "body " + base64.StdEncoding.EncodeToString([]byte(`{"SecretString":`+string(quoted)+`,"Name":"x"}`)), []string{"cG9zdGdyZXM"}, withheld},
		"a whole request": {dotenv, `{"Name":"x","SecretString":"`, nil, withheld},
		"an ARN":          {dotenv, "not authorized on resource: arn:aws:secretsmanager:us-west-2:012345678901:secret:myorg/myapp/staging/db.env-AbCdEf", nil, "secret:myorg/myapp"},
		"short":           {"abc", "abc is wrong", []string{"abc"}, "(withheld)"},
		"empty":           {"", "some message", nil, "some message"},
	} {
		t.Run(name, func(t *testing.T) {
			got := scrub(c.text, spec.NewSecret(c.value))
			for _, gone := range c.gone {
				if strings.Contains(got, gone) {
					t.Errorf("%q is left", gone)
				}
			}
			if !strings.Contains(got, c.kept) {
				t.Errorf("the message lost %q", c.kept)
			}
		})
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("A=1\nB=two\n", "before ", " after")
	f.Add(`{"a":["b",{"c":"text"}]}`, "", "")
	f.Add("\xff\xfeabc", "x", "y")
	f.Fuzz(func(t *testing.T, value, before, after string) {
		for _, piece := range pieces(value) {
			if strings.Contains(spec.Masked, piece) || strings.ContainsAny(piece, "()") {
				return // what is put in its place may hold it
			}
		}
		if len(value) < shortest || strings.Contains(before+after, value) {
			return
		}
		if strings.Contains(scrub(before+value+after, spec.NewSecret(value)), value) {
			t.Error("the value is left")
		}
	})
}

func TestFail(t *testing.T) {
	value := spec.NewSecret("PASSWORD=CANARY-4711\n")
	api := &smithy.GenericAPIError{Code: "InternalServiceError", Message: "cannot store CANARY-4711"}
	err := fail("create", "org/db.env", value, &smithy.OperationError{ServiceID: "Secrets Manager", OperationName: "CreateSecret", Err: api})
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", e, e, e), "CANARY") {
			t.Fatalf("%T shows the value", e)
		}
	}
	if got := resource.ClassOf(err); got != resource.Retryable {
		t.Errorf("class %s, want %s", got, resource.Retryable)
	}
	if !isCode(err, "InternalServiceError") || isCode(err, "Other") {
		t.Error("the code is lost")
	}
	if !strings.Contains(err.Error(), `create the secret "org/db.env"`) || !strings.Contains(err.Error(), "InternalServiceError") {
		t.Errorf("the error does not say what failed: %v", err)
	}
	if fail("create", "x", value, nil) != nil || wrap("x", "y", nil) != nil {
		t.Error("nil became an error")
	}
	if !errors.Is(fail("create", "x", value, fmt.Errorf("sending: %w", context.Canceled)), context.Canceled) {
		t.Error("a cancelled run cannot be told")
	}
}

func TestFailKeepsTheCodeOfWhatIsWithheld(t *testing.T) {
	api := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: `no: {"SecretString":"CANARY"}`}
	err := keyError("read", "org/key", api)
	if strings.Contains(err.Error(), "CANARY") || !strings.Contains(err.Error(), "AccessDeniedException") || !isCode(err, "AccessDeniedException") {
		t.Errorf("the error does not keep the code alone: %v", err)
	}
}

func TestIsPendingDeletion(t *testing.T) {
	said := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{said("InvalidRequestException", "You can't create this secret because a secret with this name is already scheduled for deletion."), true},
		{said("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion."), true},
		{said("InvalidRequestException", "You tried to perform the operation on a secret that's currently marked deleted."), true},
		{said("InvalidRequestException", "You can't enable rotation on this secret."), false},
		{said("ResourceNotFoundException", "marked for deletion"), false},
	} {
		if got := isPendingDeletion(c.err); got != c.want {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
		if c.err != nil && isPendingDeletion(fail("create", "x", spec.NewSecret("value"), c.err)) != c.want {
			t.Errorf("%v: the wrapped error is told differently", c.err)
		}
	}
}
