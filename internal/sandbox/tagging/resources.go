package tagging

import (
	"maps"
	"slices"

	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

// Limits of GetResources, from its reference.
const (
	maxResourcesPerPage = 100
	minTagsPerPage      = 100
	maxTagsPerPage      = 500
	maxFilters          = 50
	maxFilterValues     = 20
	maxARNs             = 100
	maxTypeFilters      = 100
)

// GetResources lists resources that match every tag filter and any type filter,
// sorted by ARN; or those of a list of ARNs that exist.
func (b *Backend) GetResources(in *tagapi.GetResourcesInput) (*tagapi.GetResourcesOutput, error) {
	if err := check(in); err != nil {
		return nil, err
	}
	all := b.tagged()
	arns := slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(arn string) bool { return !matches(in, arn, all[arn]) })
	list := []any{"GetResources", in.TagFilters, in.ResourceTypeFilters, in.IncludeComplianceDetails, in.ExcludeCompliantResources}
	arns, err := b.after(arns, list, in.PaginationToken)
	if err != nil {
		return nil, err
	}
	shown := pageOf(in, arns, all)
	out := &tagapi.GetResourcesOutput{ResourceTagMappingList: []types.ResourceTagMapping{}}
	for _, arn := range shown {
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, mapping(in, arn, all[arn]))
	}
	out.PaginationToken, err = b.token(list, shown, arns)
	return out, err
}

// mapping is one resource, its tags in order of key. No tag policy is in
// effect, so whatever is asked about complies.
func mapping(in *tagapi.GetResourcesInput, arn string, tags map[string]string) types.ResourceTagMapping {
	out := types.ResourceTagMapping{ResourceARN: new(arn), Tags: []types.Tag{}}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: new(key), Value: new(tags[key])})
	}
	if in.IncludeComplianceDetails != nil && *in.IncludeComplianceDetails {
		out.ComplianceDetails = &types.ComplianceDetails{ComplianceStatus: new(true)}
	}
	return out
}

// pageOf is as many resources as fit: by count, or by tags, of which a resource
// without any counts as one. At least one always fits.
func pageOf(in *tagapi.GetResourcesInput, arns []string, all map[string]map[string]string) []string {
	resources, room := maxResourcesPerPage, maxTagsPerPage
	if in.ResourcesPerPage != nil {
		resources = int(*in.ResourcesPerPage)
	}
	if in.TagsPerPage != nil {
		room = int(*in.TagsPerPage)
	}
	for i, arn := range arns {
		room -= max(1, len(all[arn]))
		if in.TagsPerPage != nil && room < 0 || i == resources {
			return arns[:max(1, i)]
		}
	}
	return arns
}
