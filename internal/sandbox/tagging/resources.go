package tagging

import (
	"maps"
	"math"
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
	all := map[string]func() map[string]string{}
	for arn, tags := range b.tagged {
		if named(in, arn) {
			all[arn] = tags
		}
	}
	list := []any{"GetResources", in.TagFilters, in.ResourceTypeFilters, in.IncludeComplianceDetails, in.ExcludeCompliantResources}
	arns, err := b.after(slices.Sorted(maps.Keys(all)), list, in.PaginationToken)
	if err != nil {
		return nil, err
	}
	out := &tagapi.GetResourcesOutput{ResourceTagMappingList: []types.ResourceTagMapping{}}
	shown, more := []string{}, false
	room := newPage(in)
	for _, arn := range arns {
		tags := all[arn]()
		if !hasTags(tags, in.TagFilters) {
			continue
		}
		if more = !room.take(len(tags)); more {
			break
		}
		shown = append(shown, arn)
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, mapping(in, arn, tags))
	}
	out.PaginationToken, err = b.token(list, shown, more)
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

// page is what still fits: resources by count, or by tags, of which a resource
// without any counts as one.
type page struct {
	resources, tags int
	begun           bool
}

func newPage(in *tagapi.GetResourcesInput) *page {
	switch {
	case in.ResourcesPerPage != nil:
		return &page{resources: int(*in.ResourcesPerPage), tags: math.MaxInt}
	case in.TagsPerPage != nil:
		return &page{resources: maxResourcesPerPage, tags: int(*in.TagsPerPage)}
	default:
		return &page{resources: maxResourcesPerPage, tags: math.MaxInt}
	}
}

// take tells whether a resource with so many tags fits. The first one does.
func (p *page) take(tags int) bool {
	p.resources--
	p.tags -= max(1, tags)
	fits := !p.begun || p.resources >= 0 && p.tags >= 0
	p.begun = true
	return fits
}
