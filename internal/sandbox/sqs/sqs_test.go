package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// The tests speak to the backend as callers do: through the SDK's client.

type service struct {
	*sqs.Client
	t   *testing.T
	now time.Time
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{t: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	_, cfg := sandboxtest.New(t, func(o *sandbox.Options) { o.Now = func() time.Time { return s.now } })
	s.Client = sqs.NewFromConfig(cfg)
	return s
}

func (s *service) queue(name string, attributes map[string]string) *string {
	s.t.Helper()
	out, err := s.CreateQueue(s.t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.QueueUrl
}

func (s *service) send(url *string, body string) {
	s.t.Helper()
	if _, err := s.SendMessage(s.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *service) receive(url *string) []types.Message {
	s.t.Helper()
	out, err := s.ReceiveMessage(s.t.Context(), &sqs.ReceiveMessageInput{
		QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.Messages
}

func bodies(messages []types.Message) string {
	var out []string
	for _, m := range messages {
		out = append(out, *m.Body)
	}
	return strings.Join(out, " ")
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	got := ""
	if errors.As(err, &api) {
		got = api.ErrorCode()
	} else if err != nil {
		got = err.Error()
	}
	if got != code {
		t.Errorf("error is %q (%v), not %q", got, err, code)
	}
}

// TestTheWayOfAMessage follows a message that is received, comes again, and is
// deleted by its last receipt alone.
func TestTheWayOfAMessage(t *testing.T) {
	s := newService(t)
	url := s.queue("q", map[string]string{"VisibilityTimeout": "10"})
	s.send(url, "a")
	first := s.receive(url)
	if bodies(first) != "a" || bodies(s.receive(url)) != "" {
		t.Fatalf("%v", first)
	}
	s.now = s.now.Add(10 * time.Second)
	second := s.receive(url)
	if bodies(second) != "a" || second[0].Attributes["ApproximateReceiveCount"] != "2" {
		t.Fatalf("%v", second)
	}
	remove := func(handle *string) error {
		_, err := s.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: handle})
		return err
	}
	wantCode(t, remove(first[0].ReceiptHandle), "")
	_, err := s.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: url, ReceiptHandle: second[0].ReceiptHandle, VisibilityTimeout: 1})
	wantCode(t, err, "")
	s.now = s.now.Add(time.Second)
	third := s.receive(url)
	if bodies(third) != "a" {
		t.Fatal("a former receipt deletes, or the timeout did not change")
	}
	wantCode(t, remove(third[0].ReceiptHandle), "")
	wantCode(t, remove(third[0].ReceiptHandle), "")
	wantCode(t, remove(new("nonsense")), "ReceiptHandleIsInvalid")
	s.now = s.now.Add(time.Hour)
	if got := s.receive(url); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

func TestDelaysAndRetention(t *testing.T) {
	s := newService(t)
	url := s.queue("q", map[string]string{"DelaySeconds": "5", "MessageRetentionPeriod": "60"})
	s.send(url, "a")
	if got := s.receive(url); len(got) > 0 {
		t.Error("it is not delayed")
	}
	attributes, err := s.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []types.QueueAttributeName{"All"}})
	if err != nil || attributes.Attributes["ApproximateNumberOfMessagesDelayed"] != "1" || attributes.Attributes["QueueArn"] != "arn:aws:sqs:us-west-2:012345678901:q" {
		t.Errorf("%v, %v", attributes, err)
	}
	s.now = s.now.Add(5 * time.Second)
	if got := s.receive(url); bodies(got) != "a" {
		t.Errorf("%v", got)
	}
	s.now = s.now.Add(time.Minute)
	if got := s.receive(url); len(got) > 0 {
		t.Error("it is kept too long")
	}
}

