package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// maker builds a value for a request; its operand is not expanded yet.
type maker func(s *scope, operand any) (any, error)

// makers are the operators of with.
func makers() map[string]maker {
	return map[string]maker{
		"~json":   makeJSON,
		"~repeat": makeRepeated,
		"~list":   makeList,
		"~text":   makeText,
		"~upper":  makeUpper,
	}
}

// make expands a tree of with: variables, and operators by what they make.
func (s *scope) make(tree any) (any, error) {
	if object, ok := tree.(map[string]any); ok {
		if operator, operand, ok := operatorOf(object); ok {
			return makers()[operator](s, operand)
		}
	}
	return s.expand(tree, s.make, asItIs)
}

// makeJSON writes an object as JSON text.
func makeJSON(s *scope, operand any) (any, error) {
	tree, err := s.make(operand)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(tree); err != nil {
		return nil, err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

// makeRepeated writes a text many times over.
func makeRepeated(s *scope, operand any) (any, error) {
	text, times, err := repetition(operand, "text")
	if err != nil {
		return nil, err
	}
	one, err := s.make(text)
	if err != nil {
		return nil, err
	}
	return strings.Repeat(fmt.Sprint(one), times), nil
}

// makeList makes a list of one element, with $i counting.
func makeList(s *scope, operand any) (any, error) {
	of, times, err := repetition(operand, "of")
	if err != nil {
		return nil, err
	}
	outer := s.i
	defer func() { s.i = outer }()
	list := make([]any, 0, times)
	for s.i = 1; s.i <= times; s.i++ {
		element, err := s.make(of)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
	}
	return list, nil
}

// repetition reads {text or of: …, times: n}.
func repetition(operand any, member string) (what any, times int, err error) {
	object, _ := operand.(map[string]any)
	number, counted := object["times"].(float64)
	if len(object) != 2 || !has(object, member) || !counted {
		return nil, 0, fmt.Errorf("{%s: …, times: n} is wanted, not %s", member, show(operand))
	}
	return object[member], int(number), nil
}

func makeUpper(s *scope, operand any) (any, error) {
	text, err := s.make(operand)
	return strings.ToUpper(fmt.Sprint(text)), err
}

// makeText joins texts.
func makeText(s *scope, operand any) (any, error) {
	parts, ok := operand.([]any)
	if !ok {
		return nil, fmt.Errorf("a list of texts is wanted, not %s", show(operand))
	}
	var joined strings.Builder
	for _, part := range parts {
		made, err := s.make(part)
		if err != nil {
			return nil, err
		}
		joined.WriteString(written(made))
	}
	return joined.String(), nil
}
