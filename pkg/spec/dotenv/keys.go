package dotenv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"ecs-reconciler/pkg/spec"
)

// JSON is entries as one JSON object of strings, each name once and in the
// order of Unique; a name without a value has "". ECS reads the keys of such
// a secret one by one.
func JSON(entries []Entry) (spec.Secret, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, entry := range Unique(entries) {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := writeMember(&out, entry); err != nil {
			return spec.Secret{}, err
		}
	}
	out.WriteByte('}')
	return spec.NewSecret(out.String()), nil
}

func writeMember(out *bytes.Buffer, entry Entry) error {
	key, err := quote(entry.Key)
	if err != nil {
		return fmt.Errorf("write the name on line %d as JSON: %w", entry.Line, err)
	}
	value, err := quote(entry.Value.Reveal())
	if err != nil {
		return fmt.Errorf("write the value on line %d as JSON: %w", entry.Line, err)
	}
	out.Write(key)
	out.WriteByte(':')
	out.Write(value)
	return nil
}

// quote is text as a JSON string, with <, > and & as they are.
func quote(text string) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Format is the form of a text that holds names and values.
type Format string

// The formats that proc_wrapper reads.
const (
	FormatDotenv Format = "dotenv"
	FormatJSON   Format = "json"
	FormatYAML   Format = "yaml"
)

// Keys are the names that a text of the given format defines at its top
// level, each once, in the order of the text. An error about the text is a
// *SyntaxError.
func Keys(format Format, text []byte) ([]string, error) {
	switch format {
	case FormatDotenv:
		return dotenvKeys(text), nil
	case FormatJSON:
		return jsonKeys(text)
	case FormatYAML:
		return yamlKeys(text)
	default:
		return nil, fmt.Errorf("the format %q has no names; use %s, %s or %s", format, FormatDotenv, FormatJSON, FormatYAML)
	}
}

func dotenvKeys(text []byte) []string {
	var keys []string
	for _, entry := range Unique(Parse(text).Entries) {
		keys = append(keys, entry.Key)
	}
	return keys
}

// mappingKeys are the keys of a mapping and of those merged into it by <<.
func mappingKeys(mapping *yaml.Node, inside []*yaml.Node) []string {
	var keys []string
	add := func(more ...string) {
		for _, key := range more {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		switch {
		case key.Tag == "!!merge":
			add(mergedKeys(value, append(inside, mapping))...)
		case key.Kind == yaml.ScalarNode:
			add(key.Value)
		}
	}
	return keys
}

func mergedKeys(node *yaml.Node, inside []*yaml.Node) []string {
	switch {
	case node.Kind == yaml.AliasNode:
		return mergedKeys(node.Alias, inside)
	case node.Kind == yaml.MappingNode && !slices.Contains(inside, node):
		return mappingKeys(node, inside)
	case node.Kind != yaml.SequenceNode:
		return nil
	}
	var keys []string
	for _, item := range node.Content {
		if item.Kind != yaml.SequenceNode {
			keys = append(keys, mergedKeys(item, inside)...)
		}
	}
	return keys
}
