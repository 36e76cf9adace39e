package permission

import (
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Beside is what a daemon uses beside what it keeps; empty parts are not used.
type Beside struct {
	Queue  spec.ARN // that events come through
	Table  spec.ARN // by which members share the work
	Bucket string   // that the specs are in
	Prefix string   // in the bucket
}

// Beside is what a daemon needs for the rest of its work.
func (p Policy) Beside(b Beside, partition string) Policy {
	if b.Queue != (spec.ARN{}) {
		p.add(allow("ReadEvents", []string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, b.Queue.String()))
	}
	if b.Table != (spec.ARN{}) {
		p.add(allow("HoldLeases", []string{"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query"}, b.Table.String()))
	}
	if b.Bucket != "" {
		bucket := "arn:" + partition + ":s3:::" + b.Bucket
		list := allow("ListSpecs", []string{"s3:ListBucket"}, bucket)
		if b.Prefix != "" {
			list.Condition = map[string]map[string][]string{"StringLike": {"s3:prefix": {strings.TrimSuffix(b.Prefix, "/") + "/*"}}}
		}
		p.add(list, allow("ReadSpecs", []string{"s3:GetObject"}, bucket+"/"+strings.TrimPrefix(strings.TrimSuffix(b.Prefix, "/")+"/*", "/")))
	}
	return p
}
