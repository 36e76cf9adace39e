package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// TestWhatASignatureCovers changes a request after it was signed.
func TestWhatASignatureCovers(t *testing.T) {
	server := newTestServer(t, Options{EnforceIAM: true})
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"nothing":     {func(*http.Request) {}, 200},
		"what is not": {func(r *http.Request) { r.Header.Set("X-Trace", "1") }, 200},
		"the body":    {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"MaxResults":2}`)) }, 400},
		"the target":  {func(r *http.Request) { r.Header.Set("X-Amz-Target", "secretsmanager.BatchGetSecretValue") }, 400},
		"the date":    {func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260101T000000Z") }, 400},
		"no date":     {func(r *http.Request) { r.Header.Del("X-Amz-Date") }, 403},
		"the host":    {func(r *http.Request) { r.Host = "elsewhere" }, 400},
		"a token":     {func(r *http.Request) { r.Header.Set("X-Amz-Security-Token", "t") }, 400},
		"the headers": {func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), ";x-amz-target", "", 1))
		}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			r := signedList(t)
			test.change(r)
			resp, err := server.Transport().RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != test.status {
				text, err := io.ReadAll(resp.Body)
				t.Errorf("status %d, want %d: %s %v", resp.StatusCode, test.status, text, err)
			}
		})
	}
}

// signedList is a ListSecrets, signed by the administrator.
func signedList(t *testing.T) *http.Request {
	t.Helper()
	const body = `{"MaxResults":1}`
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "secretsmanager.ListSecrets")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	sum := sha256.Sum256([]byte(body))
	keys := aws.Credentials{AccessKeyID: AdminKey, SecretAccessKey: AdminSecret}
	if err := v4.NewSigner().SignHTTP(t.Context(), keys, r, hex.EncodeToString(sum[:]), "secretsmanager", "us-west-2", time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}
