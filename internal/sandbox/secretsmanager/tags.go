package secretsmanager

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// maxTags is how many tags a secret may have.
const maxTags = 50

// TagResource adds tags or changes their values.
func (b *Backend) TagResource(in *secretsmanager.TagResourceInput) (*secretsmanager.TagResourceOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if err := s.tag(in.Tags); err != nil {
		return nil, err
	}
	b.touch(s)
	return &secretsmanager.TagResourceOutput{}, nil
}

// UntagResource removes tags; a key that is not there is no error.
func (b *Backend) UntagResource(in *secretsmanager.UntagResourceInput) (*secretsmanager.UntagResourceOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return nil, reservedTag()
		}
	}
	s.Tags = slices.DeleteFunc(s.Tags, func(t types.Tag) bool {
		return slices.Contains(in.TagKeys, aws.ToString(t.Key))
	})
	b.touch(s)
	return &secretsmanager.UntagResourceOutput{}, nil
}

// tag merges tags into the secret's, all or none.
func (s *Secret) tag(tags []types.Tag) error {
	merged := slices.Clone(s.Tags)
	seen := map[string]bool{}
	for _, t := range tags {
		key := aws.ToString(t.Key)
		switch {
		case key == "":
			return invalidParameter("A tag must have a key.")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return reservedTag()
		case seen[key]:
			return invalidParameter("Duplicate tag keys found. Please note that Tag keys are case sensitive.")
		}
		seen[key] = true
		merged = setTag(merged, types.Tag{Key: aws.String(key), Value: aws.String(aws.ToString(t.Value))})
	}
	if len(merged) > maxTags {
		return awserr.New("LimitExceededException", "You have exceeded the number of tags allowed for a secret: %d.", maxTags)
	}
	s.Tags = merged
	return nil
}

func reservedTag() error {
	return invalidParameter("Tag keys that begin with aws: are reserved for use by Amazon Web Services.")
}

func setTag(tags []types.Tag, t types.Tag) []types.Tag {
	for i := range tags {
		if *tags[i].Key == *t.Key {
			tags[i] = t
			return tags
		}
	}
	return append(tags, t)
}

// Tagged lists every secret that has, or once had, tags, those scheduled for
// deletion left out: its ARN and its tags by key.
func (b *Backend) Tagged() map[string]map[string]string {
	b.expire()
	out := map[string]map[string]string{}
	for _, s := range b.state.Secrets {
		if s.Tags == nil || s.Deleted != nil {
			continue
		}
		tags := map[string]string{}
		for _, t := range s.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
		out[s.ARN] = tags
	}
	return out
}
