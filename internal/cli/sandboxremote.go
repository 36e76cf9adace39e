package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/report"
)

// remote is a sandbox that is served over HTTP.
type remote struct {
	ctx context.Context
	url string
}

// sandboxURL checks the URL of a sandbox, and takes off what ends it.
func sandboxURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return "", &report.UsageError{Message: fmt.Sprintf("--url is %q", text), Hint: "want one such as http://" + sandboxAddress}
	}
	return u.Scheme + "://" + u.Host, nil
}

// Reset empties it.
func (r remote) Reset() error {
	_, err := r.call(http.MethodPost, "reset", nil)
	return err
}

// Dump reads all of it.
func (r remote) Dump() ([]byte, error) { return r.call(http.MethodGet, "state", nil) }

// Load replaces all of it.
func (r remote) Load(dump []byte) error {
	_, err := r.call(http.MethodPut, "state", dump)
	return err
}

// plays says whether it is a sandbox with this account.
func (r remote) plays(number string) bool {
	body, err := r.call(http.MethodGet, "health", nil)
	var health struct {
		Status, Account string
	}
	return err == nil && json.Unmarshal(body, &health) == nil && health.Status == "ok" && health.Account == number
}

// call asks one of the sandbox's own endpoints.
func (r remote) call(method, what string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(r.ctx, method, r.url+"/_sandbox/"+what, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("no sandbox answers at %s: %w", r.url, err)
	}
	answer, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, fmt.Errorf("the sandbox at %s broke off: %w", r.url, err)
	}
	return answer, r.refusal(response, answer)
}

// refusal is an answer that tells of a failure, as an error. Only a sandbox says
// why; the text of anything else that answers is of no use.
func (r remote) refusal(response *http.Response, answer []byte) error {
	text, said := strings.CutPrefix(strings.TrimSpace(string(answer)), sandbox.ErrBadDump.Error()+" ")
	switch {
	case response.StatusCode < http.StatusMultipleChoices:
		return nil
	case response.StatusCode == http.StatusBadRequest && said:
		return fmt.Errorf("%w %s", sandbox.ErrBadDump, text)
	default:
		return fmt.Errorf("%s is no sandbox that can do this: it answers %s", r.url, response.Status)
	}
}
