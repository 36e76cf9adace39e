package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// matcher says in what got is not as an operator wants it.
type matcher func(want, got any, path string) error

// absent stands for a member that an answer does not have.
type absent struct{}

func missing(got any) bool {
	_, is := got.(absent)
	return is
}

// matchers are the operators of gives.
func matchers() map[string]matcher {
	return map[string]matcher{
		"~matches":   matchesPattern,
		"~absent":    isAbsent,
		"~present":   isPresent,
		"~length":    hasLength,
		"~unordered": isUnordered,
		"~contains":  contains,
		"~lacks":     lacks,
		"~not":       isNot,
		"~exactly":   isExactly,
		"~json":      isJSON,
	}
}

// match compares an answer with what a check wants of it: objects by the
// members that are named, lists and scalars as they are.
func match(want, got any, path string) error {
	switch want := want.(type) {
	case map[string]any:
		if operator, operand, ok := operatorOf(want); ok {
			return matchers()[operator](operand, got, path)
		}
		return matchObject(want, got, path)
	case []any:
		return matchList(want, got, path)
	default:
		if !reflect.DeepEqual(want, got) {
			return differs(want, got, path)
		}
		return nil
	}
}

// operatorOf is the operator that an object stands for.
func operatorOf(object map[string]any) (operator string, operand any, ok bool) {
	for key, member := range object {
		if len(object) == 1 && strings.HasPrefix(key, "~") {
			return key, member, true
		}
	}
	return "", nil, false
}

func matchObject(want map[string]any, got any, path string) error {
	object, ok := got.(map[string]any)
	if !ok {
		return differs(want, got, path)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		member, there := object[name]
		if !there {
			member = absent{}
		}
		if err := match(want[name], member, join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func matchList(want []any, got any, path string) error {
	list, ok := got.([]any)
	if !ok || len(list) != len(want) {
		return differs(want, got, path)
	}
	for i := range want {
		if err := match(want[i], list[i], join(path, strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}

func matchesPattern(want, got any, path string) error {
	text, ok := got.(string)
	pattern, err := regexp.Compile(fmt.Sprint(want))
	if err != nil {
		return err
	}
	if !ok || !pattern.MatchString(text) {
		return fmt.Errorf("%s is %s, which %s does not match", path, show(got), want)
	}
	return nil
}

func isAbsent(_, got any, path string) error {
	if !missing(got) {
		return fmt.Errorf("%s is %s, not absent", path, show(got))
	}
	return nil
}

func isPresent(_, got any, path string) error {
	if missing(got) {
		return fmt.Errorf("%s is absent", path)
	}
	return nil
}

// hasLength counts the elements of a list, the members of an object, or the
// characters of a text.
func hasLength(want, got any, path string) error {
	length := -1
	switch got := got.(type) {
	case []any:
		length = len(got)
	case map[string]any:
		length = len(got)
	case string:
		length = len([]rune(got))
	}
	if float64(length) != want {
		return fmt.Errorf("%s is %s, not of length %v", path, show(got), want)
	}
	return nil
}

// isUnordered pairs the elements of two lists off, whatever their order.
func isUnordered(want, got any, path string) error {
	wanted, _ := want.([]any)
	list, ok := got.([]any)
	if !ok || len(list) != len(wanted) || !pairs(wanted, list, path) {
		return fmt.Errorf("%s is %s, not in any order %s", path, show(got), show(want))
	}
	return nil
}

func pairs(want, got []any, path string) bool {
	if len(want) == 0 {
		return true
	}
	for i := range got {
		rest := slices.Delete(slices.Clone(got), i, i+1)
		if match(want[0], got[i], path) == nil && pairs(want[1:], rest, path) {
			return true
		}
	}
	return false
}

func contains(want, got any, path string) error {
	list, ok := got.([]any)
	if !ok || !slices.ContainsFunc(list, func(element any) bool { return match(want, element, path) == nil }) {
		return fmt.Errorf("%s is %s, without %s", path, show(got), show(want))
	}
	return nil
}

// lacks wants a list, or none at all.
func lacks(want, got any, path string) error {
	if _, list := got.([]any); !list && !missing(got) {
		return fmt.Errorf("%s is %s, not a list", path, show(got))
	}
	if contains(want, got, path) == nil {
		return fmt.Errorf("%s is %s, with %s", path, show(got), show(want))
	}
	return nil
}

func isNot(want, got any, path string) error {
	if match(want, got, path) == nil {
		return fmt.Errorf("%s is %s", path, show(got))
	}
	return nil
}

func isExactly(want, got any, path string) error {
	wanted, _ := want.(map[string]any)
	if object, ok := got.(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if !has(wanted, name) {
				return fmt.Errorf("%s is %s, and is not wanted", join(path, name), show(object[name]))
			}
		}
	}
	return matchObject(wanted, got, path)
}

func isJSON(want, got any, path string) error {
	var tree any
	text, ok := got.(string)
	if !ok || json.Unmarshal([]byte(text), &tree) != nil {
		return fmt.Errorf("%s is %s, not JSON", path, show(got))
	}
	return match(want, tree, path)
}

func differs(want, got any, path string) error {
	return fmt.Errorf("%s is %s, not %s", path, show(got), show(want))
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// longest is how many bytes of an answer a complaint shows.
const longest = 400

// show writes a tree for a reader, cut where it is long.
func show(tree any) string {
	if missing(tree) {
		return "absent"
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return err.Error()
	}
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}
