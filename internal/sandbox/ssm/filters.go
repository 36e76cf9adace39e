package ssm

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// The options of filters.
const (
	equals     = "Equals"
	beginsWith = "BeginsWith"
	contains   = "Contains"
	recursive  = "Recursive"
	oneLevel   = "OneLevel"
)

// tagFilter begins the keys of filters by tag.
const tagFilter = "tag:"

// checkFilters refuses filters with a key that the operation has not, with a
// foreign option or value, and two with one key.
func checkFilters(filters []types.ParameterStringFilter, keys ...string) error {
	seen := map[string]bool{}
	for _, f := range filters {
		key := aws.ToString(f.Key)
		switch {
		case !slices.Contains(keys, kindOf(key)):
			return awserr.New("InvalidFilterKey", "The following filter key is not valid: %s. Valid filter keys include: [%s].",
				key, strings.Join(keys, ", "))
		case seen[key]:
			return awserr.New("InvalidFilterKey", "The following filter is duplicated in the request: %s. A request can "+
				"contain only one occurrence of a specific filter.", key)
		case len(f.Values) == 0 && kindOf(key) != tagFilter:
			return awserr.New("InvalidFilterValue", "The following filter values are missing : null for filter key %s.", key)
		}
		seen[key] = true
		if err := checkFilter(key, f); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is a filter's key without the tag that it names.
func kindOf(key string) string {
	if strings.HasPrefix(key, tagFilter) {
		return tagFilter
	}
	return key
}

func checkFilter(key string, f types.ParameterStringFilter) error {
	options := optionsOf(key)
	if option := optionOf(f); !slices.Contains(options, option) {
		return awserr.New("InvalidFilterOption", "The following filter option is not valid: %s. Valid options include: [%s].",
			option, strings.Join(options, ", "))
	}
	for _, value := range f.Values {
		if err := checkFilterValue(key, value); err != nil {
			return err
		}
	}
	return nil
}

// optionsOf are the options of a filter, the usual one first.
func optionsOf(key string) []string {
	switch kindOf(key) {
	case "Path":
		return []string{oneLevel, recursive}
	case "Name":
		return []string{equals, beginsWith, contains}
	case "Label":
		return []string{equals}
	default:
		return []string{equals, beginsWith}
	}
}

func optionOf(f types.ParameterStringFilter) string {
	if f.Option != nil {
		return *f.Option
	}
	return optionsOf(aws.ToString(f.Key))[0]
}

func checkFilterValue(key, value string) error {
	switch key {
	case "Path":
		lower := strings.ToLower(value)
		if strings.HasPrefix(lower, "/aws") || strings.HasPrefix(lower, "/ssm") {
			return invalid(`Filters for common parameters can't be prefixed with "aws" or "ssm" (case-insensitive). ` +
				`When using global parameters, please specify within a global namespace.`)
		}
		return checkPath(value)
	case "Type":
		return oneOf(value, types.ParameterType("").Values())
	case "Tier":
		return oneOf(value, types.ParameterTier("").Values())
	default:
		return nil
	}
}

func oneOf[E ~string](value string, known []E) error {
	if slices.Contains(known, E(value)) {
		return nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return awserr.New("InvalidFilterOption", "The following filter value is not valid: %s. Valid values include: [%s].",
		value, strings.Join(names, ", "))
}

// passes says whether a parameter passes every filter.
func (p *Parameter) passes(filters []types.ParameterStringFilter) bool {
	return !slices.ContainsFunc(filters, func(f types.ParameterStringFilter) bool { return !p.passesOne(f) })
}

// passesOne says whether any of a filter's values matches.
func (p *Parameter) passesOne(f types.ParameterStringFilter) bool {
	key, option := aws.ToString(f.Key), optionOf(f)
	if name, tagged := strings.CutPrefix(key, tagFilter); tagged {
		value, has := tagParts().Map(p.Tags)[name]
		return has && (len(f.Values) == 0 || anyMatches(f.Values, option, value))
	}
	v := p.newest()
	switch key {
	case "Path":
		return slices.ContainsFunc(f.Values, func(path string) bool { return below(p.Name, path, option == recursive) })
	case "Label":
		return slices.ContainsFunc(f.Values, func(label string) bool { return p.labelled(label) != nil })
	case "Name":
		return anyMatches(f.Values, option, p.Name) || anyMatches(f.Values, option, strings.TrimPrefix(p.Name, "/"))
	case "Type":
		return anyMatches(f.Values, option, string(v.Type))
	case "KeyId":
		return v.KeyID != "" && anyMatches(f.Values, option, v.KeyID)
	case "Tier":
		return anyMatches(f.Values, option, string(v.Tier))
	default:
		return anyMatches(f.Values, option, v.DataType)
	}
}

func anyMatches(values []string, option, have string) bool {
	return slices.ContainsFunc(values, func(value string) bool {
		switch option {
		case beginsWith:
			return strings.HasPrefix(have, value)
		case contains:
			return strings.Contains(have, value)
		default:
			return have == value
		}
	})
}
