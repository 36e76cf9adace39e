package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// AWS's limits on a secret (AWS: CreateSecret, TagResource). Names and
// descriptions are measured in characters, values in bytes.
const (
	maxSecretName        = 512
	maxSecretValue       = 65536
	maxSecretDescription = 2048
	maxKMSKeyID          = 2048
	minRecoveryWindow    = 7
	maxRecoveryWindow    = 30
	ownSecretTags        = ownTags + 1 // and corrections
)

// Check finds what AWS would refuse about the secret. Its error is Errors or
// nil; it tells nothing of the value, not even its length.
func (s ManagedSecret) Check() error {
	c := secretCheck{at: s.At, what: fmt.Sprintf("secret %q", s.Name)}
	c.name(s.Name)
	if !s.Unread && s.From.Generate == nil {
		c.value(s.Value, s.Output == "binary")
	}
	c.settings(s)
	c.replicas(s.Replicas)
	c.policy(s.ResourcePolicy)
	c.tags(s.Tags, ownSecretTags)
	return c.problems.OrNil()
}

type secretCheck struct {
	at       Position
	what     string
	problems Errors
}

// complain takes the setting that is at fault, "" for the secret as a whole.
func (c *secretCheck) complain(path, hint, format string, args ...any) {
	c.problems = append(c.problems, &Error{At: c.at, Path: path, Message: c.what + ": " + fmt.Sprintf(format, args...), Hint: hint})
}

func (c *secretCheck) name(name string) {
	switch {
	case name == "":
		c.complain("secret", "give it a name", "it has no name")
	case !regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]+$`).MatchString(name):
		c.complain("secret", "use letters, digits and / _ + = . @ -", "AWS does not allow the characters of this name")
	case len(name) > maxSecretName:
		c.complain("secret", "shorten it", "the name is longer than AWS's %d characters", maxSecretName)
	}
}

func (c *secretCheck) value(value Secret, binary bool) {
	text := value.Reveal()
	switch {
	case text == "":
		c.complain("", "put something into its source, or leave the secret out", "it has no value, and AWS stores no empty one")
	case len(text) > maxSecretValue:
		c.complain("", "split it into several secrets, or keep the bulk in S3", "the value is larger than AWS's 64 KiB")
	case !binary && !utf8.ValidString(text):
		c.complain("", "encode it, as base64 for example", "the value is not valid UTF-8 text")
	}
}

func (c *secretCheck) settings(s ManagedSecret) {
	if s.Description != nil && utf8.RuneCountInString(*s.Description) > maxSecretDescription {
		c.complain("description", "shorten it", "the description is longer than AWS's %d characters", maxSecretDescription)
	}
	switch {
	case s.KMSKeyID == nil || isKMSKey(*s.KMSKeyID):
	case len(*s.KMSKeyID) > maxKMSKeyID:
		c.complain("kms_key_id", "give a key's id, alias or ARN", "kms_key_id is longer than AWS's %d characters", maxKMSKeyID)
	default:
		c.complain("kms_key_id", "want a key's id, alias/NAME, the ARN of either, or nothing for AWS's own key", "%q is not a KMS key", *s.KMSKeyID)
	}
	days := s.RecoveryWindowDays
	if days != 0 && (days < minRecoveryWindow || days > maxRecoveryWindow) {
		c.complain("recovery_window_days", "leave it out for 30", "recovery_window_days is %d: AWS takes %d to %d", days, minRecoveryWindow, maxRecoveryWindow)
	}
}

// isKMSKey takes what Secrets Manager does: an id, an alias, the ARN of either,
// and nothing for AWS's own key.
func isKMSKey(text string) bool {
	if len(text) > maxKMSKeyID {
		return false
	}
	if !strings.HasPrefix(text, "arn:") {
		return regexp.MustCompile(`^(|[A-Za-z0-9-]+|alias/[A-Za-z0-9/_-]+)$`).MatchString(text)
	}
	arn, err := ParseARN(text)
	return err == nil && arn.Service == "kms" && arn.Region != "" && IsAccountID(arn.AccountID) &&
		regexp.MustCompile(`^(key|alias)/[A-Za-z0-9/_-]+$`).MatchString(arn.Resource)
}

func (c *secretCheck) tags(tags map[string]string, own int) {
	if len(tags) > maxTags-own {
		c.complain("tags", "drop some", "it has more tags than AWS's %d, of which %d are reconciler's own", maxTags, own)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		c.tag(key, tags[key])
	}
}

func (c *secretCheck) tag(key, value string) {
	switch length := utf8.RuneCountInString(key); {
	case length == 0 || length > maxTagKey:
		c.complain("tags", "rename it", "the key of the tag %q has not between 1 and %d characters", key, maxTagKey)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		c.complain("tags", "rename it", "the tag %q: AWS keeps keys that begin with aws: to itself", key)
	case strings.HasPrefix(key, "ecs-reconciler/"):
		c.complain("tags", "rename it", "the tag %q: keys that begin with ecs-reconciler/ mark what reconciler manages", key)
	}
	if utf8.RuneCountInString(value) > maxTagValue {
		c.complain("tags", "shorten it", "the value of the tag %q is longer than AWS's %d characters", key, maxTagValue)
	}
}
