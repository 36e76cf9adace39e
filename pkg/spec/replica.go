package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Replica is a copy of a secret in another region, which AWS keeps in step.
type Replica struct {
	Region   string
	KMSKeyID *string // a key of that region; "" is AWS's own, nil leaves it as it is
}

// same tells whether two replicas are declared alike.
func (r Replica) same(other Replica) bool {
	if (r.KMSKeyID == nil) != (other.KMSKeyID == nil) {
		return false
	}
	return r.Region == other.Region && (r.KMSKeyID == nil || *r.KMSKeyID == *other.KMSKeyID)
}

// SortReplicas puts replicas in the order of their regions, and keeps nil.
func SortReplicas(list []Replica) []Replica {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Replica) int { return strings.Compare(a.Region, b.Region) })
	return out
}

// replicas checks what a secret's copies are declared with.
func (c *secretCheck) replicas(list []Replica) {
	seen := map[string]bool{}
	for i, r := range list {
		path := fmt.Sprintf("replicas[%d]", i)
		switch {
		case !regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d+$`).MatchString(r.Region):
			c.complain(path+".region", "want a region, as in eu-west-1", "%q is not a region", r.Region)
		case seen[r.Region]:
			c.complain(path+".region", "name each region once", "the region %s is named twice", r.Region)
		}
		seen[r.Region] = true
		if r.KMSKeyID == nil {
			continue
		}
		if !isKMSKey(*r.KMSKeyID) {
			c.complain(path+".kms_key_id", "want a key's id, alias/NAME, the ARN of either, or nothing for AWS's own key", "%q is not a KMS key", *r.KMSKeyID)
			continue
		}
		if arn, err := ParseARN(*r.KMSKeyID); err == nil && arn.Region != r.Region {
			c.complain(path+".kms_key_id", "use a key of the replica's region; a multi-Region key has one there", "the key is in %s, and the replica in %s", arn.Region, r.Region)
		}
	}
}

// maxSecretPolicy is the most characters of a secret's policy (AWS:
// PutResourcePolicy).
const maxSecretPolicy = 20480

// policy checks the secret's resource policy; nil is unmanaged, and a pointer
// to nil removes it.
func (c *secretCheck) policy(doc *Document) {
	if doc == nil || *doc == nil {
		return
	}
	policyCheck{c.complain}.resource("resource_policy", "secretsmanager", *doc)
	if n, err := sizeOf(*doc); err != nil {
		c.complain("resource_policy", "", "it cannot be written as JSON: %v", err)
	} else if n > maxSecretPolicy {
		c.complain("resource_policy", "shorten it", "it has %d characters and AWS allows %d", n, maxSecretPolicy)
	}
}
