package tagging

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	tagapi "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// tagsPage is the size of a page of keys or values. The reference names none.
const tagsPage = 100

// GetTagKeys lists the keys of all tags in the region, sorted.
func (b *Backend) GetTagKeys(in *tagapi.GetTagKeysInput) (*tagapi.GetTagKeysOutput, error) {
	keys := map[string]bool{}
	for _, tags := range b.tagged {
		for key := range tags() {
			keys[key] = true
		}
	}
	shown, next, err := b.pageOfTags(keys, []any{"GetTagKeys"}, in.PaginationToken)
	if err != nil {
		return nil, err
	}
	return &tagapi.GetTagKeysOutput{TagKeys: shown, PaginationToken: next}, nil
}

// GetTagValues lists the values that a key has in the region, sorted.
func (b *Backend) GetTagValues(in *tagapi.GetTagValuesInput) (*tagapi.GetTagValuesOutput, error) {
	values := map[string]bool{}
	for _, tags := range b.tagged {
		if value, ok := tags()[*in.Key]; ok {
			values[value] = true
		}
	}
	shown, next, err := b.pageOfTags(values, []any{"GetTagValues", *in.Key}, in.PaginationToken)
	if err != nil {
		return nil, err
	}
	return &tagapi.GetTagValuesOutput{TagValues: shown, PaginationToken: next}, nil
}

func (b *Backend) pageOfTags(all map[string]bool, list any, token *string) ([]string, *string, error) {
	left, err := b.after(slices.Sorted(maps.Keys(all)), list, token)
	if err != nil {
		return nil, nil, err
	}
	shown := append([]string{}, left[:min(len(left), tagsPage)]...)
	next, err := b.token(list, shown, len(shown) < len(left))
	return shown, next, err
}

// TagResources tags several resources. One that cannot be tagged is an entry of
// FailedResourcesMap; the others are tagged all the same.
func (b *Backend) TagResources(in *tagapi.TagResourcesInput) (*tagapi.TagResourcesOutput, error) {
	for key, value := range in.Tags {
		if err := checkTag(key, value); err != nil {
			return nil, err
		}
	}
	failed, err := b.each(in.ResourceARNList, func(o Owner, arn string) error { return o.Tag(arn, in.Tags) })
	return &tagapi.TagResourcesOutput{FailedResourcesMap: failed}, err
}

// UntagResources removes tags from several resources, as TagResources adds them.
func (b *Backend) UntagResources(in *tagapi.UntagResourcesInput) (*tagapi.UntagResourcesOutput, error) {
	for _, key := range in.TagKeys {
		if err := checkTag(key, ""); err != nil {
			return nil, err
		}
	}
	failed, err := b.each(in.ResourceARNList, func(o Owner, arn string) error { return o.Untag(arn, in.TagKeys) })
	return &tagapi.UntagResourcesOutput{FailedResourcesMap: failed}, err
}

// each does something to every resource and gathers the failures. The ARN of
// what has no region, such as a role, fails the call as a whole, before
// anything is done (recorded in boto/boto3#2760); so does what is no ARN.
func (b *Backend) each(arns []string, do func(Owner, string) error) (map[string]types.FailureInfo, error) {
	for _, arn := range arns {
		if _, ok := b.owner(arn); !ok {
			return nil, invalidParameter("%s is not a valid AmazonResourceName (ARN)", arn)
		}
	}
	failed := map[string]types.FailureInfo{}
	for _, arn := range arns {
		err := error(invalidParameter("%s cannot be tagged: the sandbox has no such resource here.", arn))
		if owner, _ := b.owner(arn); owner.Service != "" {
			err = do(owner, arn)
		}
		if err != nil {
			failed[arn] = failure(awserr.From(err))
		}
	}
	return failed, nil
}

// failure is an owner's refusal. Its code is the owner's, as recorded of AWS,
// whatever the model's enumeration says.
func failure(e *awserr.Error) types.FailureInfo {
	return types.FailureInfo{
		StatusCode: int32(e.HTTPStatus()), ErrorCode: types.ErrorCode(e.Code), ErrorMessage: new(e.Message),
	}
}

// checkTag refuses a tag that no service takes.
func checkTag(key, value string) error {
	odd := func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r)
	}
	switch {
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return invalidParameter("Tag keys that begin with aws: are reserved for use by Amazon Web Services.")
	case strings.ContainsFunc(key, odd) || strings.ContainsFunc(value, odd):
		return invalidParameter("A tag may hold letters, digits, spaces and _.:/=+-@ alone.")
	default:
		return nil
	}
}
