package dotenv

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

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
