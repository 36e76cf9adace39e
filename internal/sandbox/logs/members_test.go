package logs

import (
	"math/rand/v2"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/membertest"
	"ecs-reconciler/internal/sandbox/paging"
)

const (
	arnPrefix = "arn:aws:logs:us-west-2:012345678901:log-group:"
	someKey   = "arn:aws:kms:us-west-2:012345678901:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	otherKey  = "arn:aws:kms:us-west-2:012345678901:key/00000000-12ab-34cd-56ef-1234567890ab"
)

// inhabited has three groups, of which web has all that a group can have.
func inhabited(t *testing.T) *Backend {
	t.Helper()
	b := New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Rand: rand.NewChaCha8([32]byte{}),
	})
	b.KMSKeys = []string{someKey, otherKey}
	for _, name := range []string{"api", "jobs", "web"} {
		if _, err := b.CreateLogGroup(&sdk.CreateLogGroupInput{LogGroupName: &name, KmsKeyId: new(someKey), Tags: map[string]string{"a": "1"}}); err != nil {
			t.Fatal(err)
		}
	}
	b.state.Groups["web"].Retention = new(int32(7))
	b.state.Groups["web"].Streams = map[string]int64{"s1": 1, "s2": 2, "s3": 3, "t": 4}
	return b
}

// TestEveryMemberOfEveryRequest goes through all operations.
func TestEveryMemberOfEveryRequest(t *testing.T) {
	web, arn, stream, one, tags := new("web"), new(arnPrefix+"web"), new("s1"), new(int32(1)), map[string]string{"a": "2"}
	after := func(name string) *string { return new(tokenAfter(t, name)) }
	membertest.Service(t, "logs", func() membertest.Backend { return inhabited(t) }, map[string]membertest.Operation{
		"AssociateKmsKey": {Inputs: []any{&sdk.AssociateKmsKeyInput{LogGroupName: web, KmsKeyId: new(otherKey)},
			&sdk.AssociateKmsKeyInput{ResourceIdentifier: arn, KmsKeyId: new(otherKey)}}},
		"CreateLogGroup": {Inputs: []any{&sdk.CreateLogGroupInput{LogGroupName: new("new"), DeletionProtectionEnabled: new(true), KmsKeyId: new(someKey),
			LogGroupClass: types.LogGroupClassInfrequentAccess, Tags: tags}}},
		"CreateLogStream":       {Inputs: []any{&sdk.CreateLogStreamInput{LogGroupName: web, LogStreamName: new("new")}}},
		"DeleteLogGroup":        {Inputs: []any{&sdk.DeleteLogGroupInput{LogGroupName: web}}},
		"DeleteLogStream":       {Inputs: []any{&sdk.DeleteLogStreamInput{LogGroupName: web, LogStreamName: stream}}},
		"DeleteRetentionPolicy": {Inputs: []any{&sdk.DeleteRetentionPolicyInput{LogGroupName: web}}},
		"DescribeLogGroups": {Inputs: []any{
			&sdk.DescribeLogGroupsInput{LogGroupNamePrefix: new("w"), LogGroupClass: types.LogGroupClassStandard},
			&sdk.DescribeLogGroupsInput{LogGroupNamePattern: new("b"), Limit: one, NextToken: after("api")},
			&sdk.DescribeLogGroupsInput{LogGroupIdentifiers: []string{"web"}},
			&sdk.DescribeLogGroupsInput{AccountIdentifiers: []string{awsenv.DefaultAccount}, IncludeLinkedAccounts: new(true)},
			&sdk.DescribeLogGroupsInput{AccountIdentifiers: []string{"210987654321"}, IncludeLinkedAccounts: new(true)},
		}},
		"DescribeLogStreams": {Inputs: []any{
			&sdk.DescribeLogStreamsInput{LogGroupName: web, LogStreamNamePrefix: new("s"), Limit: one, NextToken: after("s1")},
			&sdk.DescribeLogStreamsInput{LogGroupIdentifier: arn, Descending: new(false)},
			&sdk.DescribeLogStreamsInput{LogGroupName: web, LogStreamNamePrefix: new("s"), OrderBy: types.OrderByLastEventTime},
		}},
		"DisassociateKmsKey":  {Inputs: []any{&sdk.DisassociateKmsKeyInput{LogGroupName: web}, &sdk.DisassociateKmsKeyInput{ResourceIdentifier: arn}}},
		"ListTagsForResource": {Inputs: []any{&sdk.ListTagsForResourceInput{ResourceArn: arn}}},
		"ListTagsLogGroup":    {Inputs: []any{&sdk.ListTagsLogGroupInput{LogGroupName: web}}},
		"PutRetentionPolicy":  {Inputs: []any{&sdk.PutRetentionPolicyInput{LogGroupName: web, RetentionInDays: new(int32(14))}}},
		"TagLogGroup":         {Inputs: []any{&sdk.TagLogGroupInput{LogGroupName: web, Tags: tags}}},
		"TagResource":         {Inputs: []any{&sdk.TagResourceInput{ResourceArn: arn, Tags: tags}}},
		"UntagLogGroup":       {Inputs: []any{&sdk.UntagLogGroupInput{LogGroupName: web, Tags: []string{"a"}}}},
		"UntagResource":       {Inputs: []any{&sdk.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a"}}}},
	})
}

// tokenAfter resumes after an item.
func tokenAfter(t *testing.T, name string) string {
	t.Helper()
	_, token, err := paging.Cut([]string{name, name + "~"}, func(s string) string { return s }, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	return *token
}
