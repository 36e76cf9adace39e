package awsapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Classify wraps err in a resource.Error of the class that AWS's error code
// or the transport's failure means. It is nil for nil, and leaves an error
// that has a class already as it is. The cause stays reachable for errors.As.
func Classify(err error) error {
	var classed *resource.Error
	var badSpec *spec.Error
	if err == nil || errors.As(err, &classed) || errors.As(err, &badSpec) {
		return err
	}
	return &resource.Error{Class: classOf(err), Message: operationOf(err), Hint: hintOf(err), Cause: terse{err}}
}

// terse is an SDK error with the text cut down to AWS's code and message: the
// SDK's own text repeats the operation and holds the request's id and URL.
type terse struct{ err error }

func (t terse) Error() string {
	var api smithy.APIError
	if errors.As(t.err, &api) {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	var op *smithy.OperationError
	if errors.As(t.err, &op) {
		return op.Err.Error()
	}
	return t.err.Error()
}

func (t terse) Unwrap() error { return t.err }

// operationOf names the call that failed, as "Service Operation".
func operationOf(err error) string {
	var op *smithy.OperationError
	if errors.As(err, &op) {
		return op.ServiceID + " " + op.OperationName
	}
	return "AWS request"
}

// Code is AWS's error code, or a word for a failure that has none.
func Code(err error) string {
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode()
	case errors.Is(err, context.Canceled):
		return "Canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "DeadlineExceeded"
	default:
		return "RequestFailed"
	}
}

func classOf(err error) resource.Class {
	if c, ok := classes()[Code(err)]; ok {
		return c
	}
	if errors.Is(err, context.Canceled) {
		return resource.Terminal // the transport's own error would pass for a network failure
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusInternalServerError {
		return resource.Retryable
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) {
		return resource.Retryable
	}
	return resource.Terminal
}

// classes is what the codes of the services we call mean.
func classes() map[string]resource.Class {
	return map[string]resource.Class{
		"Throttling":                              resource.Throttled,
		"ThrottlingException":                     resource.Throttled,
		"ThrottledException":                      resource.Throttled,
		"RequestLimitExceeded":                    resource.Throttled,
		"RequestThrottled":                        resource.Throttled,
		"RequestThrottledException":               resource.Throttled,
		"TooManyRequestsException":                resource.Throttled,
		"SlowDown":                                resource.Throttled,
		"InternalServiceError":                    resource.Retryable,
		"InternalServiceException":                resource.Retryable,
		"InternalServerError":                     resource.Retryable,
		"InternalServerException":                 resource.Retryable,
		"InternalFailure":                         resource.Retryable,
		"InternalError":                           resource.Retryable,
		"ServerException":                         resource.Retryable,
		"ServiceFailure":                          resource.Retryable,
		"ServiceUnavailable":                      resource.Retryable,
		"ServiceUnavailableException":             resource.Retryable,
		"RequestTimeout":                          resource.Retryable,
		"RequestTimeoutException":                 resource.Retryable,
		"ConcurrentModification":                  resource.Retryable,
		"ConcurrentModificationException":         resource.Retryable,
		"EntityTemporarilyUnmodifiable":           resource.Retryable,
		"TooManyUpdates":                          resource.Retryable,
		"ResourceNotFoundException":               resource.NotFound,
		"ParameterNotFound":                       resource.NotFound,
		"NoSuchEntity":                            resource.NotFound,
		"ResourceExistsException":                 resource.Conflict,
		"EntityAlreadyExists":                     resource.Conflict,
		"ParameterAlreadyExists":                  resource.Conflict,
		"DeleteConflict":                          resource.Conflict,
		"DeleteConflictException":                 resource.Conflict,
		"OperationNotPermittedOnReplica":          resource.Conflict,
		"OperationNotPermittedOnReplicaException": resource.Conflict,
	}
}

// hintOf is the way out of the failures that users meet most.
func hintOf(err error) string {
	switch Code(err) {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
		return "`reconciler iam-policy apply ENV` prints the policy that the caller needs"
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return "the credentials have expired: renew them and run again"
	case "RequestTimeTooSkewed":
		return "this machine's clock is wrong: set it and run again"
	case "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidAccessKeyId":
		return "AWS does not know these credentials: check the profile or the environment"
	default:
		return ""
	}
}
