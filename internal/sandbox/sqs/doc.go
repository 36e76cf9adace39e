// Package sqs plays the standard queues of Amazon SQS in one region.
//
// It guarantees that a message which was received stays hidden for its
// visibility timeout and comes again afterwards, unless the receipt of its last
// receiving deleted it; that it goes to the dead-letter queue once it was
// received too often; and that a queue keeps the attributes that it was given,
// of which it refuses those that AWS refuses. It never waits: the frame asks
// NextAt how long a long poll has to. There are no FIFO queues.
package sqs

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// Backend is SQS in one account and region. It is not safe for concurrent use;
// the frame serves one call at a time.
type Backend struct {
	env   *awsenv.Env
	state State
}

// State is everything that the backend remembers.
type State struct {
	// Queues by name.
	Queues map[string]*Queue
	// Deleted is when the last queue of a name was deleted: for a minute the
	// name is taken.
	Deleted map[string]time.Time
}

// Queue is one queue.
type Queue struct {
	Name string
	// Attributes are those that were given; the others have their defaults.
	Attributes        map[string]string
	Tags              map[string]string
	Created, Modified time.Time
	Purged            time.Time  // last; zero for never
	Messages          []*Message // in the order in which they were sent
}

// Message is one message that was not deleted.
type Message struct {
	ID, Body, Sender string
	Attributes       map[string]Attribute `json:",omitzero"`
	Trace            string               `json:",omitzero"`
	Sent             time.Time
	// Arrives is when the message is in the queue; zero for at once. Until then
	// nobody can tell that it will be.
	Arrives time.Time `json:",omitzero"`
	// Visible is from when on it can be received.
	Visible time.Time
	// Receipt is the handle of the last receiving; empty before the first.
	Receipt       string    `json:",omitzero"`
	FirstReceived time.Time `json:",omitzero"`
	Received      int
	Source        string `json:",omitzero"` // the ARN of the queue that gave it up
}

// Attribute is a message's attribute.
type Attribute struct {
	Type   string
	Text   *string `json:",omitzero"`
	Binary []byte  `json:",omitzero"`
}

// New makes an SQS without queues.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Queues: map[string]*Queue{}, Deleted: map[string]time.Time{}}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

func (b *Backend) arn(name string) string { return b.env.ARN("sqs", name) }

// url is a queue's as AWS has it. A client that is pointed here sends its
// requests here all the same: the URL is a name.
func (b *Backend) url(name string) string {
	host := "sqs." + b.env.Region + ".amazonaws.com"
	if b.env.Partition == "aws-cn" {
		host += ".cn"
	}
	return "https://" + host + "/" + b.env.Account + "/" + name
}

// queue finds a queue by its URL, of which the last two parts count.
func (b *Backend) queue(url *string) (*Queue, error) {
	parts := strings.Split(strings.TrimRight(aws.ToString(url), "/"), "/")
	if len(parts) < 2 || parts[len(parts)-2] != b.env.Account {
		return nil, noQueue()
	}
	q, ok := b.state.Queues[parts[len(parts)-1]]
	if !ok {
		return nil, noQueue()
	}
	q.expire(b.env.Now())
	return q, nil
}

func noQueue() error {
	return awserr.New("QueueDoesNotExist", "The specified queue does not exist.")
}

func badValue(format string, args ...any) error {
	return awserr.New("InvalidParameterValueException", format, args...)
}

// expire drops what the queue need not keep any longer.
func (q *Queue) expire(now time.Time) {
	kept := q.Messages[:0]
	for _, m := range q.Messages {
		if m.Sent.Add(q.seconds("MessageRetentionPeriod")).After(now) {
			kept = append(kept, m)
		}
	}
	clear(q.Messages[len(kept):])
	q.Messages = kept
}

// Guarded is what decides who may do something with the queue of an ARN: its
// policy, or none, and its tags.
func (b *Backend) Guarded(arn string) (policy string, tags map[string]string, found bool) {
	q, found := b.state.Queues[strings.TrimPrefix(arn, b.arn(""))]
	if !found {
		return "", nil, false
	}
	return q.Attributes["Policy"], q.Tags, true
}

// Tagged lists the queues that have tags: ARN, and tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	out := map[string]map[string]string{}
	for name, q := range b.state.Queues {
		if len(q.Tags) > 0 {
			out[b.arn(name)] = q.Tags
		}
	}
	return out
}

// GetQueueUrl tells a queue's URL.
func (b *Backend) GetQueueUrl(in *sdk.GetQueueUrlInput) (*sdk.GetQueueUrlOutput, error) {
	name := aws.ToString(in.QueueName)
	if _, ok := b.state.Queues[name]; !ok || in.QueueOwnerAWSAccountId != nil && *in.QueueOwnerAWSAccountId != b.env.Account {
		return nil, noQueue()
	}
	return &sdk.GetQueueUrlOutput{QueueUrl: new(b.url(name))}, nil
}
