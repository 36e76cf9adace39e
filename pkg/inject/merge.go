package inject

import (
	"fmt"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// merge puts a map over another. Only a type-safe strategy can fail.
func merge(strategy Strategy, below, above *yaml11.Node) (*yaml11.Node, error) {
	if strategy == Shallow {
		return updated(below, above), nil
	}
	fields := append([]yaml11.Field{}, below.Fields...)
	for _, f := range above.Fields {
		at := indexOf(fields, f.Key)
		if at < 0 {
			fields = append(fields, f)
			continue
		}
		both, err := mergeValues(strategy, fields[at].Value, f.Value)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", f.KeyText(), err)
		}
		fields[at].Value = both
	}
	return newMap(fields), nil
}

func indexOf(fields []yaml11.Field, key *yaml11.Node) int {
	wanted, _ := yaml11.KeyIdentity(key)
	for i, f := range fields {
		if id, ok := yaml11.KeyIdentity(f.Key); ok && id == wanted {
			return i
		}
	}
	return -1
}

// mergeValues is what two values of one key become.
func mergeValues(strategy Strategy, below, above *yaml11.Node) (*yaml11.Node, error) {
	typesafe := strategy == TypesafeReplace || strategy == TypesafeAdditive
	switch {
	case below.Kind == yaml11.Map && above.Kind == yaml11.Map:
		return merge(strategy, below, above)
	case typesafe && below.Kind != above.Kind:
		return nil, fmt.Errorf("a %s cannot replace a %s", above.Kind, below.Kind)
	case below.Kind != yaml11.List || above.Kind != yaml11.List:
		return above, nil
	case strategy == Deep:
		return mergeItems(below, above)
	case strategy == Additive || strategy == TypesafeAdditive:
		return yaml11.NewList(append(append([]*yaml11.Node{}, below.Items...), above.Items...), spec.Position{}), nil
	default:
		return above, nil
	}
}

// mergeItems merges lists item by item; what the longer one has more stays.
func mergeItems(below, above *yaml11.Node) (*yaml11.Node, error) {
	items := append([]*yaml11.Node{}, below.Items...)
	for i, item := range above.Items {
		if i >= len(items) {
			items = append(items, item)
			continue
		}
		both, err := mergeValues(Deep, items[i], item)
		if err != nil {
			return nil, err
		}
		items[i] = both
	}
	return yaml11.NewList(items, spec.Position{}), nil
}
