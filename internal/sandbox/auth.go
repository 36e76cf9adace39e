package sandbox

import (
	"net/http"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// scope is what a SigV4 Authorization header says of its request. The signature
// itself is checked where IAM is enforced; else any key is welcome.
type scope struct{ accessKey, token, region, service string }

// readScope reads "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …".
func readScope(r *http.Request, protocol model.Protocol) (scope, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return scope{}, authError(protocol, "MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	algorithm, rest, _ := strings.Cut(header, " ")
	credential := ""
	for part := range strings.SplitSeq(rest, ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), "Credential="); ok {
			credential = value
		}
	}
	// A key may hold a slash, so the scope is read from the right.
	parts := strings.Split(credential, "/")
	n := len(parts)
	if algorithm != "AWS4-HMAC-SHA256" || n < 5 || parts[n-1] != "aws4_request" || !regionName(parts[n-3]) {
		return scope{}, authError(protocol, "IncompleteSignature",
			"Authorization header requires 'Credential' parameter of the form KEY/DATE/REGION/SERVICE/aws4_request")
	}
	return scope{
		accessKey: strings.Join(parts[:n-4], "/"),
		token:     r.Header.Get("X-Amz-Security-Token"),
		region:    parts[n-3],
		service:   parts[n-2],
	}, nil
}

// regionName says whether a text looks like a region, such as us-gov-west-1: two
// to four letters, words, and a number of one or two digits.
func regionName(text string) bool {
	parts := strings.Split(text, "-")
	last := len(parts) - 1
	if last < 2 || len(parts[0]) < 2 || len(parts[0]) > 4 || len(parts[last]) > 2 {
		return false
	}
	for i, part := range parts {
		alphabet := awsenv.Lower
		if i == last {
			alphabet = awsenv.Digits
		}
		if part == "" || strings.Trim(part, alphabet) != "" {
			return false
		}
	}
	return true
}

// signedFor refuses a request that was signed for another service.
func (s scope) signedFor(service string, protocol model.Protocol) error {
	if s.service == service {
		return nil
	}
	message := "Credential should be scoped to correct service: '" + service + "'."
	if protocol == model.Query {
		return awserr.New("SignatureDoesNotMatch", "%s", message).WithStatus(http.StatusForbidden)
	}
	return awserr.New("InvalidSignatureException", "%s", message)
}

// authError words a refusal before any operation: JSON services add
// "Exception" to the code.
func authError(protocol model.Protocol, code, message string) *awserr.Error {
	if protocol != model.Query {
		code += "Exception"
	}
	return awserr.New(code, "%s", message).WithStatus(http.StatusForbidden)
}
