package tagging

import (
	"slices"
	"strings"

	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

// check refuses what GetResources's reference refuses.
func check(in *tagapi.GetResourcesInput) error {
	paged := in.ResourcesPerPage != nil || in.TagsPerPage != nil || in.PaginationToken != nil
	excludes := in.ExcludeCompliantResources != nil && *in.ExcludeCompliantResources
	includes := in.IncludeComplianceDetails != nil && *in.IncludeComplianceDetails
	switch {
	case in.ResourceARNList != nil && (in.ResourceTypeFilters != nil || in.TagFilters != nil || paged):
		return invalidParameter("ResourceARNList cannot be combined with ResourceTypeFilters, TagFilters or pagination parameters.")
	case len(in.ResourceARNList) > maxARNs:
		return invalidParameter("ResourceARNList can have at most %d items.", maxARNs)
	case in.ResourcesPerPage != nil && in.TagsPerPage != nil:
		return invalidParameter("ResourcesPerPage and TagsPerPage cannot be combined.")
	case in.ResourcesPerPage != nil && (*in.ResourcesPerPage < 1 || *in.ResourcesPerPage > maxResourcesPerPage):
		return invalidParameter("ResourcesPerPage must be between 1 and %d.", maxResourcesPerPage)
	case in.TagsPerPage != nil && (*in.TagsPerPage < minTagsPerPage || *in.TagsPerPage > maxTagsPerPage):
		return invalidParameter("TagsPerPage must be between %d and %d.", minTagsPerPage, maxTagsPerPage)
	case excludes && !includes:
		return invalidParameter("ExcludeCompliantResources requires IncludeComplianceDetails.")
	}
	return checkFilters(in)
}

func checkFilters(in *tagapi.GetResourcesInput) error {
	if len(in.TagFilters) > maxFilters {
		return invalidParameter("TagFilters can have at most %d items.", maxFilters)
	}
	for _, f := range in.TagFilters {
		if f.Key == nil || *f.Key == "" {
			return invalidParameter("A tag filter must have a key.")
		}
		if len(f.Values) > maxFilterValues {
			return invalidParameter("A tag filter can have at most %d values.", maxFilterValues)
		}
	}
	if len(in.ResourceTypeFilters) > maxTypeFilters {
		return invalidParameter("ResourceTypeFilters can have at most %d items.", maxTypeFilters)
	}
	for _, t := range in.ResourceTypeFilters {
		if service, _, _ := strings.Cut(t, ":"); service == "" {
			return invalidParameter("Resource type '%s' is not of the form service[:resourceType].", t)
		}
	}
	return nil
}

// named says whether a resource is asked for, its tags aside.
func named(in *tagapi.GetResourcesInput, arn string) bool {
	if in.ResourceARNList != nil {
		return slices.Contains(in.ResourceARNList, arn)
	}
	if in.ExcludeCompliantResources != nil && *in.ExcludeCompliantResources {
		return false
	}
	return len(in.ResourceTypeFilters) == 0 ||
		slices.ContainsFunc(in.ResourceTypeFilters, func(t string) bool { return isOfType(arn, t) })
}

func hasTags(tags map[string]string, filters []types.TagFilter) bool {
	return !slices.ContainsFunc(filters, func(f types.TagFilter) bool { return !hasTag(tags, f) })
}

func hasTag(tags map[string]string, f types.TagFilter) bool {
	value, ok := tags[*f.Key]
	return ok && (len(f.Values) == 0 || slices.Contains(f.Values, value))
}

// isOfType compares an ARN with service or service:type, where the type is what
// stands before the first / or : of the ARN's resource.
func isOfType(arn, filter string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false
	}
	service, kind, typed := strings.Cut(filter, ":")
	own := parts[5]
	if i := strings.IndexAny(own, "/:"); i >= 0 {
		own = own[:i]
	}
	return parts[2] == service && (!typed || own == kind)
}
