package events

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// What SQS allows at most: messages at a time, and seconds to wait for them.
const (
	batch       = 10
	longestPoll = 20
)

// What a Reader remembers of events, to hand each over once: SQS delivers some
// twice, and EventBridge too.
const (
	seenEvents = 20_000
	seenSpan   = 15 * time.Minute
)

// Config says what to read and whom to tell.
type Config struct {
	Queue Queue
	URL   string
	// Take is handed every change, those of other accounts and regions too. It
	// may be called again with the same one, and must not wait long: the queue
	// is not read meanwhile.
	Take func(Change)
	// Report is told what went wrong: a message that is no event, a queue that
	// cannot be read. It may be nil.
	Report func(error)
	// Now is the clock, Sleep waits, and Random draws from 0 to 1; those of the
	// system unless set.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Random func() float64
}

func (c Config) withDefaults() Config {
	if c.Report == nil {
		c.Report = func(error) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	return c
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Counts say what became of the messages.
type Counts struct {
	Messages  int64 // received
	Changes   int64 // handed over
	Ignored   int64 // events of no interest
	Repeated  int64 // events that were handed over before
	Malformed int64 // messages that are no events
	Failures  int64 // calls of SQS that failed
}

// Reader reads a queue. Several may read one queue at once.
type Reader struct {
	config Config
	seen   *Recent

	messages, changes, ignored, repeated, malformed, failures atomic.Int64
}

// NewReader makes a reader that has read nothing yet.
func NewReader(c Config) *Reader {
	c = c.withDefaults()
	return &Reader{config: c, seen: NewRecent(seenEvents, seenSpan, c.Now)}
}

// Counts are those since NewReader.
func (r *Reader) Counts() Counts {
	return Counts{
		Messages: r.messages.Load(), Changes: r.changes.Load(), Ignored: r.ignored.Load(),
		Repeated: r.repeated.Load(), Malformed: r.malformed.Load(), Failures: r.failures.Load(),
	}
}

// Run reads until ctx ends. It never gives up: a queue that cannot be read is
// reported and tried again, ever more rarely.
func (r *Reader) Run(ctx context.Context) {
	for failed := 0; ctx.Err() == nil; {
		err := r.Once(ctx)
		if err == nil {
			failed = 0
			continue
		}
		if ctx.Err() != nil {
			return
		}
		r.failures.Add(1)
		r.config.Report(err)
		if r.config.Sleep(ctx, r.backoff(failed)) != nil {
			return
		}
		failed++
	}
}

// backoff is how long to wait after a number of failures in a row: a second,
// doubled each time up to a minute, and of that a random half or more.
func (r *Reader) backoff(failed int) time.Duration {
	longest := time.Second << min(failed, 6)
	longest = min(longest, time.Minute)
	return longest/2 + time.Duration(r.config.Random()*float64(longest/2))
}

// Once reads what is there, waiting up to 20 seconds for something to come,
// hands it over and deletes it.
func (r *Reader) Once(ctx context.Context) error {
	out, err := r.config.Queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &r.config.URL, MaxNumberOfMessages: batch, WaitTimeSeconds: longestPoll,
	})
	if err != nil {
		return fmt.Errorf("events: receive from %s: %w", r.config.URL, err)
	}
	for _, m := range out.Messages {
		r.message(m)
	}
	return r.remove(ctx, out.Messages)
}

// message hands over what a message tells.
func (r *Reader) message(m types.Message) {
	r.messages.Add(1)
	changes, err := Parse([]byte(aws.ToString(m.Body)))
	switch {
	case err != nil:
		r.malformed.Add(1)
		r.config.Report(fmt.Errorf("events: message %s of %s is dropped: %w", aws.ToString(m.MessageId), r.config.URL, err))
		return
	case len(changes) == 0:
		r.ignored.Add(1)
		return
	case !r.seen.Add(changes[0].ID):
		r.repeated.Add(1)
		return
	}
	for _, c := range changes {
		r.changes.Add(1)
		r.config.Take(c)
	}
}

// remove deletes what was handed over. What cannot be deleted comes again.
func (r *Reader) remove(ctx context.Context, messages []types.Message) error {
	if len(messages) == 0 {
		return nil
	}
	in := &sqs.DeleteMessageBatchInput{QueueUrl: &r.config.URL}
	for i, m := range messages {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: new(strconv.Itoa(i)), ReceiptHandle: m.ReceiptHandle})
	}
	out, err := r.config.Queue.DeleteMessageBatch(ctx, in)
	if err != nil {
		return fmt.Errorf("events: delete from %s: %w", r.config.URL, err)
	}
	var failed []error
	for _, f := range out.Failed {
		failed = append(failed, fmt.Errorf("events: delete from %s: %s: %s", r.config.URL, aws.ToString(f.Code), aws.ToString(f.Message)))
	}
	return errors.Join(failed...)
}
