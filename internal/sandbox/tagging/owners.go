package tagging

import (
	"maps"
	"slices"

	awsarn "github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// Owner changes the tags of one service's resources. Its refusals become the
// failures of single resources.
type Owner struct {
	// Service is the service as ARNs name it, such as ecs.
	Service string
	Tag     func(arn string, tags map[string]string) error
	Untag   func(arn string, keys []string) error
}

// secrets is as much of Secrets Manager as tagging needs.
type secrets interface {
	TagResource(*secretsmanager.TagResourceInput) (*secretsmanager.TagResourceOutput, error)
	UntagResource(*secretsmanager.UntagResourceInput) (*secretsmanager.UntagResourceOutput, error)
}

// Secrets tags what Secrets Manager owns.
func Secrets(b secrets) Owner {
	return Owner{
		Service: "secretsmanager",
		Tag: func(arn string, tags map[string]string) error {
			in := &secretsmanager.TagResourceInput{SecretId: &arn}
			for _, key := range slices.Sorted(maps.Keys(tags)) {
				in.Tags = append(in.Tags, smtypes.Tag{Key: new(key), Value: new(tags[key])})
			}
			_, err := b.TagResource(in)
			return err
		},
		Untag: func(arn string, keys []string) error {
			_, err := b.UntagResource(&secretsmanager.UntagResourceInput{SecretId: &arn, TagKeys: keys})
			return err
		},
	}
}

// tasks is as much of ECS as tagging needs.
type tasks interface {
	TagResource(*ecs.TagResourceInput) (*ecs.TagResourceOutput, error)
	UntagResource(*ecs.UntagResourceInput) (*ecs.UntagResourceOutput, error)
}

// Tasks tags what ECS owns.
func Tasks(b tasks) Owner {
	return Owner{
		Service: "ecs",
		Tag: func(arn string, tags map[string]string) error {
			in := &ecs.TagResourceInput{ResourceArn: &arn}
			for _, key := range slices.Sorted(maps.Keys(tags)) {
				in.Tags = append(in.Tags, ecstypes.Tag{Key: new(key), Value: new(tags[key])})
			}
			_, err := b.TagResource(in)
			return err
		},
		Untag: func(arn string, keys []string) error {
			_, err := b.UntagResource(&ecs.UntagResourceInput{ResourceArn: &arn, TagKeys: keys})
			return err
		},
	}
}

// owner finds who owns a resource of this account and region; the last result
// is false for a text that is no ARN, or the ARN of what has no region and so
// cannot be tagged from one.
func (b *Backend) owner(arn string) (Owner, bool) {
	parsed, err := awsarn.Parse(arn)
	if err != nil || parsed.Region == "" || parsed.Resource == "" {
		return Owner{}, false
	}
	i := slices.IndexFunc(b.Owners, func(o Owner) bool { return o.Service == parsed.Service })
	if i < 0 || parsed.Region != b.env.Region || parsed.AccountID != b.env.Account {
		return Owner{}, true
	}
	return b.Owners[i], true
}
