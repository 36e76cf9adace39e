package sqs

import (
	"crypto/md5" //nolint:gosec // the digest that SQS's clients compare; it guards nothing
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// trace is the one system attribute that may be sent.
const trace = "AWSTraceHeader"

// SendMessage puts a message into a queue.
func (b *Backend) SendMessage(in *sdk.SendMessageInput) (*sdk.SendMessageOutput, error) {
	q, err := b.queue(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := q.checkMessage(in); err != nil {
		return nil, err
	}
	attributes := attributesIn(in.MessageAttributes)
	now := b.env.Now()
	m := &Message{
		ID: b.env.UUID(), Body: aws.ToString(in.MessageBody), Sender: b.env.CallerID, Attributes: attributes, Sent: now,
		Visible: now.Add(q.seconds("DelaySeconds")),
	}
	if in.DelaySeconds != 0 {
		m.Visible = now.Add(time.Duration(in.DelaySeconds) * time.Second)
	}
	if header, ok := in.MessageSystemAttributes[trace]; ok {
		m.Trace = *header.StringValue
	}
	q.Messages = append(q.Messages, m)
	out := &sdk.SendMessageOutput{MessageId: &m.ID, MD5OfMessageBody: new(md5Of(m.Body))}
	if len(attributes) > 0 {
		out.MD5OfMessageAttributes = new(md5OfAttributes(attributes))
	}
	if m.Trace != "" {
		out.MD5OfMessageSystemAttributes = new(md5OfAttributes(map[string]Attribute{trace: {Type: "String", Text: &m.Trace}}))
	}
	return out, nil
}

func (q *Queue) checkMessage(in *sdk.SendMessageInput) error {
	size := len(aws.ToString(in.MessageBody))
	for name, a := range in.MessageSystemAttributes {
		if name != trace || aws.ToString(a.DataType) != "String" || aws.ToString(a.StringValue) == "" || len(a.BinaryValue) > 0 ||
			len(a.StringListValues) > 0 || len(a.BinaryListValues) > 0 {
			return badValue("Message system attribute name '%s' is invalid, or its type or its value is.", name)
		}
	}
	for name, a := range in.MessageAttributes {
		if err := checkMessageAttribute(name, a); err != nil {
			return err
		}
		size += len(name) + len(aws.ToString(a.DataType)) + len(aws.ToString(a.StringValue)) + len(a.BinaryValue)
	}
	switch {
	case in.MessageDeduplicationId != nil || in.MessageGroupId != nil:
		return badValue("The request includes a parameter that is not valid for this queue type.")
	case in.DelaySeconds < 0 || in.DelaySeconds > 900:
		return badValue("Value %d for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", in.DelaySeconds)
	case len(in.MessageAttributes) > 10:
		return badValue("Number of message attributes [%d] exceeds the allowed maximum [10].", len(in.MessageAttributes))
	case size == 0:
		return awserr.New("MissingRequiredParameterException", "The request must contain the parameter MessageBody.")
	case int64(size) > q.number("MaximumMessageSize"):
		return badValue("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", q.number("MaximumMessageSize"))
	case strings.ContainsFunc(aws.ToString(in.MessageBody), forbidden):
		return awserr.New("InvalidMessageContents", "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | "+
			"#x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")
	}
	return nil
}

func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

func checkMessageAttribute(name string, a types.MessageAttributeValue) error {
	kind, _, _ := strings.Cut(aws.ToString(a.DataType), ".")
	switch {
	case len(a.StringListValues) > 0 || len(a.BinaryListValues) > 0:
		return badValue("Message attribute list values in SendMessage operation are not supported.")
	case kind != "String" && kind != "Number" && kind != "Binary":
		return badValue("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
	case (kind == "Binary") != (len(a.BinaryValue) > 0) || (kind == "Binary") == (aws.ToString(a.StringValue) != ""):
		return badValue("The message attribute '%s' must contain a non-empty message attribute value for message attribute type '%s'.", name, kind)
	}
	return nil
}

func attributesIn(given map[string]types.MessageAttributeValue) map[string]Attribute {
	if len(given) == 0 {
		return nil
	}
	out := map[string]Attribute{}
	for name, a := range given {
		out[name] = Attribute{Type: aws.ToString(a.DataType), Text: a.StringValue, Binary: a.BinaryValue}
	}
	return out
}

func md5Of(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // what SQS's clients compare, no secret
	return hex.EncodeToString(sum[:])
}

// md5OfAttributes is the digest that clients check (SQS Developer Guide,
// "Calculating the MD5 message digest for message attributes").
func md5OfAttributes(all map[string]Attribute) string {
	h := md5.New() //nolint:gosec // what SQS's clients compare, no secret
	for _, name := range slices.Sorted(maps.Keys(all)) {
		a := all[name]
		writePart(h, []byte(name))
		writePart(h, []byte(a.Type))
		if a.Text != nil {
			h.Write([]byte{1})
			writePart(h, []byte(*a.Text))
			continue
		}
		h.Write([]byte{2})
		writePart(h, a.Binary)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writePart(h hash.Hash, part []byte) {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(part)))
	h.Write(length[:])
	h.Write(part)
}
