package secretsmanager

import (
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// checkFilters refuses a filter without a key or without values. The model
// requires neither, but a filter that filters nothing is nobody's intention.
func checkFilters(filters []types.Filter) error {
	for _, f := range filters {
		if f.Key == "" || len(f.Values) == 0 {
			return invalidParameter("A filter must have a Key and at least one of Values.")
		}
	}
	return nil
}

// passes says whether a secret passes every filter.
func (s *Secret) passes(filters []types.Filter) bool {
	for _, f := range filters {
		if !s.passesOne(f) {
			return false
		}
	}
	return true
}

// passesOne says whether a secret matches one of a filter's values and none of
// those that "!" negates. A filter of negated values alone passes the rest.
func (s *Secret) passesOne(f types.Filter) bool {
	wanted, matched := false, false
	for _, value := range f.Values {
		if banned, negated := strings.CutPrefix(value, "!"); negated {
			if s.matches(f.Key, banned) {
				return false
			}
			continue
		}
		wanted = true
		matched = matched || s.matches(f.Key, value)
	}
	return matched || !wanted
}

// matches compares by prefix; case counts, save in descriptions and in "all".
func (s *Secret) matches(key types.FilterNameStringType, value string) bool {
	prefixed := func(text string) bool { return strings.HasPrefix(text, value) }
	switch key {
	case types.FilterNameStringTypeName:
		return prefixed(s.Name)
	case types.FilterNameStringTypeDescription:
		return strings.HasPrefix(strings.ToLower(s.Description), strings.ToLower(value))
	case types.FilterNameStringTypeTagKey:
		return slices.ContainsFunc(s.Tags, func(t types.Tag) bool { return prefixed(aws.ToString(t.Key)) })
	case types.FilterNameStringTypeTagValue:
		return slices.ContainsFunc(s.Tags, func(t types.Tag) bool { return prefixed(aws.ToString(t.Value)) })
	case types.FilterNameStringTypePrimaryRegion:
		return prefixed(s.PrimaryRegion)
	case types.FilterNameStringTypeOwningService:
		return prefixed(s.OwningService)
	default:
		return s.matchesAll(value)
	}
}

// matchesAll looks for every word of a value at the beginning of a word of any
// attribute.
func (s *Secret) matchesAll(value string) bool {
	have := words(s.Name + " " + s.Description + " " + s.PrimaryRegion + " " + s.OwningService)
	for _, t := range s.Tags {
		have = append(have, words(aws.ToString(t.Key)+" "+aws.ToString(t.Value))...)
	}
	for _, word := range words(value) {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, word) }) {
			return false
		}
	}
	return true
}

// words breaks a text where neither letter nor digit stands, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
