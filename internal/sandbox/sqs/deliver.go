package sqs

import (
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// Event is what EventBridge brings to a queue.
type Event struct {
	Body string
	Rule string // the ARN of the rule that sends it
	At   time.Time
}

// Deliver puts an event into the queue of an ARN, where it arrives at its time,
// and says whether it could: the queue is there, its policy lets EventBridge
// send for the rule, and it is not encrypted by AWS's own key, whose policy
// EventBridge is not in (EventBridge User Guide, "Amazon SQS permissions" and
// "Event bus target specifics"). The policy of a key of the customer's own is
// not known here, and taken for one that lets it.
func (b *Backend) Deliver(arn string, e Event) bool {
	name := strings.TrimPrefix(arn, b.arn(""))
	q, found := b.state.Queues[name]
	if !found || strings.HasSuffix(q.Attributes["KmsMasterKeyId"], "alias/aws/sqs") || !b.welcomes(q, e.Rule) || int64(len(e.Body)) > q.number("MaximumMessageSize") {
		return false
	}
	q.Messages = append(q.Messages, &Message{
		ID: b.env.UUID(), Body: e.Body, Sender: "AIDAEVENTBRIDGE", Sent: e.At, Arrives: e.At, Visible: e.At.Add(q.seconds("DelaySeconds")),
	})
	return true
}

// welcomes says whether a queue's policy lets EventBridge send for a rule. A
// condition that the sandbox cannot judge allows nothing, and denies.
func (b *Backend) welcomes(q *Queue, rule string) bool {
	verdict, err := policydoc.Evaluate([]string{q.Attributes["Policy"]}, policydoc.Request{
		Action: "sqs:SendMessage", Resource: b.arn(q.Name), Names: []string{"events.amazonaws.com"},
		Context: map[string][]string{"aws:sourcearn": {rule}, "aws:sourceaccount": {b.env.Account}, "aws:securetransport": {"true"}},
		Unknown: func(string) bool { return true },
	})
	return err == nil && q.Attributes["Policy"] != "" && verdict.Decision == policydoc.Allowed
}
