package sqs

import (
	"math/rand/v2"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/membertest"
	"ecs-reconciler/internal/sandbox/paging"
)

const base = "https://sqs.us-west-2.amazonaws.com/012345678901/"

// inhabited has two queues; in the first are a message that was received and
// two that were not, of which one has attributes.
func inhabited(t *testing.T) (*Backend, string) {
	t.Helper()
	now := time.Unix(1_700_000_000, 0)
	b := New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now: func() time.Time { return now }, Rand: rand.NewChaCha8([32]byte{}),
	})
	for _, name := range []string{"qa", "qb"} {
		if _, err := b.CreateQueue(&sdk.CreateQueueInput{QueueName: &name, Tags: map[string]string{"k": "v"}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []string{"one", "two", "three"} {
		in := &sdk.SendMessageInput{QueueUrl: new(base + "qa"), MessageBody: &body}
		if body == "two" {
			in.MessageAttributes = map[string]types.MessageAttributeValue{"a": {DataType: new("String"), StringValue: new("x")}}
		}
		if _, err := b.SendMessage(in); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.ReceiveMessage(&sdk.ReceiveMessageInput{QueueUrl: new(base + "qa")})
	if err != nil || len(got.Messages) != 1 {
		t.Fatal(got, err)
	}
	return b, *got.Messages[0].ReceiptHandle
}

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	_, handle := inhabited(t)
	url, qa := new(base+"qa"), new("qa")
	const fifo = "only FIFO queues take it"
	const waits = "the frame waits, asking NextAt"
	_, after, err := paging.Cut([]string{"p", "p~"}, func(s string) string { return s }, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	membertest.Service(t, "sqs", func() membertest.Backend { b, _ := inhabited(t); return b }, map[string]membertest.Operation{
		"ChangeMessageVisibility": {Inputs: []any{&sdk.ChangeMessageVisibilityInput{QueueUrl: url, ReceiptHandle: &handle, VisibilityTimeout: 7}}},
		"CreateQueue":             {Inputs: []any{&sdk.CreateQueueInput{QueueName: new("qn"), Attributes: map[string]string{"DelaySeconds": "3"}, Tags: map[string]string{"k": "v"}}}},
		"DeleteMessage":           {Inputs: []any{&sdk.DeleteMessageInput{QueueUrl: url, ReceiptHandle: &handle}}},
		"DeleteMessageBatch":      {Inputs: []any{&sdk.DeleteMessageBatchInput{QueueUrl: url, Entries: []types.DeleteMessageBatchRequestEntry{{Id: new("a"), ReceiptHandle: &handle}}}}},
		"DeleteQueue":             {Inputs: []any{&sdk.DeleteQueueInput{QueueUrl: url}}},
		"GetQueueAttributes":      {Inputs: []any{&sdk.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []types.QueueAttributeName{"QueueArn"}}}},
		"GetQueueUrl":             {Inputs: []any{&sdk.GetQueueUrlInput{QueueName: qa, QueueOwnerAWSAccountId: new(awsenv.DefaultAccount)}}},
		"ListQueueTags":           {Inputs: []any{&sdk.ListQueueTagsInput{QueueUrl: url}}},
		"ListQueues":              {Inputs: []any{&sdk.ListQueuesInput{MaxResults: new(int32(1)), QueueNamePrefix: new("q"), NextToken: after}}},
		"PurgeQueue":              {Inputs: []any{&sdk.PurgeQueueInput{QueueUrl: url}}},
		"ReceiveMessage": {Inputs: []any{&sdk.ReceiveMessageInput{
			QueueUrl: url, MaxNumberOfMessages: 1, VisibilityTimeout: 5, WaitTimeSeconds: 1, MessageAttributeNames: []string{"a"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{"SentTimestamp"}, AttributeNames: []types.QueueAttributeName{"SenderId"},
		}}, Refused: map[string]string{"ReceiveRequestAttemptId": fifo}, Same: map[string]string{"WaitTimeSeconds": waits}},
		"SendMessage":        {Inputs: sent(url), Refused: map[string]string{"MessageDeduplicationId": fifo, "MessageGroupId": fifo}},
		"SetQueueAttributes": {Inputs: []any{&sdk.SetQueueAttributesInput{QueueUrl: url, Attributes: map[string]string{"VisibilityTimeout": "3"}}}},
		"TagQueue":           {Inputs: []any{&sdk.TagQueueInput{QueueUrl: url, Tags: map[string]string{"n": "v"}}}},
		"UntagQueue":         {Inputs: []any{&sdk.UntagQueueInput{QueueUrl: url, TagKeys: []string{"k"}}}},
	})
}

// sent are messages with attributes of each kind, and such as are refused.
func sent(url *string) []any {
	list := types.MessageAttributeValue{DataType: new("String"), StringValue: new("v")}
	texts, bytes := list, list
	texts.StringListValues, bytes.BinaryListValues = []string{"x"}, [][]byte{{1}}
	trace := types.MessageSystemAttributeValue{DataType: new("String"), StringValue: new("Root=1")}
	traceTexts, traceBytes, traceBinary := trace, trace, trace
	traceTexts.StringListValues, traceBytes.BinaryListValues, traceBinary.BinaryValue = []string{"x"}, [][]byte{{1}}, []byte{1}
	message := func(a, b types.MessageAttributeValue, system types.MessageSystemAttributeValue) any {
		return &sdk.SendMessageInput{QueueUrl: url, MessageBody: new("body"), DelaySeconds: 5,
			MessageAttributes:       map[string]types.MessageAttributeValue{"a": a, "b": b},
			MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{"AWSTraceHeader": system}}
	}
	binary := types.MessageAttributeValue{DataType: new("Binary"), BinaryValue: []byte{1}}
	return []any{message(list, binary, trace), message(texts, binary, trace), message(bytes, binary, trace),
		message(list, binary, traceTexts), message(list, binary, traceBytes), message(list, binary, traceBinary)}
}
