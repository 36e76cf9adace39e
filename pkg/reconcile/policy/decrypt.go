package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// encrypted is what a store encrypts with which keys.
type encrypted struct {
	service string
	keys    []string
}

// decrypt lets the keys be used through their store, one statement a region.
// An alias cannot be a resource: it is granted as any key that has it.
func (r Reads) decrypt(e encrypted) ([]Statement, error) {
	if len(e.keys) == 0 {
		return nil, nil
	}
	keys, aliases := map[spec.ARN][]string{}, map[spec.ARN][]string{}
	for _, key := range e.keys {
		arn, err := r.key(key)
		if err != nil {
			return nil, err
		}
		of := arn
		of.Resource = ""
		switch {
		case strings.HasPrefix(arn.Resource, "alias/aws/"):
		case strings.HasPrefix(arn.Resource, "alias/"):
			aliases[of] = append(aliases[of], arn.Resource)
		default:
			of.AccountID = ""
			keys[of] = append(keys[of], arn.String())
		}
	}
	var out []Statement
	for _, of := range inTextOrder(keys) {
		out = append(out, decryptWith(e.service, of, keys[of]))
	}
	for _, of := range inTextOrder(aliases) {
		everyKey := of
		everyKey.Resource = "key/*"
		s := decryptWith(e.service, of, []string{everyKey.String()})
		s.Condition["ForAnyValue:StringEquals"] = map[string]Values{"kms:ResourceAliases": sorted(aliases[of])}
		out = append(out, s)
	}
	return out, nil
}

func decryptWith(service string, of spec.ARN, resources []string) Statement {
	s := Allow([]string{"kms:Decrypt"}, resources)
	s.Condition = Conditions{"StringEquals": {"kms:ViaService": via(service, of)}}
	return s
}

// via is how KMS names a service as the caller. Outside the partitions whose names end in amazonaws.com, both spellings are granted:
// AWS's documentation does not say which it is.
func via(service string, of spec.ARN) Values {
	host := service + "." + of.Region + ".amazonaws."
	switch of.Partition {
	case "aws-cn":
		return Values{host + "com", host + "com.cn"}
	case "aws-eusc":
		return Values{host + "com", host + "eu"}
	default:
		return Values{host + "com"}
	}
}

// key is the ARN of a key or alias in any of the forms that Secrets Manager
// takes.
func (r Reads) key(text string) (spec.ARN, error) {
	full := text
	switch {
	case strings.HasPrefix(text, "arn:"):
	case strings.HasPrefix(text, "alias/"):
		full = r.Place.arn("kms", text)
	case regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(text):
		full = r.Place.arn("kms", "key/"+text)
	}
	arn, err := spec.ParseARN(full)
	if err != nil || arn.Service != "kms" || !regexp.MustCompile(`^(key|alias)/[A-Za-z0-9/_-]+$`).MatchString(arn.Resource) {
		return spec.ARN{}, fmt.Errorf("%q is not a KMS key: want a key's ARN or id, or an alias", text)
	}
	return arn, nil
}

func inTextOrder(m map[spec.ARN][]string) []spec.ARN {
	return slices.SortedFunc(maps.Keys(m), func(a, b spec.ARN) int { return strings.Compare(a.String(), b.String()) })
}
