package load

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// locate finds the account, region and partition: as declared, or as every ARN
// that the tasks name agrees on.
func (r *resolver) locate() {
	named := r.arns()
	r.d.AccountID = r.account(named)
	r.d.Region = orElse(r.project.Region, r.agreedRegion(named))
	r.d.Partition = r.partition(named)
	if err := regionForm(r.project.Region); err != "" {
		r.complain(spec.Position{File: r.folder.name(commonFile)}, "aws_region", regionHint, err)
	}
}

// regionHint says what a region looks like.
const regionHint = "want one such as us-west-2"

// regionForm is what is wrong with the name of a region; "" for nothing. An
// unknown name in the right form passes: AWS adds regions.
func regionForm(name string) string {
	if name == "" || regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d$`).MatchString(name) {
		return ""
	}
	return fmt.Sprintf("%q is no region", name)
}

type namedARN struct {
	spec.ARN
	at   spec.Position
	path string
	what string
	// execution marks an execution role. ECS alone wears it, so one of another
	// account than the declared one is only warned of.
	execution bool
}

// arns are the ARNs that must be of the deployment's account and partition:
// where secrets are read and which roles are worn. Malformed ones are
// complained about where they are used.
func (r *resolver) arns() []namedARN {
	var out []namedARN
	add := func(t source.Task, text, pointer, what string) {
		if arn, err := spec.ParseARN(text); err == nil {
			out = append(out, namedARN{arn, t.Place(pointer), dotted(pointer), what, what == "executionRoleArn"})
		}
	}
	for _, t := range r.project.Tasks {
		add(t, t.Doc.Spec.RoleARN, "/spec/role_arn", "role_arn")
		for _, key := range []string{"taskRoleArn", "executionRoleArn"} {
			if arn, ok := t.Doc.Spec.TaskDefinition[key].(string); ok && (key != "taskRoleArn" || t.Doc.Spec.RoleARN == "") {
				add(t, arn, definition+"/"+key, key)
			}
		}
		for i, l := range t.Doc.Spec.EnvLocations {
			if loc, err := spec.ParseLocation(l.Location); err == nil {
				add(t, loc.ARN.String(), envLocationPointer(i), "a location")
			}
		}
	}
	return out
}

// dotted is a JSON pointer as errors show paths: spec.env_locations[1].
func dotted(pointer string) string { return source.Dotted(pointer) }

// account is the one that everything is in.
func (r *resolver) account(named []namedARN) string {
	account, from := r.project.AccountID, "account_id"
	for _, n := range named {
		switch {
		case !spec.IsAccountID(n.AccountID), r.trusts(n.AccountID), n.execution && r.project.AccountID != "":
		case account == "":
			account, from = n.AccountID, fmt.Sprintf("%s at %s", n.what, n.at)
		case n.AccountID != account:
			r.complain(n.at, n.path, "one environment is one account; another one that may be referred to goes into the environment's trusted_accounts",
				fmt.Sprintf("%s is in account %s, and %s says %s", n.what, n.AccountID, from, account))
		}
	}
	return orElse(account, r.Account)
}

// trusts tells whether what is in an account may be referred to.
func (r *resolver) trusts(account string) bool {
	return slices.Contains(r.project.TrustedAccounts, account)
}

// agreedRegion is the one region that the ARNs name, else the caller's.
func (r *resolver) agreedRegion(named []namedARN) string {
	region := ""
	for _, n := range named {
		switch {
		case n.Region == "" || n.Region == region:
		case region == "":
			region = n.Region
		default:
			return r.Region
		}
	}
	return orElse(region, r.Region)
}

// partition is the one that the region and every ARN are in.
func (r *resolver) partition(named []namedARN) string {
	partition, from := "", "the region "+r.d.Region
	if r.d.Region != "" {
		partition = partitionOf(r.d.Region)
	}
	for _, n := range named {
		switch {
		case partition == "":
			partition, from = n.Partition, fmt.Sprintf("%s at %s", n.what, n.at)
		case n.Partition != partition:
			r.complain(n.at, n.path, "nothing reaches from one partition into another", fmt.Sprintf("%s is in the partition %s, and %s is in %s", n.what, n.Partition, from, partition))
		}
	}
	return orElse(partition, "aws")
}

// partitionOf is the one that a region is in, by the prefixes of its name.
func partitionOf(region string) string {
	for prefix, name := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc",
		"us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f"} {
		if strings.HasPrefix(region, prefix) {
			return name
		}
	}
	return "aws"
}
