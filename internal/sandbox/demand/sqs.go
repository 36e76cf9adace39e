package demand

import (
	"strings"

	"ecs-reconciler/internal/sandbox/access"
)

// sqs are the rows of Amazon SQS. A queue's own policy counts too.
func sqs() rows {
	out := rows{
		"CreateQueue": {on: queueNamed, also: tagOnCreate("sqs:TagQueue", queueNamed, nil)},
		// A batch asks for what its messages would ask for one by one.
		"DeleteMessageBatch": {free: true, also: func(req *request) []access.Check {
			return []access.Check{req.about("sqs:DeleteMessage", queueAt(req)[0])}
		}},
		"GetQueueUrl": {on: queueNamed},
		"ListQueues":  {},
	}
	for _, operation := range []string{"ChangeMessageVisibility", "DeleteMessage", "DeleteQueue", "GetQueueAttributes", "ListQueueTags", "PurgeQueue",
		"ReceiveMessage", "SendMessage", "SetQueueAttributes", "TagQueue", "UntagQueue"} {
		out[operation] = row{on: queueAt}
	}
	return out
}

func queueNamed(req *request) []target { return []target{req.queue(req.text("QueueName"))} }

// queueAt is the queue that a URL ends in.
func queueAt(req *request) []target {
	url := strings.TrimRight(req.text("QueueUrl"), "/")
	return []target{req.queue(url[strings.LastIndexByte(url, '/')+1:])}
}

func (req *request) queue(name string) target {
	arn := req.account.ARN("sqs", name)
	return req.existing("sqs", arn, arn)
}
