package sqs

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// receipt draws the handle of one receiving of a message. Its checksum keeps
// out what no receiving gave.
func (b *Backend) receipt(id string) string {
	text := id + " " + b.env.Random(16, awsenv.Hex)
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s %08x", text, crc32.ChecksumIEEE([]byte(text))))
}

// idOf is the id of the message that a handle is of.
func idOf(handle string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(handle)
	text := string(raw)
	at := strings.LastIndexByte(text, ' ')
	if err != nil || at < 0 || text[at+1:] != fmt.Sprintf("%08x", crc32.ChecksumIEEE(raw[:at])) {
		return "", awserr.New("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
	}
	id, _, _ := strings.Cut(text, " ")
	return id, nil
}

// remove deletes the message that was received with a handle. A handle of an
// earlier receiving deletes nothing and is no error, nor is one of a message
// that is gone.
func (q *Queue) remove(handle string) error {
	if _, err := idOf(handle); err != nil {
		return err
	}
	q.Messages = slices.DeleteFunc(q.Messages, func(m *Message) bool { return m.Receipt == handle })
	return nil
}

// DeleteMessage deletes a message that was received.
func (b *Backend) DeleteMessage(in *sdk.DeleteMessageInput) (*sdk.DeleteMessageOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := q.remove(aws.ToString(in.ReceiptHandle)); err != nil {
		return nil, err
	}
	return &sdk.DeleteMessageOutput{}, nil
}

// maxEntries is how many messages a batch may have.
const maxEntries = 10

// DeleteMessageBatch deletes messages; those that cannot be fail one by one.
func (b *Backend) DeleteMessageBatch(in *sdk.DeleteMessageBatchInput) (*sdk.DeleteMessageBatchOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := checkEntries(in.Entries); err != nil {
		return nil, err
	}
	out := &sdk.DeleteMessageBatchOutput{Successful: []types.DeleteMessageBatchResultEntry{}, Failed: []types.BatchResultErrorEntry{}}
	for _, e := range in.Entries {
		if err := q.remove(aws.ToString(e.ReceiptHandle)); err != nil {
			refused := awserr.From(err)
			out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, SenderFault: true, Code: &refused.Code, Message: &refused.Message})
			continue
		}
		out.Successful = append(out.Successful, types.DeleteMessageBatchResultEntry{Id: e.Id})
	}
	return out, nil
}

func checkEntries(entries []types.DeleteMessageBatchRequestEntry) error {
	seen := map[string]bool{}
	for _, e := range entries {
		id := aws.ToString(e.Id)
		if id == "" || len(id) > 80 || strings.Trim(id, awsenv.AlphaNumeric+"-_") != "" {
			return awserr.New("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "+
				"It can be at most 80 letters long.")
		}
		if seen[id] {
			return awserr.New("BatchEntryIdsNotDistinct", "Id %s repeated.", id)
		}
		seen[id] = true
	}
	switch {
	case len(entries) == 0:
		return awserr.New("EmptyBatchRequest", "There should be at least one DeleteMessageBatchRequestEntry in the request.")
	case len(entries) > maxEntries:
		return awserr.New("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent %d.", len(entries))
	}
	return nil
}
