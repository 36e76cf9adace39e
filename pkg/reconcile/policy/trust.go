package policy

import "ecs-reconciler/pkg/spec"

// Place is the account and region that a task runs in.
type Place struct {
	Partition string // aws, aws-cn, aws-us-gov or aws-eusc
	Region    string
	AccountID string
}

func (p Place) arn(service, resource string) string {
	return spec.ARN{Partition: p.Partition, Service: service, Region: p.Region, AccountID: p.AccountID, Resource: resource}.String()
}

// DefaultTrust lets ECS tasks of one account and region assume a role, and
// nobody else: without the conditions, ECS could be made to use the role for
// somebody else's tasks. A narrower source than the account's region, such as
// one cluster, is not supported by ECS. (AWS: "Amazon ECS task IAM role".)
func DefaultTrust(p Place) Document {
	return New(Statement{
		Effect:    "Allow",
		Principal: Principals{"Service": {"ecs-tasks.amazonaws.com"}},
		Action:    Values{"sts:AssumeRole"},
		Condition: Conditions{
			"StringEquals": {"aws:SourceAccount": {p.AccountID}},
			"ArnLike":      {"aws:SourceArn": {p.arn("ecs", "*")}},
		},
	})
}
