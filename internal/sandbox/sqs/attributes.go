package sqs

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// number is an attribute that is a whole number: its bounds and its default
// (SQS API reference, SetQueueAttributes).
type number struct{ least, most, usual int64 }

func numbers() map[string]number {
	return map[string]number{
		"DelaySeconds":                  {0, 900, 0},
		"MaximumMessageSize":            {1024, 1 << 20, 1 << 20},
		"MessageRetentionPeriod":        {60, 1209600, 345600},
		"ReceiveMessageWaitTimeSeconds": {0, 20, 0},
		"VisibilityTimeout":             {0, 43200, 30},
		"KmsDataKeyReusePeriodSeconds":  {60, 86400, 300},
	}
}

// number is the value of such an attribute.
func (q *Queue) number(name string) int64 {
	n, err := strconv.ParseInt(q.Attributes[name], 10, 64)
	if err != nil {
		return numbers()[name].usual
	}
	return n
}

func (q *Queue) seconds(name string) time.Duration {
	return time.Duration(q.number(name)) * time.Second
}

// checkAttributes refuses what no standard queue can have.
func (b *Backend) checkAttributes(given map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := b.checkAttribute(name, given[name]); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backend) checkAttribute(name, value string) error {
	bounds, isNumber := numbers()[name]
	switch {
	case isNumber:
		n, err := strconv.ParseInt(value, 10, 64)
		if value == "" && name == "KmsDataKeyReusePeriodSeconds" {
			return nil
		}
		if err != nil || n < bounds.least || n > bounds.most {
			return badAttribute(name)
		}
		return nil
	case name == "Policy":
		return checkPolicy(value)
	case name == "RedrivePolicy":
		return b.checkRedrive(value)
	case name == "RedriveAllowPolicy":
		return checkObject(name, value)
	case name == "SqsManagedSseEnabled":
		if value != "true" && value != "false" {
			return badAttribute(name)
		}
		return nil
	case name == "KmsMasterKeyId":
		return nil
	case name == "FifoQueue" && value == "true":
		return awserr.New("UnsupportedOperation", "the sandbox has standard queues alone")
	default:
		return unknownAttribute(name)
	}
}

func badAttribute(name string) error {
	return awserr.New("InvalidAttributeValue", "Invalid value for the parameter %s.", name)
}

func unknownAttribute(name string) error {
	return awserr.New("InvalidAttributeName", "Unknown Attribute %s.", name)
}

// checkPolicy refuses what is no resource policy; an empty text takes it away.
func checkPolicy(text string) error {
	if text == "" {
		return nil
	}
	root, err := policydoc.Parse(text)
	if err != nil || !root.Is(policydoc.Object) || len(root.Get("Statement").List()) == 0 {
		return badAttribute("Policy")
	}
	for _, st := range root.Get("Statement").List() {
		if st.Get("Effect") == nil || st.Get("Principal") == nil && st.Get("NotPrincipal") == nil ||
			st.Get("Action") == nil && st.Get("NotAction") == nil {
			return badAttribute("Policy")
		}
	}
	return nil
}

func checkObject(name, text string) error {
	var object map[string]any
	if text != "" && json.Unmarshal([]byte(text), &object) != nil {
		return badAttribute(name)
	}
	return nil
}

// redrive says when and where a queue gives a message up.
type redrive struct {
	Target string      `json:"deadLetterTargetArn"`
	Most   json.Number `json:"maxReceiveCount"`
}

// readRedrive reads a RedrivePolicy, whose count may be a text.
func readRedrive(text string) (to redrive, most int64, ok bool) {
	if json.Unmarshal([]byte(text), &to) != nil {
		return redrive{}, 0, false
	}
	most, err := strconv.ParseInt(to.Most.String(), 10, 64)
	return to, most, err == nil && most >= 1 && most <= 1000
}

// checkRedrive wants a dead-letter queue that exists here.
func (b *Backend) checkRedrive(text string) error {
	if text == "" {
		return nil
	}
	to, _, ok := readRedrive(text)
	if !ok {
		return badValue("Value %s for parameter RedrivePolicy is invalid. Reason: Amazon SQS can't create the redrive policy, "+
			"as it's in an unsupported format.", text)
	}
	if _, _, found := b.Guarded(to.Target); !found {
		return badValue("Value %s for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.", text)
	}
	return nil
}

// set gives a queue attributes that were checked. An empty text takes one away.
func (q *Queue) set(given map[string]string) {
	for name, value := range given {
		if value == "" {
			delete(q.Attributes, name)
			continue
		}
		q.Attributes[name] = value
	}
	// One kind of encryption ends the other.
	if given["KmsMasterKeyId"] != "" {
		q.Attributes["SqsManagedSseEnabled"] = "false"
	}
	if given["SqsManagedSseEnabled"] == "true" {
		delete(q.Attributes, "KmsMasterKeyId")
	}
}

// SetQueueAttributes changes the attributes that are named.
func (b *Backend) SetQueueAttributes(in *sdk.SetQueueAttributesInput) (*sdk.SetQueueAttributesOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := b.checkAttributes(in.Attributes); err != nil {
		return nil, err
	}
	q.set(in.Attributes)
	q.Modified = b.env.Now()
	return &sdk.SetQueueAttributesOutput{}, nil
}

// GetQueueAttributes shows the attributes that are named, or All.
func (b *Backend) GetQueueAttributes(in *sdk.GetQueueAttributesInput) (*sdk.GetQueueAttributesOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	all, out := b.attributesOf(q), map[string]string{}
	for _, name := range in.AttributeNames {
		if name == "All" {
			return &sdk.GetQueueAttributesOutput{Attributes: all}, nil
		}
		if slices.Contains([]types.QueueAttributeName{"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"}, name) {
			return nil, unknownAttribute(string(name))
		}
		if value, ok := all[string(name)]; ok {
			out[string(name)] = value
		}
	}
	if len(out) == 0 {
		return &sdk.GetQueueAttributesOutput{}, nil
	}
	return &sdk.GetQueueAttributesOutput{Attributes: out}, nil
}

func (b *Backend) attributesOf(q *Queue) map[string]string {
	out := map[string]string{
		"QueueArn": b.arn(q.Name), "SqsManagedSseEnabled": "true",
		"CreatedTimestamp": strconv.FormatInt(q.Created.Unix(), 10), "LastModifiedTimestamp": strconv.FormatInt(q.Modified.Unix(), 10),
	}
	for name, n := range numbers() {
		if name != "KmsDataKeyReusePeriodSeconds" || q.Attributes["KmsMasterKeyId"] != "" {
			out[name] = strconv.FormatInt(n.usual, 10)
		}
	}
	maps.Copy(out, q.Attributes)
	visible, delayed, hidden := q.count(b.env.Now())
	out["ApproximateNumberOfMessages"] = strconv.Itoa(visible)
	out["ApproximateNumberOfMessagesDelayed"] = strconv.Itoa(delayed)
	out["ApproximateNumberOfMessagesNotVisible"] = strconv.Itoa(hidden)
	return out
}

// count counts the messages that are there, by whether they can be received.
func (q *Queue) count(now time.Time) (visible, delayed, hidden int) {
	for _, m := range q.Messages {
		switch {
		case m.Arrives.After(now):
		case !m.Visible.After(now):
			visible++
		case m.Receipt == "":
			delayed++
		default:
			hidden++
		}
	}
	return visible, delayed, hidden
}
