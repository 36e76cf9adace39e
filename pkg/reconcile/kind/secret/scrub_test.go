package secret

import (
	"context"
	"encoding/base64"
	"encoding/hex"
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

func TestShowable(t *testing.T) {
	const dotenv = "DB_URL=postgres://u:p&ss@h/db\nTOKEN=\"tok en<1>\"\nX=ab\n"
	const document = `{"password":"hunter2 & co","nested":{"list":["deep<secret>"]},"n":5}`
	quoted, err := json.Marshal(dotenv)
	if err != nil {
		t.Fatal(err)
	}
	amid := base64.StdEncoding.EncodeToString([]byte("xy" + dotenv + "z"))
	for name, c := range map[string]struct {
		value, text string
		want        bool
	}{
		"whole":                   {dotenv, "invalid: " + dotenv + "!", false},
		"one line":                {dotenv, "bad line TOKEN=\"tok en", false},
		"eight bytes of one":      {dotenv, "could not reach gres://u today", false},
		"seven bytes of one":      {dotenv, "could not reach res://u today", true},
		"in other letters":        {dotenv, "COULD NOT REACH POSTGRES TODAY", false},
		"inside a JSON text":      {dotenv, "request was " + string(quoted[2:30]), false},
		"in a URL":                {dotenv, "GET ?v=" + url.QueryEscape("postgres")[:8], false},
		"in hex":                  {dotenv, "body " + hex.EncodeToString([]byte(dotenv))[10:30], false},
		"in hex, capitals":        {dotenv, "body " + strings.ToUpper(hex.EncodeToString([]byte(dotenv))[10:30]), false},
		"in base64":               {dotenv, "body " + base64.StdEncoding.EncodeToString([]byte(dotenv))[:12], false},
		"in shifted base64":       {dotenv, "body " + amid[20:36], false},
		"a JSON leaf":             {document, "bad value hunter2 here", false},
		"a short JSON leaf":       {`{"pin":"90125"}`, "bad value 90125 here", false},
		"a short line":            {"A=ab12\n", "ab12 is wrong", false},
		"a shorter line":          {"A=ab1\n", "ab1 is wrong", true},
		"a short value":           {"ab", "ab is wrong", false},
		"encoded twice":           {dotenv, "GET /?v=" + url.QueryEscape(string(quoted)), false},
		"a whole request":         {dotenv, `{"Name":"x","SecretString":"`, false},
		"nothing in it":           {dotenv, "User is not authorized", true},
		"an ARN":                  {dotenv, "not authorized on resource: arn:aws:secretsmanager:us-west-2:012345678901:secret:myorg/myapp/staging/db.env-AbCdEf", true},
		"nothing is secret":       {"", "some message", true},
		"a value that AWS speaks": {"NOTE=the caller is not authorized\n", "User is not authorized", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := showable(c.text, spec.NewSecret(c.value)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzShowable(f *testing.F) {
	f.Add("A=1\nB=two\n", "before ", " after", uint8(0), uint8(9))
	f.Add(`{"a":["b",{"c":"text"}]}`, "", "", uint8(3), uint8(8))
	f.Add("\xff\xfeabcdefgh", "x", "y", uint8(1), uint8(8))
	f.Add("İstanbul is a city", "x", "y", uint8(0), uint8(12))
	f.Fuzz(func(t *testing.T, value, before, after string, from, length uint8) {
		start, size := int(from), max(int(length), shared)
		if start+size > len(value) {
			return
		}
		part := value[start : start+size]
		for _, form := range []string{part, strings.ToUpper(hex.EncodeToString([]byte(part))), url.QueryEscape(part)} {
			if showable(before+form+after, spec.NewSecret(value)) {
				t.Error("a part of the value is shown")
			}
		}
	})
}

// The largest value that AWS takes costs a failing call little.
func BenchmarkShowable(b *testing.B) {
	value := spec.NewSecret(strings.Repeat("NAME=0123456789abcdef\n", 65536/22))
	for b.Loop() {
		showable("User: arn:aws:sts::012345678901:assumed-role/ci/run is not authorized to perform: secretsmanager:PutSecretValue", value)
	}
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
	if !strings.Contains(err.Error(), `create the secret "org/db.env": Secrets Manager CreateSecret: InternalServiceError`) {
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

// What AWS says is dropped with the value in it; that it was pending deletion
// is still known.
func TestPendingDeletionIsKnownOfWhatIsWithheld(t *testing.T) {
	said := &smithy.GenericAPIError{Code: "InvalidRequestException", Message: "the secret was marked for deletion."}
	err := fail("put the value of", "x", spec.NewSecret("marked for deletion"), said)
	if strings.Contains(err.Error(), "marked for deletion") || !isPendingDeletion(err) {
		t.Errorf("pending deletion %v: %v", isPendingDeletion(err), err)
	}
}

// Every error code of the calls that write has a way out.
func TestHints(t *testing.T) {
	value := spec.NewSecret("PASSWORD=CANARY-4711\n")
	for code, says := range map[string]string{
		"AccessDeniedException":          "iam-policy",
		"EncryptionFailure":              "kms_key_id",
		"DecryptionFailure":              "kms_key_id",
		"ResourceNotFoundException":      "kms_key_id",
		"InvalidParameterException":      "kms_key_id",
		"InvalidRequestException":        "pending deletion",
		"ResourceExistsException":        "plan again",
		"PreconditionNotMetException":    "plan again",
		"LimitExceededException":         "quota",
		"OperationNotPermittedOnReplica": "primary region",
	} {
		t.Run(code, func(t *testing.T) {
			for _, message := range []string{"no", "no: PASSWORD=CANARY-4711"} {
				api := &smithy.OperationError{ServiceID: "Secrets Manager", OperationName: "PutSecretValue",
					Err: &smithy.GenericAPIError{Code: code, Message: message}}
				for _, err := range []error{fail("put the value of", "x", value, api), wrap("tag", "x", &smithy.GenericAPIError{Code: code})} {
					if !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), code) || strings.Contains(err.Error(), "CANARY") {
						t.Errorf("%v: want the code, a hint that says %q, and no value", err, says)
					}
				}
			}
		})
	}
}
