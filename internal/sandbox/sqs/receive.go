package sqs

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxInFlight is how many messages of a queue may be received and neither
// deleted nor visible again.
const maxInFlight = 120_000

// ReceiveMessage receives what can be received now, the oldest first. It never
// waits.
func (b *Backend) ReceiveMessage(in *sdk.ReceiveMessageInput) (*sdk.ReceiveMessageOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := checkReceive(in); err != nil {
		return nil, err
	}
	now := b.env.Now()
	if _, _, hidden := q.count(now); hidden >= maxInFlight {
		return nil, awserr.New("OverLimit", "Too many messages are in flight.")
	}
	b.giveUp(q, now)
	most := int(in.MaxNumberOfMessages)
	if most == 0 {
		most = 1
	}
	out := &sdk.ReceiveMessageOutput{}
	for _, m := range q.Messages {
		if len(out.Messages) < most && !m.Visible.After(now) {
			out.Messages = append(out.Messages, b.receive(q, m, in, now))
		}
	}
	return out, nil
}

func checkReceive(in *sdk.ReceiveMessageInput) error {
	switch {
	case in.MaxNumberOfMessages < 0 || in.MaxNumberOfMessages > 10:
		return badValue("Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.", in.MaxNumberOfMessages)
	case in.WaitTimeSeconds < 0 || in.WaitTimeSeconds > 20:
		return badValue("Value %d for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.", in.WaitTimeSeconds)
	case slices.ContainsFunc(systemNames(in), unknownName):
		return awserr.New("InvalidAttributeName", "Unknown Attribute.")
	case in.ReceiveRequestAttemptId != nil:
		return badValue("The request includes a parameter that is not valid for this queue type.")
	}
	return checkTimeout(in.VisibilityTimeout)
}

func checkTimeout(seconds int32) error {
	if seconds < 0 || seconds > 43200 {
		return badValue("Value %d for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200, if provided.", seconds)
	}
	return nil
}

// receive hides a message and shows it.
func (b *Backend) receive(q *Queue, m *Message, in *sdk.ReceiveMessageInput, now time.Time) types.Message {
	hidden := q.seconds("VisibilityTimeout")
	if in.VisibilityTimeout != 0 {
		hidden = time.Duration(in.VisibilityTimeout) * time.Second
	}
	if m.Received == 0 {
		m.FirstReceived = now
	}
	m.Received++
	m.Visible, m.Receipt = now.Add(hidden), b.receipt(m.ID)
	out := types.Message{
		MessageId: &m.ID, ReceiptHandle: &m.Receipt, Body: &m.Body, MD5OfBody: new(md5Of(m.Body)),
		Attributes: m.systemAttributes(systemNames(in)),
	}
	m.show(&out, in.MessageAttributeNames)
	return out
}

// systemNames are the attributes that a request asks for, by its new member or
// its old one.
func systemNames(in *sdk.ReceiveMessageInput) []string {
	var out []string
	for _, name := range in.MessageSystemAttributeNames {
		out = append(out, string(name))
	}
	for _, name := range in.AttributeNames { //nolint:staticcheck // older clients ask by it
		out = append(out, string(name))
	}
	return out
}

// unknownName says whether a name is one of no message's attributes, nor, since
// the old member's shape has them, of any queue's.
func unknownName(name string) bool {
	return !slices.Contains(types.MessageSystemAttributeName("").Values(), types.MessageSystemAttributeName(name)) &&
		!slices.Contains(types.QueueAttributeName("").Values(), types.QueueAttributeName(name))
}

func (m *Message) systemAttributes(names []string) map[string]string {
	all := map[string]string{
		"SenderId": m.Sender, "SentTimestamp": strconv.FormatInt(m.Sent.UnixMilli(), 10),
		"ApproximateReceiveCount":          strconv.Itoa(m.Received),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstReceived.UnixMilli(), 10),
	}
	if m.Source != "" {
		all["DeadLetterQueueSourceArn"] = m.Source
	}
	if m.Trace != "" {
		all[trace] = m.Trace
	}
	if slices.Contains(names, "All") {
		return all
	}
	var out map[string]string
	for _, name := range names {
		if value, ok := all[name]; ok {
			if out == nil {
				out = map[string]string{}
			}
			out[name] = value
		}
	}
	return out
}

