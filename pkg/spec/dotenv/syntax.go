package dotenv

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// SyntaxError tells what is wrong with a text and where, without quoting it.
type SyntaxError struct {
	Line, Column int // from 1
	Message      string
}

// Error is "line N: message".
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// Place is the line and the column, both from 1, of an offset in bytes.
func Place(text []byte, offset int) (line, column int) {
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	return 1 + bytes.Count(text[:offset], []byte("\n")), 1 + utf8.RuneCount(text[start:offset])
}

func jsonKeys(text []byte) ([]string, error) {
	var keys []string
	err := eachJSONKey(text, func(key string, _ json.RawMessage, _ int) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	})
	if err != nil {
		return nil, err
	}
	return keys, nil
}

// Repeated are the names that a JSON object gives more than once, each with
// the offset behind its last place. Readers of JSON see the last value alone.
func Repeated(text []byte) map[string]int {
	seen, repeated := map[string]bool{}, map[string]int{}
	err := eachJSONKey(text, func(key string, _ json.RawMessage, end int) {
		if seen[key] {
			repeated[key] = end
		}
		seen[key] = true
	})
	if err != nil {
		return nil // Keys tells of it
	}
	return repeated
}

// EachMember visits the names at the top level of a JSON object with their
// values, in the order of the text; a name may come again. The error is a
// *SyntaxError.
func EachMember(text []byte, visit func(name string, value json.RawMessage)) error {
	return eachJSONKey(text, func(key string, value json.RawMessage, _ int) { visit(key, value) })
}

// eachJSONKey visits the names at the top level of an object, each with its
// value and the offset behind the name.
func eachJSONKey(text []byte, visit func(key string, value json.RawMessage, end int)) error {
	reader := json.NewDecoder(bytes.NewReader(text))
	wrong := func() error {
		line, column := Place(text, int(reader.InputOffset()))
		return &SyntaxError{line, column, "this is not JSON"}
	}
	opening, err := reader.Token()
	if err != nil {
		return wrong()
	}
	if opening != json.Delim('{') {
		return &SyntaxError{1, 1, "the JSON is not an object, so it has no names"}
	}
	for reader.More() {
		key, err := reader.Token()
		end := int(reader.InputOffset())
		var value json.RawMessage
		if err != nil || reader.Decode(&value) != nil {
			return wrong()
		}
		if name, ok := key.(string); ok {
			visit(name, value, end)
		}
	}
	if _, err := reader.Token(); err != nil {
		return wrong()
	}
	if _, err := reader.Token(); !errors.Is(err, io.EOF) {
		return wrong()
	}
	return nil
}

func yamlKeys(text []byte) ([]string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, &SyntaxError{yamlLine(err), 1, "this is not YAML"}
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, &SyntaxError{1, 1, "the YAML is not a mapping, so it has no names"}
	}
	return mappingKeys(document.Content[0], nil), nil
}

// yamlLine is the line that the library names, whose errors otherwise quote
// the text; 1 when it names none.
func yamlLine(err error) int {
	match := regexp.MustCompile(`^yaml: line (\d+):`).FindStringSubmatch(err.Error())
	if match == nil {
		return 1
	}
	line, err := strconv.Atoi(match[1])
	if err != nil || line < 1 {
		return 1
	}
	return line
}
