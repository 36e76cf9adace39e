package secretsmanager

import (
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// maxTags is how many tags a secret may have.
const maxTags = 50

// TagResource adds tags or changes their values. Unlike CreateSecret, it has no
// LimitExceededException among the errors of its reference.
func (b *Backend) TagResource(in *secretsmanager.TagResourceInput) (*secretsmanager.TagResourceOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	tags := merged(s.Tags, in.Tags)
	if len(tags) > maxTags {
		return nil, invalidParameter("You have exceeded the number of tags allowed for a secret: %d.", maxTags)
	}
	s.Tags = tags
	b.touch(s)
	return &secretsmanager.TagResourceOutput{}, nil
}

// UntagResource removes tags; a key that is not there is no error.
func (b *Backend) UntagResource(in *secretsmanager.UntagResourceInput) (*secretsmanager.UntagResourceOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(in.TagKeys, reserved) {
		return nil, reservedTag()
	}
	s.Tags = slices.DeleteFunc(s.Tags, func(t types.Tag) bool {
		return slices.Contains(in.TagKeys, aws.ToString(t.Key))
	})
	b.touch(s)
	return &secretsmanager.UntagResourceOutput{}, nil
}

// checkTags refuses tags that no resource could have, and two of one key.
func checkTags(tags []types.Tag) error {
	seen := map[string]bool{}
	for _, t := range tags {
		key, value := aws.ToString(t.Key), aws.ToString(t.Value)
		switch {
		case key == "":
			return invalidParameter("A tag must have a key.")
		case reserved(key) || reserved(value):
			return reservedTag()
		case !tagText(key) || !tagText(value):
			return invalidParameter("A tag may hold letters, digits, spaces and _.:/=+-@ alone.")
		case seen[key]:
			return invalidParameter("Duplicate tag keys found. Please note that Tag keys are case sensitive.")
		}
		seen[key] = true
	}
	return nil
}

// reserved says whether a tag's key or value is AWS's own.
func reserved(text string) bool { return strings.HasPrefix(strings.ToLower(text), "aws:") }

// tagText says whether a text is made of what AWS lets into tags.
func tagText(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r)
	})
}

func reservedTag() error {
	return invalidParameter("Tag keys and values that begin with aws: are reserved for use by Amazon Web Services.")
}

// merged is a list of tags with others added or in the place of those of their
// key.
func merged(tags, others []types.Tag) []types.Tag {
	out := slices.Clone(tags)
	for _, t := range others {
		out = setTag(out, types.Tag{Key: t.Key, Value: aws.String(aws.ToString(t.Value))})
	}
	return out
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

// Tagged yields every secret that has, or once had, tags, those scheduled for
// deletion left out: its ARN and its tags by key.
func (b *Backend) Tagged(yield func(arn string, tags func() map[string]string) bool) {
	b.expire()
	for _, s := range b.state.Secrets {
		if s.Tags != nil && s.Deleted == nil && !yield(s.ARN, func() map[string]string { return byKey(s.Tags) }) {
			return
		}
	}
}

func byKey(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}