// show adds the message's attributes that are asked for: by name, by All or .*,
// or by the beginning of names, as in foo.*.
func (m *Message) show(out *types.Message, asked []string) {
	shown := map[string]Attribute{}
	for name, a := range m.Attributes {
		if slices.ContainsFunc(asked, func(want string) bool {
			prefix, isPrefix := strings.CutSuffix(want, ".*")
			return want == name || want == "All" || isPrefix && strings.HasPrefix(name, prefix)
		}) {
			shown[name] = a
		}
	}
	if len(shown) == 0 {
		return
	}
	out.MessageAttributes = map[string]types.MessageAttributeValue{}
	for name, a := range shown {
		out.MessageAttributes[name] = types.MessageAttributeValue{DataType: new(a.Type), StringValue: a.Text, BinaryValue: a.Binary}
	}
	out.MD5OfMessageAttributes = new(md5OfAttributes(shown))
}

// giveUp moves what was received too often to the dead-letter queue, in which
// it keeps the time when it was sent.
func (b *Backend) giveUp(q *Queue, now time.Time) {
	to, most, ok := readRedrive(q.Attributes["RedrivePolicy"])
	dead, found := b.state.Queues[strings.TrimPrefix(to.Target, b.arn(""))]
	if !ok || !found || dead == q {
		return
	}
	q.Messages = slices.DeleteFunc(q.Messages, func(m *Message) bool {
		if m.Visible.After(now) || int64(m.Received) < most {
			return false
		}
		m.Receipt, m.Visible, m.Source = "", now, b.arn(q.Name)
		dead.Messages = append(dead.Messages, m)
		return true
	})
}

// NextAt is when a queue has something to receive: now or before if it has, the
// zero time if nothing is known to come. ok is false where ReceiveMessage would
// not wait: because it fails, or because neither the request nor the queue says
// so.
func (b *Backend) NextAt(in *sdk.ReceiveMessageInput) (at time.Time, wait time.Duration, ok bool) {
	q, err := b.queue(in.QueueUrl)
	if err != nil || checkReceive(in) != nil {
		return time.Time{}, 0, false
	}
	wait = q.seconds("ReceiveMessageWaitTimeSeconds")
	if in.WaitTimeSeconds != 0 {
		wait = time.Duration(in.WaitTimeSeconds) * time.Second
	}
	for _, m := range q.Messages {
		if at.IsZero() || m.Visible.Before(at) {
			at = m.Visible
		}
	}
	return at, wait, wait > 0
}

// ChangeMessageVisibility hides a received message for so long from now on.
func (b *Backend) ChangeMessageVisibility(in *sdk.ChangeMessageVisibilityInput) (*sdk.ChangeMessageVisibilityOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	id, err := idOf(aws.ToString(in.ReceiptHandle))
	if err != nil {
		return nil, err
	}
	if err := checkTimeout(in.VisibilityTimeout); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(q.Messages, func(m *Message) bool { return m.ID == id })
	now := b.env.Now()
	switch {
	case i < 0:
		return nil, badValue("Value %s for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for "+
			"visibility timeout change.", aws.ToString(in.ReceiptHandle))
	case !q.Messages[i].Visible.After(now) || q.Messages[i].Receipt != aws.ToString(in.ReceiptHandle):
		return nil, awserr.New("MessageNotInflight", "The specified message isn't in flight.")
	}
	q.Messages[i].Visible = now.Add(time.Duration(in.VisibilityTimeout) * time.Second)
	return &sdk.ChangeMessageVisibilityOutput{}, nil
}
