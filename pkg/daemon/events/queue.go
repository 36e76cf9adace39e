package events

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Queue is what of SQS a Reader needs.
type Queue interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
}

// Source is where events come from.
type Source struct {
	URL     string // of the queue
	Account string // that has it
	// Region is the queue's, where its URL tells: AWS's do.
	Region string
}

// ParseSource reads "sqs:QUEUE_URL", such as
// sqs:https://sqs.us-west-2.amazonaws.com/123456789012/changes.
func ParseSource(text string) (Source, error) {
	address, ok := strings.CutPrefix(text, "sqs:")
	if !ok {
		return Source{}, errors.New("events come from sqs:QUEUE_URL")
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.User != nil || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return Source{}, errors.New("what follows sqs: is not the URL of a queue")
	}
	path := strings.Split(strings.Trim(parsed.Path, "/"), "/")
	account, name := "", path[len(path)-1]
	if len(path) > 1 {
		account = path[len(path)-2]
	}
	if len(account) != 12 || strings.Trim(account, "0123456789") != "" || name == "" {
		return Source{}, errors.New("the URL of a queue ends in its account and its name")
	}
	if strings.HasSuffix(name, ".fifo") {
		return Source{}, errors.New("events want a standard queue, not a FIFO one: what cannot be delivered there would hold up the rest")
	}
	return Source{URL: address, Account: account, Region: regionIn(parsed.Hostname())}, nil
}

// regionIn is the region in the name of an SQS host: sqs.REGION.amazonaws.com,
// or REGION.queue.amazonaws.com of old.
func regionIn(host string) string {
	parts := strings.Split(host, ".")
	switch {
	case len(parts) > 3 && (parts[0] == "sqs" || parts[0] == "sqs-fips"):
		return parts[1]
	case len(parts) > 3 && parts[1] == "queue":
		return parts[0]
	default:
		return ""
	}
}