func TestGivingUp(t *testing.T) {
	s := newService(t)
	dead := s.queue("dead", nil)
	url := s.queue("q", map[string]string{"VisibilityTimeout": "1", "RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:us-west-2:012345678901:dead","maxReceiveCount":"2"}`})
	s.send(url, "a")
	for range 2 {
		if got := s.receive(url); bodies(got) != "a" {
			t.Fatalf("%v", got)
		}
		s.now = s.now.Add(time.Second)
	}
	if got := s.receive(url); len(got) > 0 {
		t.Errorf("%v", got)
	}
	got := s.receive(dead)
	if bodies(got) != "a" || got[0].Attributes["DeadLetterQueueSourceArn"] != "arn:aws:sqs:us-west-2:012345678901:q" {
		t.Errorf("%v", got)
	}
}

// TestAttributesOfMessages lets the SDK check the digests.
func TestAttributesOfMessages(t *testing.T) {
	s := newService(t)
	url := s.queue("q", nil)
	_, err := s.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: new("é"), MessageAttributes: map[string]types.MessageAttributeValue{
		"a.one": {DataType: new("String"), StringValue: new("x")}, "b": {DataType: new("Binary.raw"), BinaryValue: []byte{0, 1}}, "a.two": {DataType: new("Number"), StringValue: new("3")},
	}})
	wantCode(t, err, "")
	got, err := s.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MessageAttributeNames: []string{"a.*"}})
	if err != nil || len(got.Messages) != 1 || len(got.Messages[0].MessageAttributes) != 2 || *got.Messages[0].MessageAttributes["a.two"].StringValue != "3" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestQueues(t *testing.T) {
	s := newService(t)
	for name, test := range map[string]struct {
		queue      string
		attributes map[string]string
		want       string
	}{
		"plain":               {"q", nil, ""},
		"name":                {"a b", nil, "InvalidParameterValue"},
		"long name":           {strings.Repeat("x", 81), nil, "InvalidParameterValue"},
		"fifo":                {"q.fifo", map[string]string{"FifoQueue": "true"}, "InvalidParameterValue"},
		"fifo attribute":      {"f", map[string]string{"FifoQueue": "true"}, "AWS.SimpleQueueService.UnsupportedOperation"},
		"unknown attribute":   {"u", map[string]string{"Colour": "red"}, "InvalidAttributeName"},
		"timeout":             {"t", map[string]string{"VisibilityTimeout": "43201"}, "InvalidAttributeValue"},
		"no number":           {"n", map[string]string{"DelaySeconds": "soon"}, "InvalidAttributeValue"},
		"policy":              {"p", map[string]string{"Policy": "{}"}, "InvalidAttributeValue"},
		"no dead letter":      {"d", map[string]string{"RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:us-west-2:012345678901:none","maxReceiveCount":2}`}, "InvalidParameterValue"},
		"redrive of no count": {"r", map[string]string{"RedrivePolicy": `{}`}, "InvalidParameterValue"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &test.queue, Attributes: test.attributes})
			wantCode(t, err, test.want)
		})
	}
	_, err := s.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("q"), Attributes: map[string]string{"VisibilityTimeout": "30"}})
	wantCode(t, err, "")
	_, err = s.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("q"), Attributes: map[string]string{"VisibilityTimeout": "31"}})
	wantCode(t, err, "QueueAlreadyExists")
	url, err := s.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: new("q")})
	wantCode(t, err, "")
	_, err = s.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: new("none")})
	wantCode(t, err, "AWS.SimpleQueueService.NonExistentQueue")
	_, err = s.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: url.QueueUrl})
	wantCode(t, err, "")
	_, err = s.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: url.QueueUrl})
	wantCode(t, err, "AWS.SimpleQueueService.PurgeQueueInProgress")
	_, err = s.DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: url.QueueUrl})
	wantCode(t, err, "")
	_, err = s.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("q")})
	wantCode(t, err, "AWS.SimpleQueueService.QueueDeletedRecently")
	s.now = s.now.Add(time.Minute)
	s.queue("q", nil)
	for i := range 3 {
		s.queue(fmt.Sprint("list", i), nil)
	}
	page, err := s.ListQueues(t.Context(), &sqs.ListQueuesInput{QueueNamePrefix: new("list"), MaxResults: new(int32(2))})
	if err != nil || len(page.QueueUrls) != 2 || page.NextToken == nil {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestOldNamesOfAttributes asks for them by the member that older clients have.
func TestOldNamesOfAttributes(t *testing.T) {
	s := newService(t)
	url := s.queue("q", nil)
	s.send(url, "a")
	ask := func(name types.QueueAttributeName) (*sqs.ReceiveMessageOutput, error) {
		return s.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, AttributeNames: []types.QueueAttributeName{name}})
	}
	_, err := ask("Colour")
	wantCode(t, err, "InvalidAttributeName")
	got, err := ask("ApproximateReceiveCount")
	if err != nil || len(got.Messages) != 1 || got.Messages[0].Attributes["ApproximateReceiveCount"] != "1" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestLongPollingLeavesOthersAlone polls while another client sends.
func TestLongPollingLeavesOthersAlone(t *testing.T) {
	_, cfg := sandboxtest.New(t)
	s := &service{Client: sqs.NewFromConfig(cfg), t: t}
	url := s.queue("q", nil)
	got := make(chan string, 1)
	go func() {
		out, err := s.ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 20})
		if err != nil {
			got <- err.Error()
			return
		}
		got <- bodies(out.Messages)
	}()
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	s.send(url, "a")
	if body := <-got; body != "a" || time.Since(began) > 10*time.Second {
		t.Errorf("%q after %s", body, time.Since(began))
	}
	began = time.Now()
	out, err := s.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 1})
	if waited := time.Since(began); err != nil || len(out.Messages) > 0 || waited < time.Second {
		t.Errorf("%v, %v after %s", out, err, waited)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 20}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
