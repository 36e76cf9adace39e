package load

import (
	"fmt"
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
	r.d.Partition = partition(r.d.Region)
	if len(named) > 0 {
		r.d.Partition = named[0].Partition
	}
}

type namedARN struct {
	spec.ARN
	at   spec.Position
	path string
	what string
}

// arns are the ARNs that must be of the deployment's account: where secrets
// are read and which role is worn. Malformed ones are complained about where
// they are used.
func (r *resolver) arns() []namedARN {
	var out []namedARN
	add := func(t source.Task, text, pointer, what string) {
		if arn, err := spec.ParseARN(text); err == nil && strings.Trim(arn.AccountID, "0123456789") == "" && arn.AccountID != "" {
			out = append(out, namedARN{arn, t.Place(pointer), dotted(pointer), what})
		}
	}
	for _, t := range r.project.Tasks {
		add(t, t.Doc.Spec.RoleARN, "/spec/role_arn", "role_arn")
		if arn, ok := t.Doc.Spec.TaskDefinition["taskRoleArn"].(string); ok && t.Doc.Spec.RoleARN == "" {
			add(t, arn, "/spec/task_definition/taskRoleArn", "taskRoleArn")
		}
		for i, l := range t.Doc.Spec.EnvLocations {
			if loc, err := spec.ParseLocation(l.Location); err == nil {
				add(t, loc.ARN.String(), fmt.Sprintf("/spec/env_locations/%d", i), "a location")
			}
		}
	}
	return out
}

// dotted is a JSON pointer as errors show paths: spec.env_locations[1].
func dotted(pointer string) string {
	var b strings.Builder
	for i, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case strings.Trim(token, "0123456789") == "" && token != "":
			b.WriteString("[" + token + "]")
		case i > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}

// account is the one that everything is in.
func (r *resolver) account(named []namedARN) string {
	account, from := r.project.AccountID, "account_id"
	for _, n := range named {
		switch {
		case account == "":
			account, from = n.AccountID, fmt.Sprintf("%s at %s", n.what, n.at)
		case n.AccountID != account && !slices.Contains(r.project.TrustedAccounts, n.AccountID):
			r.complain(n.at, n.path, "one environment is one account; another one that may be referred to goes into the environment's trusted_accounts",
				fmt.Sprintf("%s is in account %s, and %s says %s", n.what, n.AccountID, from, account))
		}
	}
	return orElse(account, r.Account)
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

// partition is the one that a region is in, by the prefixes of its name.
func partition(region string) string {
	for prefix, name := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"} {
		if strings.HasPrefix(region, prefix) {
			return name
		}
	}
	return "aws"
}
