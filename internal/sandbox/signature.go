package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// signatureTime is how SigV4 writes a time.
const signatureTime = "20060102T150405Z"

// verify signs the request again with the secret of its key, and compares. The
// request's age is not looked at: the sandbox's clock may be another one.
func verify(req *request, secret string) error {
	given := req.signed.Header.Get("Authorization")
	at, err := time.Parse(signatureTime, req.signed.Header.Get("X-Amz-Date"))
	if err != nil {
		return authError(req.route.protocol, "IncompleteSignature",
			"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	headers := strings.Split(parameter(given, "SignedHeaders"), ";")
	if !covers(headers, req.signed.Header) {
		return badSignature(req.route.protocol)
	}
	again, err := unsigned(req, headers)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(req.body)
	keys := aws.Credentials{AccessKeyID: req.scope.accessKey, SecretAccessKey: secret}
	err = v4.NewSigner().SignHTTP(req.signed.Context(), keys, again, hex.EncodeToString(sum[:]), req.scope.service, req.scope.region, at)
	if err != nil {
		return err
	}
	want := parameter(again.Header.Get("Authorization"), "Signature")
	if subtle.ConstantTimeCompare([]byte(parameter(given, "Signature")), []byte(want)) != 1 {
		return badSignature(req.route.protocol)
	}
	return nil
}

// covers tells whether a signature speaks of all that says what is asked, of
// whom and by whom: AWS takes no such header unsigned.
func covers(headers []string, sent http.Header) bool {
	for _, name := range []string{"X-Amz-Date", "X-Amz-Target", "X-Amz-Security-Token"} {
		if sent.Get(name) != "" && !slices.Contains(headers, strings.ToLower(name)) {
			return false
		}
	}
	return slices.Contains(headers, "host")
}

// unsigned is the request with the headers alone that its signature speaks of.
func unsigned(req *request, headers []string) (*http.Request, error) {
	out, err := http.NewRequestWithContext(req.signed.Context(), req.signed.Method, "http://"+req.signed.Host+req.signed.URL.RequestURI(), http.NoBody)
	if err != nil {
		return nil, badSignature(req.route.protocol)
	}
	for _, name := range headers {
		switch name {
		case "host":
		case "content-length":
			out.ContentLength = int64(len(req.body))
		default:
			out.Header[http.CanonicalHeaderKey(name)] = req.signed.Header.Values(name)
		}
	}
	return out, nil
}

// parameter is NAME=… of an Authorization header.
func parameter(header, name string) string {
	_, rest, _ := strings.Cut(header, " ")
	for part := range strings.SplitSeq(rest, ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), name+"="); ok {
			return value
		}
	}
	return ""
}

func badSignature(protocol model.Protocol) error {
	const message = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	if protocol == model.JSON {
		return awserr.New("InvalidSignatureException", message)
	}
	return awserr.New("SignatureDoesNotMatch", message).WithStatus(http.StatusForbidden)
}
