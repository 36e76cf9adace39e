package ecs

import (
	"slices"
	"strings"
	"unicode/utf8"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Limits of tags, from RegisterTaskDefinition's reference.
const (
	maxTags           = 50
	maxTagKeyLength   = 128
	maxTagValueLength = 256
)

// checkTags checks the tags of one request.
func checkTags(tags []types.Tag) error {
	if len(tags) > maxTags {
		return invalidParameter("The number of tags exceeds the limit of %d.", maxTags)
	}
	seen := map[string]bool{}
	for _, t := range tags {
		if err := checkTag(t); err != nil {
			return err
		}
		if seen[*t.Key] {
			return invalidParameter("Tag keys must be unique, '%s' is not.", *t.Key)
		}
		seen[*t.Key] = true
	}
	return nil
}

func checkTag(t types.Tag) error {
	key := value(t.Key)
	switch {
	case key == "" || utf8.RuneCountInString(key) > maxTagKeyLength:
		return invalidParameter("Tag keys must have between 1 and %d characters.", maxTagKeyLength)
	case utf8.RuneCountInString(value(t.Value)) > maxTagValueLength:
		return invalidParameter("The value of tag '%s' has more than %d characters.", key, maxTagValueLength)
	case reserved(key):
		return invalidParameter("Tag keys that begin with 'aws:' are reserved for AWS, '%s' does.", key)
	}
	return nil
}

func reserved(key string) bool { return strings.HasPrefix(strings.ToLower(key), "aws:") }

// TagResource adds tags to a task definition's revision, a cluster or a
// service, replacing values of keys that it has.
func (b *Backend) TagResource(in *ecs.TagResourceInput) (*ecs.TagResourceOutput, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	tags, err := b.tagsOf(value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	merged := merge(*tags, clone(in.Tags))
	if len(merged) > maxTags {
		return nil, awserr.New("LimitExceededException", "The limit for the resource was exceeded: %d tags of at most %d.", len(merged), maxTags)
	}
	*tags = merged
	return &ecs.TagResourceOutput{}, nil
}

// merge returns a new list: old with the values of added, then the new keys.
func merge(old, added []types.Tag) []types.Tag {
	out := clone(old)
	for _, t := range added {
		if i := slices.IndexFunc(out, hasKey(*t.Key)); i >= 0 {
			out[i] = t
			continue
		}
		out = append(out, t)
	}
	return out
}

func hasKey(key string) func(types.Tag) bool {
	return func(t types.Tag) bool { return value(t.Key) == key }
}

// UntagResource removes tags by key; keys that are not there are no error.
func (b *Backend) UntagResource(in *ecs.UntagResourceInput) (*ecs.UntagResourceOutput, error) {
	if slices.ContainsFunc(in.TagKeys, reserved) {
		return nil, invalidParameter("Tag keys that begin with 'aws:' are reserved for AWS.")
	}
	tags, err := b.tagsOf(value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	*tags = slices.DeleteFunc(clone(*tags), func(t types.Tag) bool { return slices.Contains(in.TagKeys, value(t.Key)) })
	return &ecs.UntagResourceOutput{}, nil
}

// ListTagsForResource lists the tags of a resource.
func (b *Backend) ListTagsForResource(in *ecs.ListTagsForResourceInput) (*ecs.ListTagsForResourceOutput, error) {
	tags, err := b.tagsOf(value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	return &ecs.ListTagsForResourceOutput{Tags: emptyNotNil(clone(*tags))}, nil
}

// clusterTags finds a cluster's tags. For an inactive one the tag operations
// have words of their own.
func (b *Backend) clusterTags(arn string) (*[]types.Tag, error) {
	cluster := b.clusterByName(&arn)
	if cluster != nil && *cluster.Cluster.Status == statusInactive {
		return nil, invalidParameter("The specified cluster is inactive. Specify an active cluster and try again.")
	}
	if cluster == nil {
		return nil, awserr.New("ClusterNotFoundException", "Cluster not found.")
	}
	return &cluster.Cluster.Tags, nil
}

// tagsOf finds where the tags of a resource are kept.
func (b *Backend) tagsOf(arn string) (*[]types.Tag, error) {
	kind, ok := strings.CutPrefix(arn, b.env.ARN("ecs", ""))
	if !ok {
		return nil, invalidParameter("The specified resource ARN is not valid: '%s'.", arn)
	}
	kind, _, _ = strings.Cut(kind, "/")
	switch kind {
	case "task-definition":
		if rev := b.findNumbered(arn); rev != nil {
			return &rev.Tags, nil
		}
		return nil, invalidParameter("The specified task definition does not exist. Specify a valid account, family, revision and try again.")
	case "cluster":
		return b.clusterTags(arn)
	case "task":
		if task := b.taskByARN(arn); task != nil {
			return &task.Task.Tags, nil
		}
		return nil, invalidParameter("The specified task is not found. Specify a valid task and try again.")
	case "service":
		if service := b.serviceByARN(arn); service != nil {
			return &service.Service.Tags, nil
		}
		return nil, invalidParameter("The specified service is not found. Specify a valid service and try again.")
	default:
		return nil, invalidParameter("The sandbox keeps no tags of '%s' resources.", kind)
	}
}
