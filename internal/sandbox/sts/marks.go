package sts

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// Limits of a session. Source: IAM User Guide, "IAM and AWS STS quotas".
const (
	maxTags        = 50
	maxSessionText = 2048
	maxSessionArns = 10
)

// marks are the tags and the source identity of a session: the request's, over
// what the calling session hands on.
func (b *Backend) marks(in *sts.AssumeRoleInput) (Session, error) {
	before := b.calling
	out := Session{Tags: map[string]string{}, Transitive: slices.Clone(before.Transitive)}
	for _, key := range before.Transitive {
		out.Tags[key] = before.Tags[key]
	}
	for _, tag := range in.Tags {
		if err := out.mark(tag); err != nil {
			return Session{}, err
		}
	}
	if len(out.Tags) > maxTags {
		return Session{}, invalid("A session may have at most %d tags.", maxTags)
	}
	if err := out.handOn(in.TransitiveTagKeys); err != nil {
		return Session{}, err
	}
	out.SourceIdentity = aws.ToString(in.SourceIdentity)
	if before.SourceIdentity != "" && in.SourceIdentity != nil && *in.SourceIdentity != before.SourceIdentity {
		return Session{}, denied("A source identity that is set cannot be changed.")
	}
	if before.SourceIdentity != "" {
		out.SourceIdentity = before.SourceIdentity
	}
	return out, nil
}

func invalid(format string, args ...any) error { return awserr.New("ValidationError", format, args...) }

// mark adds a tag. Keys differ by more than case, and those handed on are fixed.
func (s *Session) mark(tag types.Tag) error {
	key := aws.ToString(tag.Key)
	if strings.HasPrefix(strings.ToLower(key), "aws:") {
		return invalid("Tag keys that begin with aws: are reserved for AWS; %s does.", key)
	}
	for taken := range s.Tags {
		if strings.EqualFold(taken, key) {
			return invalid("The tag key %s is given twice, or was handed on by the calling session.", key)
		}
	}
	s.Tags[key] = aws.ToString(tag.Value)
	return nil
}

// handOn makes tags transitive.
func (s *Session) handOn(keys []string) error {
	for _, key := range keys {
		if _, ok := s.Tags[key]; !ok {
			return invalid("The transitive tag key %s is that of no tag of the session.", key)
		}
		if !slices.Contains(s.Transitive, key) {
			s.Transitive = append(s.Transitive, key)
		}
	}
	return nil
}

// narrowing are the policies of a session: nil where none is asked for.
func (b *Backend) narrowing(in *sts.AssumeRoleInput) ([]string, error) {
	var out []string
	size := len(aws.ToString(in.Policy))
	if in.Policy != nil {
		if err := policydoc.Identity(*in.Policy); err != nil {
			return nil, awserr.New("MalformedPolicyDocument", "%s", err.Error())
		}
		out = append(out, *in.Policy)
	}
	for _, descriptor := range in.PolicyArns {
		arn := aws.ToString(descriptor.Arn)
		text, found := "", false
		if b.Policy != nil {
			text, found = b.Policy(arn)
		}
		if !found {
			return nil, awserr.New("InvalidParameterValue", "Policy %s does not exist.", arn)
		}
		size += len(arn)
		out = append(out, text)
	}
	if size > maxSessionText || len(in.PolicyArns) > maxSessionArns {
		return nil, invalid("A session's policies may have %d characters and %d ARNs.", maxSessionText, maxSessionArns)
	}
	return out, nil
}
