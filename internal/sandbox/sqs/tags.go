package sqs

import (
	"maps"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
)

// maxTags is how many tags a queue may have.
const maxTags = 50

// checkTags refuses tags that a queue with others cannot have too.
func checkTags(has, more map[string]string) error {
	all := maps.Clone(has)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, more)
	for key := range more {
		if key == "" || strings.HasPrefix(strings.ToLower(key), "aws:") {
			return badValue("Tag keys must not be empty or begin with aws:.")
		}
	}
	if len(all) > maxTags {
		return badValue("Too many tags added for queue.")
	}
	return nil
}

// TagQueue merges tags into a queue's.
func (b *Backend) TagQueue(in *sdk.TagQueueInput) (*sdk.TagQueueOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := checkTags(q.Tags, in.Tags); err != nil {
		return nil, err
	}
	maps.Copy(q.Tags, in.Tags)
	return &sdk.TagQueueOutput{}, nil
}

// UntagQueue takes tags away.
func (b *Backend) UntagQueue(in *sdk.UntagQueueInput) (*sdk.UntagQueueOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(q.Tags, key)
	}
	return &sdk.UntagQueueOutput{}, nil
}

// ListQueueTags lists a queue's tags.
func (b *Backend) ListQueueTags(in *sdk.ListQueueTagsInput) (*sdk.ListQueueTagsOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if len(q.Tags) == 0 {
		return &sdk.ListQueueTagsOutput{}, nil
	}
	return &sdk.ListQueueTagsOutput{Tags: maps.Clone(q.Tags)}, nil
}
