package policy

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// VersionDefault is what IAM assumes of a document without a Version. It is
// not VersionCurrent: the older one knows no policy variables.
const (
	VersionDefault = "2008-10-17"
	VersionCurrent = "2012-10-17"
)

// Equal tells whether two documents mean the same to IAM.
//
// Without meaning are: white space; the order of keys, statements and list
// entries; entries written twice; a list of one against the bare value; the
// case of actions and of condition keys; a condition's number or boolean
// against its text; an account's id against its root's ARN; Principal "*"
// against {"AWS": "*"}; an empty Sid or Condition against none; a missing
// Version against 2008-10-17. All else is a difference, a Sid and an element
// that IAM does not know included. (AWS: "IAM JSON policy elements reference".)
func Equal(a, b spec.Document) bool {
	return reflect.DeepEqual(a, b) || Canonical(a) == Canonical(b)
}

// Canonical is a text that equal documents share and different ones do not.
// It is for comparing and digesting; it is not JSON.
func Canonical(doc spec.Document) string {
	out := map[string]any{"Version": VersionDefault}
	for key, v := range doc {
		if key == "Statement" {
			v = statements(v)
		}
		out[key] = v
	}
	return render(out)
}

// rendered is a part that is canonical already.
type rendered string

// statements sorts, but keeps a statement that is written twice: the documents
// AAB and ABB have the same effect, yet no one means either.
func statements(v any) rendered {
	var out []string
	for _, s := range listOf(v) {
		if m, ok := s.(map[string]any); ok {
			s = statement(m)
		}
		out = append(out, render(s))
	}
	slices.Sort(out)
	return rendered("[" + strings.Join(out, ",") + "]")
}

func statement(m map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range m {
		switch key {
		case "Sid":
			if v == "" {
				continue
			}
		case "Action", "NotAction":
			v = set(v, strings.ToLower)
		case "Resource", "NotResource":
			v = set(v, asIs)
		case "Principal", "NotPrincipal":
			v = principals(v)
		case "Condition":
			if v = conditions(v); v == rendered("[]") {
				continue
			}
		}
		out[key] = v
	}
	return out
}

func principals(v any) any {
	if v == "*" {
		v = map[string]any{"AWS": v}
	}
	byType, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for kind, who := range byType {
		if kind == "AWS" {
			out[kind] = set(who, accountOf)
			continue
		}
		out[kind] = set(who, asIs)
	}
	return out
}

// accountOf turns the ARN of an account's root, which stands for the account,
// into the account's id.
func accountOf(principal string) string {
	if !strings.HasSuffix(principal, ":root") {
		return principal
	}
	if m := regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}):root$`).FindStringSubmatch(principal); m != nil {
		return m[1]
	}
	return principal
}

// conditions flattens operator → key → values. Keys that differ in case alone
// are kept apart within one operator: both have to hold.
func conditions(v any) any {
	operators, ok := v.(map[string]any)
	if !ok {
		return v
	}
	var out []string
	for operator, keys := range operators {
		byKey, ok := keys.(map[string]any)
		if !ok {
			out = append(out, render([]any{operator, keys}))
			continue
		}
		for key, values := range byKey {
			out = append(out, render([]any{operator, strings.ToLower(key), set(texts(values), asIs)}))
		}
	}
	slices.Sort(out)
	return rendered("[" + strings.Join(out, ",") + "]")
}

// texts turns the numbers and booleans among a condition's values into the
// strings that IAM compares with.
func texts(v any) any {
	var out []any
	for _, value := range listOf(v) {
		switch value.(type) {
		case nil, []any, map[string]any:
		default:
			value = fmt.Sprint(value)
		}
		out = append(out, value)
	}
	return out
}

// set is a list without order or repetition, after fold. What is not made of
// strings has no meaning to IAM and is left as it is.
func set(v any, fold func(string) string) any {
	var out []string
	for _, entry := range listOf(v) {
		text, ok := entry.(string)
		if !ok {
			return v
		}
		out = append(out, strconv.Quote(fold(text)))
	}
	slices.Sort(out)
	return rendered("[" + strings.Join(slices.Compact(out), ",") + "]")
}

func asIs(s string) string { return s }

func listOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

// render writes a value so that different values never look alike.
func render(v any) string { return string(appendValue(make([]byte, 0, 512), v)) }

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case rendered:
		return append(b, v...)
	case string:
		return strconv.AppendQuote(b, v)
	case []any:
		b = append(b, '[')
		for _, entry := range v {
			b = append(appendValue(b, entry), ',')
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b = append(strconv.AppendQuote(b, key), ':')
			b = append(appendValue(b, v[key]), ',')
		}
		return append(b, '}')
	default:
		return fmt.Append(b, v)
	}
}
