package events

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Match is a target that an event is for.
type Match struct {
	Rule   string // ARN
	Target types.Target
}

// Listens says whether any rule waits for events at all.
func (b *Backend) Listens() bool {
	for _, r := range b.state.Rules {
		if r.listens() {
			return true
		}
	}
	return false
}

func (r *Rule) listens() bool {
	return r.State != types.RuleStateDisabled && r.Spec.EventPattern != nil && len(r.Targets) > 0
}

// Matching are the targets that an event, as encoding/json decodes it, is for:
// by the names of rules, then by the ids of targets.
func (b *Backend) Matching(event map[string]any) []Match {
	var out []Match
	for name, r := range b.state.Rules {
		var pattern map[string]any
		if !r.listens() || json.Unmarshal([]byte(aws.ToString(r.Spec.EventPattern)), &pattern) != nil || !matches(pattern, event) {
			continue
		}
		for _, t := range r.Targets {
			out = append(out, Match{b.arn(name), t})
		}
	}
	slices.SortFunc(out, func(x, y Match) int {
		return strings.Compare(x.Rule+" "+aws.ToString(x.Target.Id), y.Rule+" "+aws.ToString(y.Target.Id))
	})
	return out
}

// matches holds an object against a pattern: every member of the pattern must
// match, and a list of the event matches if one of its elements does (EventBridge
// User Guide, "Creating Amazon EventBridge event patterns").
func matches(pattern, event map[string]any) bool {
	for key, want := range pattern {
		switch want := want.(type) {
		case map[string]any:
			if !anyOf(event[key], func(v any) bool {
				object, ok := v.(map[string]any)
				return ok && matches(want, object)
			}) {
				return false
			}
		case []any:
			value, present := event[key]
			if key == "$or" && isAlternatives(want) {
				if !alternatives(want, event) {
					return false
				}
			} else if !leafMatches(want, value, present) {
				return false
			}
		}
	}
	return true
}

// isAlternatives says whether a list is that of $or: of patterns.
func isAlternatives(list []any) bool {
	return !slices.ContainsFunc(list, func(item any) bool {
		_, ok := item.(map[string]any)
		return !ok
	})
}

func alternatives(list []any, event map[string]any) bool {
	return slices.ContainsFunc(list, func(item any) bool {
		pattern, ok := item.(map[string]any)
		return ok && matches(pattern, event)
	})
}

func anyOf(value any, ok func(any) bool) bool {
	if list, isList := value.([]any); isList {
		return slices.ContainsFunc(list, ok)
	}
	return ok(value)
}

// leafMatches says whether one of a leaf's alternatives matches a value.
func leafMatches(wants []any, value any, present bool) bool {
	return slices.ContainsFunc(wants, func(want any) bool {
		rule, isRule := want.(map[string]any)
		if exists, asked := rule["exists"]; asked {
			return exists == present
		}
		if !present {
			return false
		}
		return anyOf(value, func(v any) bool {
			if isRule {
				return ruleMatches(rule, v)
			}
			return want == v
		})
	})
}

// ruleMatches holds a value against a rule such as {"prefix": "x"}.
func ruleMatches(rule map[string]any, value any) bool {
	text, isText := value.(string)
	for kind, of := range rule {
		switch of := of.(type) {
		case string:
			switch kind {
			case "prefix":
				return isText && strings.HasPrefix(text, of)
			case "suffix":
				return isText && strings.HasSuffix(text, of)
			case "equals-ignore-case":
				return isText && strings.EqualFold(text, of)
			case "anything-but":
				return value != any(of)
			}
		case map[string]any: // of anything-but
			return !ruleMatches(of, value)
		case []any:
			if kind == "numeric" {
				return inRange(of, value)
			}
			return !slices.Contains(of, value)
		default: // anything-but a number, or null
			return value != of
		}
	}
	return false
}

// inRange holds a number against pairs of a relation and a bound.
func inRange(pairs []any, value any) bool {
	n, ok := value.(float64)
	for i := 0; ok && i+1 < len(pairs); i += 2 {
		bound, _ := pairs[i+1].(float64)
		switch pairs[i] {
		case "=":
			ok = n == bound
		case "<":
			ok = n < bound
		case "<=":
			ok = n <= bound
		case ">":
			ok = n > bound
		case ">=":
			ok = n >= bound
		}
	}
	return ok
}

// checkLeaf refuses what no leaf is, and what ruleMatches does not know: of
// AWS's rules, wildcards and networks.
func checkLeaf(key string, list []any) error {
	if len(list) == 0 {
		return badPattern("Empty arrays are not allowed")
	}
	for _, item := range list {
		rule, isRule := item.(map[string]any)
		switch {
		case key == "$or" && isAlternatives(list):
			if err := checkBranch(rule); err != nil {
				return err
			}
		case isRule && len(rule) != 1:
			return badPattern("Only one key allowed in match expression")
		case isRule:
			if err := checkMatch(rule); err != nil {
				return err
			}
		default:
			if _, isList := item.([]any); isList {
				return badPattern("Arrays of arrays are not allowed")
			}
		}
	}
	return nil
}

func checkMatch(rule map[string]any) error {
	for kind, of := range rule {
		ok := false
		switch kind {
		case "prefix", "suffix", "equals-ignore-case":
			_, ok = of.(string)
		case "exists":
			_, ok = of.(bool)
		case "numeric":
			list, isList := of.([]any)
			ok = isList && isRange(list)
		case "anything-but":
			ok = isException(of)
		default:
			return badPattern("Unrecognized match type " + kind)
		}
		if !ok {
			return badPattern("Value of " + kind + " is of the wrong type")
		}
	}
	return nil
}

func isRange(pairs []any) bool {
	relations := []any{"=", "<", "<=", ">", ">="}
	for i := 0; i+1 < len(pairs); i += 2 {
		if _, ok := pairs[i+1].(float64); !ok || !slices.Contains(relations, pairs[i]) {
			return false
		}
	}
	return len(pairs) == 2 || len(pairs) == 4
}

// isException says whether a value may follow anything-but: texts, numbers, or
// a prefix or suffix.
func isException(of any) bool {
	switch of := of.(type) {
	case string, float64:
		return true
	case []any:
		return len(of) > 0 && !slices.ContainsFunc(of, func(item any) bool {
			switch item.(type) {
			case string, float64:
				return false
			}
			return true
		})
	case map[string]any:
		prefix, hasPrefix := of["prefix"].(string)
		suffix, hasSuffix := of["suffix"].(string)
		return len(of) == 1 && (hasPrefix && prefix != "" || hasSuffix && suffix != "")
	}
	return false
}

// Shown is what a target wants of an event, given as JSON: its own text, a part,
// or all of it. ok is false where the sandbox cannot tell: for transformers, and
// for paths that do more than go down.
func Shown(t types.Target, event []byte) (body string, ok bool) {
	switch {
	case t.InputTransformer != nil:
		return "", false
	case t.Input != nil:
		return *t.Input, true
	case t.InputPath == nil || *t.InputPath == "$":
		return string(event), true
	}
	var at any
	if json.Unmarshal(event, &at) != nil {
		return "", false
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(*t.InputPath, "$."), ".") {
		object, isObject := at.(map[string]any)
		if at, ok = object[name]; !isObject || !ok {
			return "", false
		}
	}
	part, err := json.Marshal(at)
	return string(part), err == nil
}
