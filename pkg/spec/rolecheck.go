package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IAM's quotas and ranges. (AWS: "IAM and AWS STS quotas"; the API reference.)
const (
	maxRoleName        = 64
	maxRolePath        = 512
	maxRoleDescription = 1000
	minSession         = 3600  // seconds
	maxSession         = 43200 // seconds
	maxTrust           = 2048  // characters, white space left out
	maxManaged         = 20    // 10 unless raised
	maxTags            = 50
	maxTagKey          = 128
	ownTags            = 3 // owner, task and applied
)

// Check finds what IAM would refuse, without asking it.
func (r ManagedRole) Check() error {
	c := roleCheck{at: r.At, arn: r.ARN}
	c.naming(r)
	c.settings(r)
	c.trust(r.TrustPolicy)
	for _, name := range slices.Sorted(maps.Keys(r.InlinePolicies)) {
		c.inline(name, r.InlinePolicies[name])
	}
	c.managed(r.ManagedPolicies)
	c.tags(r.Tags)
	return c.problems.OrNil()
}

// roleCheck collects complaints about one role.
type roleCheck struct {
	at       Position
	arn      string
	problems Errors
}

// complain takes the path in the role's block, what is wrong, and the way out.
func (c *roleCheck) complain(path, hint, format string, args ...any) {
	c.problems = append(c.problems, &Error{At: c.at, Path: "role." + path,
		Message: fmt.Sprintf("role %s: ", c.arn) + fmt.Sprintf(format, args...), Hint: hint})
}

func (c *roleCheck) naming(r ManagedRole) {
	if !regexp.MustCompile(`^[\w+=,.@-]+$`).MatchString(r.Name) || len(r.Name) > maxRoleName {
		c.complain("role_arn", "", "the name %q is not one that IAM takes: want at most %d letters, digits and _+=,.@-", r.Name, maxRoleName)
	}
	if !regexp.MustCompile(`^/([\x21-\x2e\x30-\x7e]+/)*$`).MatchString(r.Path) || len(r.Path) > maxRolePath {
		c.complain("role_arn", "", "the path %q is not one that IAM takes: want / or /name/, at most %d characters", r.Path, maxRolePath)
	}
	if strings.HasPrefix(r.Path, "/aws-service-role/") || strings.HasPrefix(r.Path, "/aws-reserved/") {
		c.complain("role_arn", "set manage: false", "only AWS may make a role under %s", r.Path)
	}
}

func (c *roleCheck) settings(r ManagedRole) {
	if r.Description != nil {
		if n := utf8.RuneCountInString(*r.Description); n > maxRoleDescription {
			c.complain("description", "", "it has %d characters and IAM allows %d", n, maxRoleDescription)
		}
		if strings.ContainsFunc(*r.Description, notInDescription) {
			c.complain("description", "", "it has a character that IAM does not take: want Latin letters, digits and punctuation")
		}
	}
	if s := r.MaxSessionDuration; s != nil && (*s < minSession || *s > maxSession) {
		c.complain("max_session_duration", "", "%d seconds: IAM allows %d to %d", *s, minSession, maxSession)
	}
	if b := r.PermissionsBoundary; b != nil && *b != "" && !isPolicyARN(*b) {
		c.complain("permissions_boundary", `an empty string removes the boundary`, "%q is not a policy's ARN", *b)
	}
}

// notInDescription follows the pattern of RoleDescriptionType in IAM's model.
func notInDescription(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r >= ' ' && r <= '~', r >= 0xa1 && r <= 0xff:
		return false
	default:
		return true
	}
}

func isPolicyARN(text string) bool {
	arn, err := ParseARN(text)
	return err == nil && arn.Service == "iam" && arn.Region == "" && arn.AccountID != "" &&
		regexp.MustCompile(`^policy/([\x21-\x2e\x30-\x7e]+/)*[\w+=,.@-]{1,128}$`).MatchString(arn.Resource)
}

func (c *roleCheck) managed(arns []string) {
	seen := map[string]bool{}
	for i, arn := range arns {
		if !isPolicyARN(arn) {
			c.complain(fmt.Sprintf("managed_policies[%d]", i), "want arn:aws:iam::aws:policy/NAME or arn:aws:iam::ACCOUNT:policy/NAME",
				"%q is not a policy's ARN", arn)
		}
		seen[arn] = true
	}
	if len(seen) > maxManaged {
		c.complain("managed_policies", "", "%d policies: IAM allows 10, and %d on request", len(seen), maxManaged)
	}
}

func (c *roleCheck) tags(tags map[string]string) {
	if len(tags) > maxTags-ownTags {
		c.complain("tags", "", "%d tags: IAM allows %d, of which we need %d", len(tags), maxTags, ownTags)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(tags[key]) > maxTagValue:
			c.complain("tags", "", "the tag %q: want a key of 1 to %d and a value of at most %d characters", key, maxTagKey, maxTagValue)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			c.complain("tags", "", "the tag %q: only AWS may set keys that begin with aws:", key)
		case strings.HasPrefix(key, "ecs-reconciler/"):
			c.complain("tags", "", "the tag %q is set by us: leave it out", key)
		}
	}
}

// sizeOf is the number of characters of a document that IAM counts.
func sizeOf(doc Document) (int, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return 0, err
	}
	n := 0
	for _, r := range b.String() {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n, nil
}
