package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"go.uber.org/zap"
)

const (
	attempts   = 6
	firstPause = time.Second
	maxPause   = time.Minute
	perAttempt = 10 * time.Second
	minSecret  = 16
)

// SignatureHeader holds `t=UNIX,v1=HEX`: the time of sending, and the
// HMAC-SHA256 of `UNIX.BODY` under the secret.
const SignatureHeader = "X-Reconciler-Signature"

// client follows no redirect: what is meant for one host goes to no other.
func client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, Timeout: perAttempt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// refusal is why a message was not taken, in words without the URL.
type refusal struct {
	words string
	final bool          // trying again will not help
	after time.Duration // when to try again, where the webhook says so
}

func (r *refusal) Error() string { return r.words }

// deliver tries several times, with pauses that grow.
func (w *Webhook) deliver(ctx context.Context, m message) {
	var err error
	for n := range attempts {
		var r *refusal
		if err = w.send(ctx, m); err == nil || errors.As(err, &r) && r.final || ctx.Err() != nil {
			break
		}
		if n < attempts-1 {
			pause(ctx, backoff(n, r), nil)
		}
	}
	w.tried(m, err)
}

func backoff(n int, r *refusal) time.Duration {
	if r != nil && r.after > 0 {
		return min(r.after, maxPause)
	}
	d := min(firstPause<<n, maxPause)
	return d/2 + rand.N(d) //nolint:gosec // it spreads retries, and keeps nothing secret
}

// tried counts what became of a message. One that was lost tells of those that
// were dropped before it no more: the next one does, and of itself.
func (w *Webhook) tried(m message, err error) {
	outcome := "sent"
	if err != nil {
		outcome = "failed"
		w.o.Log.Warn("a webhook did not take a message", zap.String("format", string(w.o.Format)), zap.String("what", string(m.What)), zap.String("environment", m.Environment), zap.Error(err))
		w.mu.Lock()
		w.dropped += m.Dropped + 1
		w.mu.Unlock()
	}
	w.o.Count(string(w.o.Format), outcome)
}

// send tries once.
func (w *Webhook) send(ctx context.Context, m message) error {
	body, err := m.body(w.o.Format)
	if err != nil {
		return &refusal{words: "it cannot be written: " + err.Error(), final: true}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.o.URL, bytes.NewReader(body))
	if err != nil {
		return &refusal{words: "its URL is none", final: true}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "reconciler")
	if w.o.SecretFile != "" {
		signature, err := sign(w.o.SecretFile, time.Now(), body)
		if err != nil {
			return err
		}
		r.Header.Set(SignatureHeader, signature)
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return &refusal{words: unreachable(err)}
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	return judge(answer)
}

func judge(answer *http.Response) error {
	code := answer.StatusCode
	switch {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code == http.StatusTooEarly || code >= 500:
		after, _ := strconv.Atoi(answer.Header.Get("Retry-After")) // 0 for a date, or none
		return &refusal{words: "it answered " + strconv.Itoa(code), after: time.Duration(max(0, min(after, 3600))) * time.Second}
	default:
		return &refusal{words: "it answered " + strconv.Itoa(code), final: true}
	}
}

// unreachable is an error of the transport's in words of ours: its own holds the
// URL.
func unreachable(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.Is(err, context.Canceled):
		return "there was no time left"
	case errors.As(err, &dns):
		return "its host cannot be found"
	case errors.As(err, &authority), errors.As(err, &name):
		return "its certificate is not trusted"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it did not answer in time"
	default:
		return "it cannot be reached"
	}
}

func secret(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the webhook's secret: %w", err)
	}
	if text = bytes.TrimSpace(text); len(text) < minSecret {
		return nil, fmt.Errorf("the webhook's secret in %s is shorter than %d characters", file, minSecret)
	}
	return text, nil
}

func sign(file string, at time.Time, body []byte) (string, error) {
	key, err := secret(file)
	if err != nil {
		return "", err
	}
	unix := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(unix + "."))
	mac.Write(body)
	return "t=" + unix + ",v1=" + hex.EncodeToString(mac.Sum(nil)), nil
}
