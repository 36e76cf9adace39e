package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML writes a document that loads back to the same one: a text that looks
// like an expression is tagged !unsafe, so that it stays as it is. Keys are
// sorted.
func YAML[D Task | Project](d D) ([]byte, error) {
	doc, err := asJSON(d)
	if err != nil {
		return nil, fmt.Errorf("cannot write a %T as YAML: %w", d, err)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(node(doc)); err != nil {
		return nil, fmt.Errorf("cannot write a %T as YAML: %w", d, err)
	}
	return out.Bytes(), encoder.Close()
}

// asJSON is what v is as JSON, with numbers as json.Number.
func asJSON(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var doc any
	return doc, decoder.Decode(&doc)
}

// node is v in YAML.
func node(v any) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, text(key), node(v[key]))
		}
		return flow(n)
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			n.Content = append(n.Content, node(item))
		}
		return flow(n)
	case string:
		return value(v)
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: number(v)}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatBool(v)}
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}
	}
}

// flow writes what is empty as {} or [].
func flow(n *yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

// number is as YAML 1.1 reads it, to which 1e+21 is text.
func number(n json.Number) string {
	f, err := n.Float64()
	if err != nil || !strings.ContainsAny(n.String(), "eE") {
		return n.String()
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// value is a text that the loader leaves as it is. Keys are never evaluated.
func value(s string) *yaml.Node {
	n := text(s)
	if isTemplate(s) {
		n.Tag, n.Style = "!unsafe", yaml.DoubleQuotedStyle
	}
	return n
}

// isTemplate tells whether the loader would evaluate a text.
func isTemplate(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "{#")
}

// text is s in the plainest style in which every reader of YAML finds it again.
// Lines are kept apart where the first one shows how far they are indented.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case !strings.Contains(s, "\n"):
		n.Style = quotes(s)
	case strings.TrimLeft(s, " \t\n") == s:
		n.Style = yaml.LiteralStyle
	default:
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// quotes are those that a text of one line needs, for YAML 1.1 either; 0 for
// none.
func quotes(s string) yaml.Style {
	out, err := yaml.Marshal(s)
	switch {
	case err == nil && string(out) == s+"\n":
		return 0
	case err == nil && out[0] == '\'':
		return yaml.SingleQuotedStyle
	default:
		return yaml.DoubleQuotedStyle
	}
}
