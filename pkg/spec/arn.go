package spec

import (
	"fmt"
	"strings"
)

// ARN is an Amazon Resource Name: arn:partition:service:region:account:resource.
type ARN struct {
	Partition, Service, Region, AccountID, Resource string
}

// ParseARN reads an ARN. The region or the account may be empty, as they are
// for IAM and S3; an account that is given has twelve digits.
func ParseARN(text string) (ARN, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[2] == "" || parts[5] == "" {
		return ARN{}, fmt.Errorf("%q is not an ARN: want arn:partition:service:region:account:resource", text)
	}
	a := ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}
	if !isPartition(a.Partition) {
		return ARN{}, fmt.Errorf("%q names the partition %q: want aws, aws-cn, aws-us-gov or aws-eusc", text, a.Partition)
	}
	if a.AccountID != "" && a.AccountID != "aws" && !IsAccountID(a.AccountID) {
		return ARN{}, fmt.Errorf("%q names the account %q: want twelve digits", text, a.AccountID)
	}
	return a, nil
}

// isPartition tells whether name has the form of AWS's partitions: aws, then
// words of small letters, each after a hyphen.
func isPartition(name string) bool {
	rest, ok := strings.CutPrefix(name, "aws")
	for ok && rest != "" {
		word, more, another := strings.Cut(strings.TrimPrefix(rest, "-"), "-")
		ok = rest[0] == '-' && word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
		rest = ""
		if another {
			rest = "-" + more
		}
	}
	return ok
}

// IsAccountID tells whether text is twelve digits.
func IsAccountID(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

// String is the ARN in full.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.AccountID, a.Resource}, ":")
}

// RoleName splits a role ARN's resource into its path (/, or /team/) and name.
func (a ARN) RoleName() (path, name string, err error) {
	rest, ok := strings.CutPrefix(a.Resource, "role/")
	if a.Service != "iam" || !ok || rest == "" || strings.HasSuffix(rest, "/") {
		return "", "", fmt.Errorf("%q is not a role's ARN: want arn:%s:iam::ACCOUNT:role/NAME", a.String(), a.Partition)
	}
	cut := strings.LastIndex(rest, "/") + 1
	return "/" + rest[:cut], rest[cut:], nil
}
