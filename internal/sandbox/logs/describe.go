package logs

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"ecs-reconciler/internal/sandbox/paging"
)

// maxPage is the largest page, and the usual one.
const maxPage = 50

// DescribeLogGroups lists groups by name.
func (b *Backend) DescribeLogGroups(in *sdk.DescribeLogGroupsInput) (*sdk.DescribeLogGroupsOutput, error) {
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return nil, invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	var found []*Group
	for _, name := range slices.Sorted(maps.Keys(b.state.Groups)) {
		if g := b.state.Groups[name]; b.asked(g, in) {
			found = append(found, g)
		}
	}
	page, next, err := paging.Cut(found, func(g *Group) string { return g.Name }, in.NextToken, sizeOr(in.Limit))
	if err != nil {
		return nil, invalid("The specified nextToken is invalid.")
	}
	out := &sdk.DescribeLogGroupsOutput{LogGroups: []types.LogGroup{}, NextToken: next}
	for _, g := range page {
		out.LogGroups = append(out.LogGroups, b.shown(g))
	}
	return out, nil
}

func sizeOr(limit *int32) int {
	if limit == nil {
		return maxPage
	}
	return int(*limit)
}

// asked says whether a request means a group. A prefix counts case, a pattern
// does not.
func (b *Backend) asked(g *Group, in *sdk.DescribeLogGroupsInput) bool {
	pattern := strings.ToLower(aws.ToString(in.LogGroupNamePattern))
	ofAccount := len(in.AccountIdentifiers) == 0 || !aws.ToBool(in.IncludeLinkedAccounts) ||
		slices.Contains(in.AccountIdentifiers, b.env.Account)
	named := len(in.LogGroupIdentifiers) == 0 || slices.ContainsFunc(in.LogGroupIdentifiers, func(id string) bool {
		return id == g.Name || strings.TrimSuffix(id, ":*") == b.arn(g)
	})
	return ofAccount && named && strings.HasPrefix(g.Name, aws.ToString(in.LogGroupNamePrefix)) &&
		strings.Contains(strings.ToLower(g.Name), pattern) &&
		(in.LogGroupClass == "" || string(in.LogGroupClass) == g.Class)
}

func (b *Backend) shown(g *Group) types.LogGroup {
	out := types.LogGroup{
		Arn: new(b.arn(g) + ":*"), LogGroupArn: new(b.arn(g)), LogGroupName: new(g.Name), CreationTime: new(g.Created),
		LogGroupClass: types.LogGroupClass(g.Class), RetentionInDays: g.Retention, MetricFilterCount: new(int32(0)),
		StoredBytes: new(int64(0)), DeletionProtectionEnabled: new(g.Protected),
	}
	if g.KMSKey != "" {
		out.KmsKeyId = new(g.KMSKey)
	}
	return out
}
