package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/report"
)

// aTable answers as DynamoDB does to a query of a table with one member, one
// shard that it holds, and one that nobody does.
const aTable = `{"Count":3,"Items":[
{"key":{"S":"member/host/1"},"ownerName":{"S":"host/1"},"recordVersionNumber":{"S":"v"},"leaseDuration":{"S":"30000"},"fence":{"N":"0"},"writtenAt":{"S":"2026-01-02T03:04:05Z"}},
{"key":{"S":"shard/1/r/staging"},"ownerName":{"S":"host/1"},"recordVersionNumber":{"S":"v"},"leaseDuration":{"S":"30000"},"fence":{"N":"7"},"writtenAt":{"S":"2026-01-02T03:04:06Z"}},
{"key":{"S":"shard/1/r/production"},"ownerName":{"S":"host/2"},"recordVersionNumber":{"S":"v"},"leaseDuration":{"S":"30000"},"isReleased":{"S":"1"},"fence":{"N":"2"},"writtenAt":{"S":"2026-01-02T03:04:07Z"}}]}`

// members runs the command against a server that answers with a status and a
// body, and returns what it printed.
func members(t *testing.T, status int, body string, args ...string) (string, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Amz-Target"); got != "DynamoDB_20120810.Query" {
			t.Errorf("asked for %s", got)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		if _, err := io.WriteString(w, body); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	for name, value := range map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": server.URL, "AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"} {
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	a := &app{Process: Process{Stdout: &out, Stderr: io.Discard}}
	root := newRoot(a)
	root.AddCommand(a.daemonMembersCommand())
	root.SetArgs(append([]string{"members"}, args...))
	err := root.ExecuteContext(context.Background())
	return out.String(), err
}

func TestMembersAreShown(t *testing.T) {
	const table = "--members=dynamodb:leases"
	for _, c := range []struct{ format, want string }{
		{"text", `MEMBER  SHARDS  SEEN
host/1  1       2026-01-02T03:04:05Z

SHARD           MEMBER  FENCE  SEEN
1/r/production  -       2      2026-01-02T03:04:07Z
1/r/staging     host/1  7      2026-01-02T03:04:06Z
`},
		{"yaml", `members:
- id: host/1
  seen: "2026-01-02T03:04:05Z"
  shards: 1
shards:
- fence: 2
  lease_seconds: 30
  name: 1/r/production
  seen: "2026-01-02T03:04:07Z"
- fence: 7
  lease_seconds: 30
  member: host/1
  name: 1/r/staging
  seen: "2026-01-02T03:04:06Z"
`},
	} {
		if got, err := members(t, http.StatusOK, aTable, table, "-o", c.format); got != c.want || err != nil {
			t.Errorf("%s: %v\n%s", c.format, err, got)
		}
	}
	got, err := members(t, http.StatusOK, `{"Count":0,"Items":[]}`, table, "-o", "json")
	if want := "{\n  \"members\": [],\n  \"shards\": []\n}\n"; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestMembersThatCannotBeShown(t *testing.T) {
	var usage *report.UsageError
	if _, err := members(t, http.StatusOK, "", "--members=redis:leases"); !errors.As(err, &usage) {
		t.Errorf("another kind of table: %v", err)
	}
	_, err := members(t, http.StatusBadRequest, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}`, "--members=dynamodb:leases")
	if err == nil || !strings.Contains(err.Error(), "aws dynamodb create-table --table-name leases --billing-mode PAY_PER_REQUEST") {
		t.Errorf("a missing table: %v", err)
	}
	if _, err := members(t, http.StatusOK, `{"Count":1,"Items":[{"key":{"S":"shard/x"}}]}`, "--members=dynamodb:leases"); err == nil || !strings.Contains(err.Error(), "not a lease") {
		t.Errorf("an item that is no lease: %v", err)
	}
}

func TestALeaseThatNobodyCouldKeep(t *testing.T) {
	var usage *report.UsageError
	for _, d := range []time.Duration{0, time.Second, 25 * time.Hour} {
		if err := (&membership{lease: d}).check(); !errors.As(err, &usage) {
			t.Errorf("%s: %v", d, err)
		}
	}
	if err := (&membership{lease: shortestLease}).check(); err != nil {
		t.Error(err)
	}
}
