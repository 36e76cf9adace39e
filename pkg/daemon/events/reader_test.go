package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

// played is a queue whose answers are given, in order; after them it ends the
// reading.
type played struct {
	answers []answer
	deleted []string
	polls   []*sqs.ReceiveMessageInput
	end     context.CancelFunc
}

type answer struct {
	bodies []string
	err    error
	// undeleted are receipts that cannot be deleted.
	undeleted string
}

func (p *played) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	p.polls = append(p.polls, in)
	if len(p.polls) > len(p.answers) {
		p.end()
		return nil, ctx.Err()
	}
	now := p.answers[len(p.polls)-1]
	out := &sqs.ReceiveMessageOutput{}
	for i, body := range now.bodies {
		id := fmt.Sprintf("%d.%d", len(p.polls), i)
		out.Messages = append(out.Messages, types.Message{MessageId: &id, ReceiptHandle: &id, Body: &body})
	}
	return out, now.err
}

func (p *played) DeleteMessageBatch(_ context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	out := &sqs.DeleteMessageBatchOutput{}
	for _, e := range in.Entries {
		if *e.ReceiptHandle == p.answers[len(p.polls)-1].undeleted {
			out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, Code: new("InternalError")})
			continue
		}
		p.deleted = append(p.deleted, *e.ReceiptHandle)
	}
	return out, nil
}

func event(id, secret string) string {
	return strings.Replace(call("secretsmanager", "PutSecretValue", `{"secretId":"`+secret+`"}`), `"eventID":"inner"`, `"eventID":"`+id+`"`, 1)
}

// TestReading goes through what a queue may hold: events, the same again, one
// of no interest, one that is none, and failures between them.
func TestReading(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	queue := &played{end: end, answers: []answer{
		{bodies: []string{event("1", "a"), event("2", "b"), event("1", "a"), "no event", call("s3", "PutObject", `{}`)}},
		{},
		{err: errors.New("no network")}, {err: errors.New("no network")},
		{bodies: []string{event("2", "b"), event("3", "c")}, undeleted: "5.1"},
		{bodies: []string{event("3", "c")}},
	}}
	var taken, reported []string
	var waits []time.Duration
	r := NewReader(Config{
		Queue: queue, URL: "https://q", Random: func() float64 { return 0 },
		Take:   func(c Change) { taken = append(taken, c.Name) },
		Report: func(err error) { reported = append(reported, err.Error()) },
		Sleep: func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			return nil
		},
	})
	r.Run(ctx)
	if diff := cmp.Diff([]string{"a", "b", "c"}, taken); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1.0", "1.1", "1.2", "1.3", "1.4", "5.0", "6.0"}, queue.deleted); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Counts{Messages: 8, Changes: 3, Ignored: 1, Repeated: 3, Malformed: 1, Failures: 3}, r.Counts()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}, waits); diff != "" {
		t.Error(diff)
	}
	if len(reported) != 4 || !strings.Contains(reported[0], "message 1.3 of https://q is dropped: it is no JSON at byte 2") {
		t.Errorf("%q", reported)
	}
	if in := queue.polls[0]; in.MaxNumberOfMessages != 10 || in.WaitTimeSeconds != 20 {
		t.Errorf("%+v", in)
	}
}

func TestBackoffIsBounded(t *testing.T) {
	r := NewReader(Config{Random: func() float64 { return 1 }})
	for failed, want := range map[int]time.Duration{0: time.Second, 3: 8 * time.Second, 6: time.Minute, 1000: time.Minute} {
		if got := r.backoff(failed); got != want {
			t.Errorf("after %d: %s, not %s", failed, got, want)
		}
	}
}

// TestEndingWhileWaiting ends the context during the backoff.
func TestEndingWhileWaiting(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	queue := &played{end: end, answers: []answer{{err: errors.New("no network")}}}
	NewReader(Config{Queue: queue, Report: func(error) { end() }}).Run(ctx)
	if len(queue.polls) != 1 {
		t.Errorf("%d polls", len(queue.polls))
	}
}

func TestRecentForgets(t *testing.T) {
	now := time.Unix(0, 0)
	r := NewRecent(2, time.Minute, func() time.Time { return now })
	for _, text := range []string{"a", "b"} {
		if !r.Add(text) || r.Add(text) {
			t.Errorf("%s is not remembered", text)
		}
	}
	r.Add("c")
	if r.Has("a") || !r.Has("b") || !r.Has("c") {
		t.Error("the oldest is not the one that went")
	}
	now = now.Add(40 * time.Second)
	r.Add("c")
	now = now.Add(20 * time.Second)
	if r.Has("b") || !r.Has("c") {
		t.Error("time does not count from the last time")
	}
	now = now.Add(40 * time.Second)
	if r.Has("c") || len(r.order) > 0 || len(r.until) > 0 {
		t.Error("something is left")
	}
}

func TestOwn(t *testing.T) {
	now := time.Unix(0, 0)
	const me = "arn:aws:sts::123456789012:assumed-role/reconciler/daemon"
	own := NewOwn(func() time.Time { return now }, me, "")
	own.Wrote("t1")
	for _, test := range []struct {
		change Change
		want   bool
	}{
		{Change{Token: "t1"}, true}, {Change{Token: "t2"}, false}, {Change{}, false}, {Change{ActorARN: me}, true},
		{Change{ActorARN: me + "2"}, false},
	} {
		if got := own.Caused(test.change); got != test.want {
			t.Errorf("%+v: %v", test.change, got)
		}
	}
	now = now.Add(ownSpan)
	if own.Caused(Change{Token: "t1"}) {
		t.Error("a token is remembered for ever")
	}
}

func TestSources(t *testing.T) {
	for text, want := range map[string]Source{
		"sqs:https://sqs.us-west-2.amazonaws.com/123456789012/changes":    {"https://sqs.us-west-2.amazonaws.com/123456789012/changes", "123456789012", "us-west-2"},
		"sqs:https://eu-west-1.queue.amazonaws.com/123456789012/changes":  {"https://eu-west-1.queue.amazonaws.com/123456789012/changes", "123456789012", "eu-west-1"},
		"sqs:https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q":      {"https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "123456789012", "cn-north-1"},
		"sqs:http://127.0.0.1:4566/123456789012/q":                        {"http://127.0.0.1:4566/123456789012/q", "123456789012", ""},
		"sqs:http://localhost:4566/queue/us-west-2/123456789012/changes/": {"http://localhost:4566/queue/us-west-2/123456789012/changes/", "123456789012", ""},
	} {
		if got, err := ParseSource(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "sqs:", "https://sqs.us-west-2.amazonaws.com/123456789012/q", "sqs:ftp://h/123456789012/q", "sqs:https://h/q", "sqs:https://h/12/q",
		"sqs:https://u:p@h/123456789012/q", "sqs:https://h/123456789012/q.fifo", "sqs:https://h", "sqs:%"} {
		if got, err := ParseSource(text); err == nil {
			t.Errorf("%s: %+v", text, got)
		}
	}
}
