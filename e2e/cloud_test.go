package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

const region = "us-west-2"

// cloud is one empty AWS account, behind a proxy that counts.
type cloud struct {
	*proxy
	target  string // which emulator plays it
	account string // twelve digits, the first a zero
	url     string // of the proxy
	sandbox *served
	// admin are the credentials that count, where any do.
	admin keys
}

// keys are what a caller signs with; a token only in a session.
type keys struct{ id, secret, token string }

// keys are the account's: ministack takes an access key of twelve digits for the
// account's number.
func (c *cloud) keys() keys {
	if c.admin != (keys{}) {
		return c.admin
	}
	return keys{id: c.account, secret: "anything"}
}

// onEach runs a test on a fresh account of every emulator, and of a sandbox that
// is as late and as unreliable as AWS.
func onEach(t *testing.T, test func(*testing.T, *cloud)) {
	t.Helper()
	for _, target := range []string{moto, ministack, sandbox, troubled} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			test(t, newCloud(t, target))
		})
	}
}

// newCloud is an account that nobody has used, at one emulator.
func newCloud(t testing.TB, target string) *cloud {
	t.Helper()
	c := &cloud{target: target, account: shared.newAccount()}
	upstream := ""
	switch target {
	case sandbox:
		c.sandbox = serveSandbox(t, c.account)
		upstream = c.sandbox.url
	case troubled:
		c.sandbox = serveSandbox(t, c.account, "--lag", lag.String(), "--role-delay", lag.String(), "--faults", "10% caller="+unlucky, "--seed", "1")
		upstream = c.sandbox.url
	default:
		upstream = shared.running(t, target).url
	}
	c.proxy = newProxy(t, upstream, c.account)
	server := httptest.NewServer(c.proxy)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (s *suite) newAccount() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts++
	return fmt.Sprintf("0%011d", s.accounts)
}

// unlucky is the access key whose calls meet faults: the program's, and not the
// judge's.
const unlucky = "UNLUCKY"

// environ reaches the account.
func (c *cloud) environ() []string {
	k := c.keys()
	if c.target == troubled {
		k.id = unlucky
	}
	return c.environOf(k)
}

// lag is how late lists and new roles are on a troubled sandbox.
const lag = 500 * time.Millisecond

// catchUp waits until every list shows what was just done.
func (c *cloud) catchUp() {
	if c.target == troubled {
		time.Sleep(lag)
	}
}

// environOf reaches the account as another caller.
func (c *cloud) environOf(k keys) []string {
	return []string{"AWS_ENDPOINT_URL=" + c.url, "AWS_ACCESS_KEY_ID=" + k.id, "AWS_SECRET_ACCESS_KEY=" + k.secret, "AWS_SESSION_TOKEN=" + k.token,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null"}
}

// reset empties a sandbox's account.
func (c *cloud) reset(t testing.TB) {
	t.Helper()
	response, err := http.Post(c.sandbox.url+"/_sandbox/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusNoContent {
		t.Fatalf("reset answered %s: %v", response.Status, err)
	}
}

func (c *cloud) roleARN(name string) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", c.account, name)
}
