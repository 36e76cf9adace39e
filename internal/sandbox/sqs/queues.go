package sqs

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/paging"
)

// rest is how long a name is taken after its queue was deleted, and how long a
// queue is being purged.
const rest = time.Minute

// CreateQueue makes a queue, or finds the one that is there if what is asked of
// it is so.
func (b *Backend) CreateQueue(in *sdk.CreateQueueInput) (*sdk.CreateQueueOutput, error) {
	name := aws.ToString(in.QueueName)
	if err := b.checkNew(name, in); err != nil {
		return nil, err
	}
	now := b.env.Now()
	if q, exists := b.state.Queues[name]; exists {
		return b.sameQueue(q, in)
	}
	if at, deleted := b.state.Deleted[name]; deleted && now.Before(at.Add(rest)) {
		return nil, awserr.New("QueueDeletedRecently", "You must wait 60 seconds after deleting a queue before you can create another with the same name.")
	}
	delete(b.state.Deleted, name)
	q := &Queue{Name: name, Attributes: map[string]string{}, Tags: map[string]string{}, Created: now, Modified: now}
	q.set(in.Attributes)
	maps.Copy(q.Tags, in.Tags)
	b.state.Queues[name] = q
	return &sdk.CreateQueueOutput{QueueUrl: new(b.url(name))}, nil
}

func (b *Backend) checkNew(name string, in *sdk.CreateQueueInput) error {
	if name == "" || len(name) > 80 || strings.Trim(name, awsenv.AlphaNumeric+"-_") != "" {
		return badValue("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	if err := checkTags(nil, in.Tags); err != nil {
		return err
	}
	return b.checkAttributes(in.Attributes)
}

// sameQueue refuses attributes that are otherwise than the queue's.
func (b *Backend) sameQueue(q *Queue, in *sdk.CreateQueueInput) (*sdk.CreateQueueOutput, error) {
	has := b.attributesOf(q)
	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) {
		if has[name] != in.Attributes[name] {
			return nil, awserr.New("QueueNameExists", "A queue already exists with the same name and a different value for attribute %s", name)
		}
	}
	return &sdk.CreateQueueOutput{QueueUrl: new(b.url(q.Name))}, nil
}

// DeleteQueue deletes a queue and what is in it.
func (b *Backend) DeleteQueue(in *sdk.DeleteQueueInput) (*sdk.DeleteQueueOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	delete(b.state.Queues, q.Name)
	b.state.Deleted[q.Name] = b.env.Now()
	return &sdk.DeleteQueueOutput{}, nil
}

// PurgeQueue deletes all messages of a queue.
func (b *Backend) PurgeQueue(in *sdk.PurgeQueueInput) (*sdk.PurgeQueueOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	now := b.env.Now()
	if !q.Purged.IsZero() && now.Before(q.Purged.Add(rest)) {
		return nil, awserr.New("PurgeQueueInProgress", "Only one PurgeQueue operation on %s is allowed every 60 seconds.", q.Name)
	}
	q.Purged, q.Messages = now, nil
	return &sdk.PurgeQueueOutput{}, nil
}

// maxListed is the largest page of ListQueues, and the usual one.
const maxListed = 1000

// ListQueues lists URLs by name. A page has a token for the next only where its
// size was asked for.
func (b *Backend) ListQueues(in *sdk.ListQueuesInput) (*sdk.ListQueuesOutput, error) {
	size := int(aws.ToInt32(in.MaxResults))
	if in.MaxResults != nil && (size < 1 || size > maxListed) {
		return nil, badValue("Value %d for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.", size)
	}
	if in.NextToken != nil && in.MaxResults == nil {
		return nil, badValue("Value for parameter MaxResults is invalid. Reason: It must be given with NextToken.")
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(b.state.Queues)), func(name string) bool {
		return !strings.HasPrefix(name, aws.ToString(in.QueueNamePrefix))
	})
	if in.MaxResults == nil {
		size = maxListed
	}
	page, next, err := paging.Cut(names, func(name string) string { return name }, in.NextToken, size)
	if err != nil {
		return nil, badValue("Invalid or expired next token.")
	}
	if in.MaxResults == nil {
		next = nil
	}
	out := &sdk.ListQueuesOutput{NextToken: next}
	for _, name := range page {
		out.QueueUrls = append(out.QueueUrls, b.url(name))
	}
	return out, nil
}
