package iam

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"
)

// awsOwned stands where an account's number would in the ARN of AWS's policies.
const awsOwned = "aws"

func (b *Backend) awsPolicyARN(path, name string) string {
	return "arn:" + b.env.Partition + ":iam::" + awsOwned + ":policy" + path + name
}

func (b *Backend) isAWSOwned(arn string) bool {
	return strings.HasPrefix(arn, b.awsPolicyARN("/", ""))
}

// awsPolicy finds one of AWS's managed policies.
func (b *Backend) awsPolicy(arn string) (*Policy, bool) {
	if !b.isAWSOwned(arn) {
		return nil, false
	}
	for _, managed := range awsManagedTable() {
		if b.awsPolicyARN(managed.path, managed.name) == arn {
			return managed.policy(b.env.Partition), true
		}
	}
	return nil, false
}

func (b *Backend) awsPolicyARNs() []string {
	table := awsManagedTable()
	out := make([]string, 0, len(table))
	for _, managed := range table {
		out = append(out, b.awsPolicyARN(managed.path, managed.name))
	}
	return out
}

// policy is the entry as a Policy, its document's ARNs in the partition.
func (m awsManaged) policy(partition string) *Policy {
	document := strings.ReplaceAll(m.document, `"arn:aws:`, `"arn:`+partition+`:`)
	created, updated := tableTime(m.created), tableTime(m.updated)
	return &Policy{
		Name: m.name, Path: m.path, ID: awsPolicyID(m.name), Created: created, Updated: updated, Default: m.version,
		Versions: []Version{{ID: m.version, Document: document, Created: updated}},
	}
}

// awsPolicyID is the same for every account, as it is at AWS.
func awsPolicyID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "ANPA" + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

// tableTime reads a time of the table, which a test holds to be well-formed.
func tableTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
