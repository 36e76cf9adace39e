package ssm

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/paging"
)

// DescribeParameters lists parameters by name, without their values.
func (b *Backend) DescribeParameters(in *ssm.DescribeParametersInput) (*ssm.DescribeParametersOutput, error) {
	filters, err := describeFilters(in)
	if err != nil {
		return nil, err
	}
	var found []*Parameter
	for _, p := range b.sorted() {
		// Nothing is shared with this account.
		if !aws.ToBool(in.Shared) && p.passes(filters) {
			found = append(found, p)
		}
	}
	page, next, err := paging.Cut(found, nameOf, in.NextToken, sizeOr(in.MaxResults, maxPage))
	if err != nil {
		return nil, badToken()
	}
	out := &ssm.DescribeParametersOutput{Parameters: []types.ParameterMetadata{}, NextToken: next}
	for _, p := range page {
		out.Parameters = append(out.Parameters, b.metadata(p))
	}
	return out, nil
}

func (b *Backend) metadata(p *Parameter) types.ParameterMetadata {
	v := p.newest()
	out := types.ParameterMetadata{
		ARN: new(b.arn(p.Name)), Name: new(p.Name), Type: v.Type, Version: v.Number, Description: v.Description,
		AllowedPattern: v.AllowedPattern, DataType: new(v.DataType), Tier: v.Tier, Policies: shownPolicies(v.Policies),
		LastModifiedDate: new(v.Modified), LastModifiedUser: new(v.ModifiedBy),
	}
	if v.KeyID != "" {
		out.KeyId = new(v.KeyID)
	}
	return out
}

// describeFilters are a request's filters in the newer of their two forms.
func describeFilters(in *ssm.DescribeParametersInput) ([]types.ParameterStringFilter, error) {
	if len(in.Filters) > 0 && len(in.ParameterFilters) > 0 {
		return nil, invalid("You can use either Filters or ParameterFilters in a single request.")
	}
	out := in.ParameterFilters
	for _, f := range in.Filters {
		option := equals
		if f.Key == types.ParametersFilterKeyName {
			option = beginsWith
		}
		out = append(out, types.ParameterStringFilter{Key: new(string(f.Key)), Option: new(option), Values: f.Values})
	}
	return out, checkFilters(out, "Path", "Name", "Type", "KeyId", "Tier", "DataType", tagFilter)
}
