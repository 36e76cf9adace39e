package fault

import (
	"fmt"
	"net/http"
	"time"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// throttled is how a service says that its rate is exceeded: as ThrottledException
// where the service's model has that, else under the common code of its
// protocol (ECS: "Request throttling for the Amazon ECS API"; IAM and STS:
// "Common errors"). The status is the model's, and 400 where it has none.
func throttled(c Call) *awserr.Error {
	code := "ThrottlingException"
	switch {
	case c.Service == "tagging":
		code = "ThrottledException"
	case c.Protocol == model.Query:
		code = "Throttling"
	}
	return awserr.New(code, "Rate exceeded")
}

// expired is how a session that has ended is refused: awsQuery services answer
// 403 ExpiredToken, JSON ones 400 ExpiredTokenException.
func expired(c Call) *awserr.Error {
	const message = "The security token included in the request is expired"
	if c.Protocol == model.Query {
		return awserr.New("ExpiredToken", message).WithStatus(http.StatusForbidden)
	}
	return awserr.New("ExpiredTokenException", message).WithStatus(http.StatusBadRequest)
}

// failure is an Error rule's refusal. Without a code it is the service's own
// defect, in the words of its model.
func failure(r *Rule, c Call) *awserr.Error {
	e := defect(c.Service)
	switch {
	case r.Code != "":
		e = awserr.New(r.Code, "The sandbox was told to fail this call.")
	case r.Status == http.StatusServiceUnavailable:
		e = awserr.New("ServiceUnavailable", "Service is unable to handle request.").WithStatus(r.Status)
	}
	if r.Status != 0 {
		e = e.WithStatus(r.Status)
	}
	if r.Message != "" {
		e.Message = r.Message
	}
	return e
}

// defect is how a service words a defect of its own: the error shape of its
// model that is the server's fault, else InternalFailure of "Common errors".
func defect(service string) *awserr.Error {
	code, message := "InternalFailure", "The request processing has failed because of an unknown error, exception or failure."
	switch service {
	case "secretsmanager":
		code, message = "InternalServiceError", "An error occurred on the server side."
	case "ecs":
		code, message = "ServerException", "Service Unavailable. Please try again later."
	case "iam":
		code = "ServiceFailure"
	case "tagging":
		code = "InternalServiceException"
	}
	return awserr.New(code, "%s", message).WithStatus(http.StatusInternalServerError)
}

// signatureAge is how far a signature's time may be from the server's. Both
// figures are of AWS's own messages: Secrets Manager's and Kinesis's say 5 min,
// those of STS 15 min.
func signatureAge(p model.Protocol) time.Duration {
	if p == model.Query {
		return 15 * time.Minute
	}
	return 5 * time.Minute
}

// outOfTime refuses a signature that the server's clock finds too old or not
// yet made; nil for one that it takes, and for a request without a time.
func outOfTime(c Call, server time.Time) *awserr.Error {
	age := signatureAge(c.Protocol)
	var message string
	switch off := server.Sub(c.Signed); {
	case c.Signed.IsZero():
		return nil
	case off > age:
		message = fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %.f min.)",
			stamp(c.Signed), stamp(server.Add(-age)), stamp(server), age.Minutes())
	case off < -age:
		message = fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %.f min.)",
			stamp(c.Signed), stamp(server.Add(age)), stamp(server), age.Minutes())
	default:
		return nil
	}
	if c.Protocol == model.Query {
		return awserr.New("SignatureDoesNotMatch", "%s", message).WithStatus(http.StatusForbidden)
	}
	return awserr.New("InvalidSignatureException", "%s", message).WithStatus(http.StatusBadRequest)
}

// stamp is a time as signatures have it.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
