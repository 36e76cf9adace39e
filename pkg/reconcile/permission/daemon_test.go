package permission_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/permission"
	"ecs-reconciler/pkg/spec"
)

func TestADaemonMayUseWhatItsFlagsName(t *testing.T) {
	arn := func(text string) spec.ARN {
		a, err := spec.ParseARN(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	queue, table := "arn:aws:sqs:us-west-2:012345678901:changes", "arn:aws:dynamodb:us-west-2:012345678901:table/members"
	got := permission.Policy{}.Beside(permission.Beside{Queue: arn(queue), Table: arn(table), Bucket: "specs", Prefix: "shop"}, "aws")
	want := []permission.Statement{
		{Sid: "ReadEvents", Effect: "Allow", Action: []string{"sqs:DeleteMessage", "sqs:ReceiveMessage"}, Resource: []string{queue}},
		{Sid: "HoldLeases", Effect: "Allow", Action: []string{"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query"}, Resource: []string{table}},
		{Sid: "ListSpecs", Effect: "Allow", Action: []string{"s3:ListBucket"}, Resource: []string{"arn:aws:s3:::specs"},
			Condition: map[string]map[string][]string{"StringLike": {"s3:prefix": {"shop/*"}}}},
		{Sid: "ReadSpecs", Effect: "Allow", Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::specs/shop/*"}},
	}
	if diff := cmp.Diff(want, got.Statement); diff != "" {
		t.Error(diff)
	}
	whole := permission.Policy{}.Beside(permission.Beside{Bucket: "specs"}, "aws-cn")
	if diff := cmp.Diff([]string{"arn:aws-cn:s3:::specs/*"}, whole.Statement[1].Resource); diff != "" || whole.Statement[0].Condition != nil {
		t.Error(diff, whole)
	}
	if got := (permission.Policy{}).Beside(permission.Beside{}, "aws"); got.Statement != nil {
		t.Errorf("%+v", got)
	}
}
