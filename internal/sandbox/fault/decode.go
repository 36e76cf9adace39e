package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/yaml"
)

// Decode reads a list of rules in YAML or JSON. An item is an object with the
// keys that Parse knows, or a text that Parse reads. A key that is unknown or
// given twice is an error. The error is a *RuleError.
func Decode(data []byte) ([]Rule, error) {
	raw, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, wrong("want a list of rules", "this is neither YAML nor JSON: %v", err)
	}
	var items []any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&items); err != nil || items == nil {
		return nil, wrong("such as [{kind: throttle, match: \"ecs:*\", rate: 0.1}]", "this is no list of rules")
	}
	rules := []Rule{}
	for i, item := range items {
		some, err := decodeItem(item)
		if err != nil {
			return nil, inItem(i, err)
		}
		rules = append(rules, some...)
	}
	return rules, nil
}

// inItem says in which item of a list an error is.
func inItem(i int, err error) error {
	var found *RuleError
	if !errors.As(err, &found) {
		return err
	}
	return &RuleError{Message: fmt.Sprintf("rule %d: %s", i+1, found.Message), Hint: found.Hint}
}

func decodeItem(item any) ([]Rule, error) {
	switch item := item.(type) {
	case string:
		return Parse(item)
	case map[string]any:
		return decodeObject(item)
	default:
		return nil, wrong("want an object, or a text such as 10%", "this is no rule")
	}
}

func decodeObject(object map[string]any) ([]Rule, error) {
	if len(object) == 0 {
		return nil, wrong("such as {kind: throttle}", "this rule is empty")
	}
	var r Rule
	for _, key := range slices.Sorted(maps.Keys(object)) {
		value, ok := scalarText(object[key])
		if !ok || key == "" {
			return nil, wrong("want text or a number", "the key %s does not hold one value", quoted(key))
		}
		if err := r.set(pair{key, value}); err != nil {
			return nil, err
		}
	}
	return []Rule{r}, r.check()
}

// scalarText is a value as Parse would read it.
func scalarText(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	default:
		return "", false
	}
}
