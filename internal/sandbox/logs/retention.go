package logs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"ecs-reconciler/internal/sandbox/awserr"
)

// retentions are the days that PutRetentionPolicy's reference lists.
func retentions() []int32 {
	return []int32{
		1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
	}
}

// PutRetentionPolicy sets how many days a group's events stay.
func (b *Backend) PutRetentionPolicy(in *sdk.PutRetentionPolicyInput) (*sdk.PutRetentionPolicyOutput, error) {
	days := aws.ToInt32(in.RetentionInDays)
	if !slices.Contains(retentions(), days) {
		return nil, badRetention(days)
	}
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	g.Retention = new(days)
	return &sdk.PutRetentionPolicyOutput{}, nil
}

func badRetention(days int32) *awserr.Error {
	var known []string
	for _, d := range retentions() {
		known = append(known, fmt.Sprint(d))
	}
	return invalid("1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [%s]", days, strings.Join(known, ", "))
}

// DeleteRetentionPolicy lets a group's events stay for ever.
func (b *Backend) DeleteRetentionPolicy(in *sdk.DeleteRetentionPolicyInput) (*sdk.DeleteRetentionPolicyOutput, error) {
	g, err := b.group(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	g.Retention = nil
	return &sdk.DeleteRetentionPolicyOutput{}, nil
}
