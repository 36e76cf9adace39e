package conformance

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// value is a tree as JSON has them: objects, lists, texts, float64, bool. A
// date stays the text that it is, which YAML would make a time of.
type value struct {
	tree  any
	given bool
}

// UnmarshalYAML reads any tree.
func (v *value) UnmarshalYAML(n *yaml.Node) error {
	tree, err := plain(n)
	v.tree, v.given = tree, true
	return err
}

// texts is one text or a list of them.
type texts []string

// UnmarshalYAML reads either form.
func (t *texts) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = texts{n.Value}
		return nil
	}
	var list []string
	err := n.Decode(&list)
	*t = list
	return err
}

func plain(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return plain(n.Alias)
	case yaml.MappingNode:
		return plainObject(n)
	case yaml.SequenceNode:
		return plainList(n)
	default:
		return plainScalar(n)
	}
}

func plainObject(n *yaml.Node) (any, error) {
	out := map[string]any{}
	for i := 0; i < len(n.Content); i += 2 {
		key, member := n.Content[i], n.Content[i+1]
		made, err := plain(member)
		if err != nil {
			return nil, err
		}
		if key.Tag == "!!merge" {
			if err := merge(out, made, key.Line); err != nil {
				return nil, err
			}
			continue
		}
		out[key.Value] = made
	}
	return out, nil
}

// merge adds the members of another object, those that are there staying.
func merge(into map[string]any, from any, line int) error {
	object, ok := from.(map[string]any)
	if !ok {
		return fmt.Errorf("line %d: only an object can be merged into another", line)
	}
	for key, member := range object {
		if _, there := into[key]; !there {
			into[key] = member
		}
	}
	return nil
}

func plainList(n *yaml.Node) (any, error) {
	out := make([]any, 0, len(n.Content))
	for _, element := range n.Content {
		made, err := plain(element)
		if err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

func plainScalar(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, fmt.Errorf("line %d: null is neither sent nor answered; say {~absent: true}", n.Line)
	case "!!bool":
		return strconv.ParseBool(n.Value)
	case "!!int", "!!float":
		number, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n.Line, err)
		}
		return number, nil
	default:
		return n.Value, nil
	}
}
