package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func code(code string) error { return &smithy.GenericAPIError{Code: code, Message: "why"} }

func status(n int) error {
	return &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Err: errors.New("no body"),
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: n}}}}
}

func TestClassesOfCodes(t *testing.T) {
	of := map[resource.Class]string{
		resource.Throttled: `Throttling ThrottlingException ThrottledException RequestLimitExceeded RequestThrottled
			RequestThrottledException TooManyRequestsException SlowDown`,
		resource.Retryable: `InternalServiceError InternalServiceException InternalFailure InternalError InternalServerError
			InternalServerException ServerException ServiceFailure ServiceUnavailable ServiceUnavailableException RequestTimeout
			RequestTimeoutException ConcurrentModification ConcurrentModificationException EntityTemporarilyUnmodifiable TooManyUpdates`,
		resource.NotFound: `ResourceNotFoundException NoSuchEntity ParameterNotFound`,
		resource.Conflict: `ResourceExistsException EntityAlreadyExists DeleteConflict DeleteConflictException
			OperationNotPermittedOnReplica OperationNotPermittedOnReplicaException ParameterAlreadyExists`,
		resource.Terminal: `AccessDenied AccessDeniedException UnauthorizedOperation ExpiredToken ExpiredTokenException
			InvalidClientTokenId UnrecognizedClientException ClientException InvalidParameterException InvalidRequestException
			LimitExceededException LimitExceeded MalformedPolicyDocument MalformedPolicyDocumentException DecryptionFailure
			EncryptionFailure PreconditionNotMetException UnmodifiableEntity ValidationError ValidationException NeverHeardOf`,
	}
	tested := 0
	for class, codes := range of {
		for name := range strings.FieldsSeq(codes) {
			if _, listed := classes()[name]; listed {
				tested++
			}
			if got := resource.ClassOf(Classify(code(name))); got != class {
				t.Errorf("%s is %s, want %s", name, got, class)
			}
		}
	}
	if tested != len(classes()) {
		t.Errorf("%d codes of %d are tested", tested, len(classes()))
	}
}

func TestClassesOfFailures(t *testing.T) {
	cases := []struct {
		name string
		err  error
		want resource.Class
	}{
		{"502", status(502), resource.Retryable},
		{"400", status(400), resource.Terminal},
		{"a lost connection", &url.Error{Op: "Post", URL: "https://x", Err: io.ErrUnexpectedEOF}, resource.Retryable},
		{"a name that is not found", &net.DNSError{Err: "no such host"}, resource.Retryable},
		{"a deadline", fmt.Errorf("send: %w", context.DeadlineExceeded), resource.Retryable},
		{"a cancellation", fmt.Errorf("send: %w", context.Canceled), resource.Terminal},
		{"a cancellation in the transport", &url.Error{Op: "Post", URL: "https://x", Err: context.Canceled}, resource.Terminal},
		{"a refused write", &WriteRefusedError{Operation: "iam:CreateRole"}, resource.Terminal},
		{"anything else", errors.New("a riddle"), resource.Terminal},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Classify(&smithy.OperationError{ServiceID: "IAM", OperationName: "GetRole", Err: c.err})
			if resource.ClassOf(got) != c.want {
				t.Errorf("class %s, want %s", resource.ClassOf(got), c.want)
			}
			if !errors.Is(got, c.err) {
				t.Error("the cause cannot be reached")
			}
		})
	}
}

func TestClassifyLeavesWhatIsClassed(t *testing.T) {
	for _, err := range []error{nil, resource.Conflictf("", "taken"), &spec.Error{Message: "bad"},
		fmt.Errorf("update role r: %w", &resource.Error{Class: resource.Throttled, Message: "slow"})} {
		if got := Classify(err); !errors.Is(got, err) || (err != nil && got.Error() != err.Error()) {
			t.Errorf("%v became %v", err, got)
		}
	}
	if err := Classify(Classify(code("NoSuchEntity"))); strings.Count(err.Error(), "NoSuchEntity") != 1 {
		t.Errorf("classified twice: %v", err)
	}
}

func TestTextOfAFailure(t *testing.T) {
	cases := []struct {
		err  error
		want string
	}{
		{code("AccessDenied"), "IAM GetRole: AccessDenied: why (`reconciler iam-policy apply ENV` prints the policy that the caller needs)"},
		{code("ExpiredToken"), "IAM GetRole: ExpiredToken: why (the credentials have expired: renew them and run again)"},
		{code("SignatureDoesNotMatch"), "IAM GetRole: SignatureDoesNotMatch: why (AWS does not know these credentials: check the profile or the environment)"},
		{code("RequestTimeTooSkewed"), "IAM GetRole: RequestTimeTooSkewed: why (this machine's clock is wrong: set it and run again)"},
		{code("NoSuchEntity"), "IAM GetRole: NoSuchEntity: why"},
		{errors.New("no route"), "IAM GetRole: no route"},
	}
	for _, c := range cases {
		if got := Classify(&smithy.OperationError{ServiceID: "IAM", OperationName: "GetRole", Err: c.err}).Error(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	if got, want := Classify(errors.New("no route")).Error(), "AWS request: no route"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCode(t *testing.T) {
	for want, err := range map[string]error{"NoSuchEntity": code("NoSuchEntity"), "Canceled": context.Canceled,
		"DeadlineExceeded": context.DeadlineExceeded, "RequestFailed": io.EOF} {
		if got := Code(err); got != want {
			t.Errorf("%v: code %q, want %q", err, got, want)
		}
	}
}
