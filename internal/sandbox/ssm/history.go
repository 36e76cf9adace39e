package ssm

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/paging"
)

// maxPage is the largest page of most lists, and the usual one.
const maxPage = 50

// GetParameterHistory lists the versions that a parameter keeps, oldest first.
func (b *Backend) GetParameterHistory(in *ssm.GetParameterHistoryInput) (*ssm.GetParameterHistoryOutput, error) {
	p, err := b.find(aws.ToString(in.Name))
	if err != nil {
		return nil, err
	}
	byNumber := func(v *Version) string { return fmt.Sprintf("%019d", v.Number) }
	page, next, err := paging.Cut(p.Versions, byNumber, in.NextToken, sizeOr(in.MaxResults, maxPage))
	if err != nil {
		return nil, badToken()
	}
	out := &ssm.GetParameterHistoryOutput{Parameters: []types.ParameterHistory{}, NextToken: next}
	for _, v := range page {
		out.Parameters = append(out.Parameters, v.history(p.Name, in.WithDecryption))
	}
	return out, nil
}

func (v *Version) history(name string, decrypt *bool) types.ParameterHistory {
	out := types.ParameterHistory{
		Name: new(name), Type: v.Type, Value: new(v.text(decrypt)), Version: v.Number, Description: v.Description,
		AllowedPattern: v.AllowedPattern, DataType: new(v.DataType), Tier: v.Tier, Policies: shownPolicies(v.Policies),
		LastModifiedDate: new(v.Modified), LastModifiedUser: new(v.ModifiedBy),
		Labels: append([]string{}, v.Labels...),
	}
	if v.KeyID != "" {
		out.KeyId = new(v.KeyID)
	}
	return out
}
