package tfstate

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// version is the only format that is read.
const version = 4

// State is what a state file holds.
type State struct {
	Version   int               `json:"version"`
	Outputs   map[string]output `json:"outputs"`
	Resources []resource        `json:"resources"`
}

type output struct {
	Value json.RawMessage `json:"value"`
}

type resource struct {
	Module    string     `json:"module"` // module.a[0].module.b; "" for the root
	Mode      string     `json:"mode"`   // managed or data
	Type      string     `json:"type"`
	Name      string     `json:"name"`
	Instances []instance `json:"instances"`
}

type instance struct {
	IndexKey   json.RawMessage `json:"index_key"` // of count or for_each; nil without
	Attributes json.RawMessage `json:"attributes"`
}

// Parse reads a state file.
func Parse(data []byte) (*State, error) {
	var s State
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errors.New("this is not a Terraform state: it is not the JSON of one")
	}
	if s.Version != version {
		return nil, fmt.Errorf("this is not a Terraform state of version %d, which Terraform 0.12 and later write", version)
	}
	return &s, nil
}

// Output is the value of an output, as JSON.
func (s *State) Output(name string) (json.RawMessage, error) {
	out, ok := s.Outputs[name]
	if !ok {
		return nil, fmt.Errorf("the state has no output %q; %s", name, listed("outputs", slices.Sorted(maps.Keys(s.Outputs))))
	}
	return out.Value, nil
}

func listed(what string, names []string) string {
	if len(names) == 0 {
		return "it has no " + what
	}
	return fmt.Sprintf("its %s are %s", what, strings.Join(names, ", "))
}

// Attribute is an attribute of a resource, as JSON, by its address:
// [module.NAME.][data.]TYPE.NAME.ATTRIBUTE, with [0] or ["key"] behind a name
// that has an index.
func (s *State) Attribute(address string) (json.RawMessage, error) {
	a, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, r := range s.Resources {
		if r.address() != a.resource() {
			known = append(known, r.address())
			continue
		}
		for _, i := range r.Instances {
			if i.index() == a.index {
				return descend(i.Attributes, a.path)
			}
		}
		return nil, fmt.Errorf("the resource %s has no instance %s; %s", a.resource(), orWithout(a.index), listed("instances", r.indexes()))
	}
	return nil, fmt.Errorf("the state has no resource %s; %s", a.resource(), listed("resources", known))
}

func orWithout(index string) string {
	if index == "" {
		return "without an index"
	}
	return index
}

// address is a resource's without an index.
func (r resource) address() string {
	parts := []string{r.Type, r.Name}
	if r.Mode == "data" {
		parts = slices.Insert(parts, 0, "data")
	}
	if r.Module != "" {
		parts = slices.Insert(parts, 0, r.Module)
	}
	return strings.Join(parts, ".")
}

func (r resource) indexes() []string {
	var out []string
	for _, i := range r.Instances {
		out = append(out, orWithout(i.index()))
	}
	return out
}

// index is [0], ["key"] or "".
func (i instance) index() string {
	var key any
	if len(i.IndexKey) == 0 || json.Unmarshal(i.IndexKey, &key) != nil || key == nil {
		return ""
	}
	if text, ok := key.(string); ok {
		return "[" + strconv.Quote(text) + "]"
	}
	return "[" + string(i.IndexKey) + "]"
}

// descend follows a path of names and numbers into a value.
func descend(value json.RawMessage, path []string) (json.RawMessage, error) {
	for n, token := range path {
		var object map[string]json.RawMessage
		var list []json.RawMessage
		below := strings.Join(path[:n], ".")
		switch i, err := strconv.Atoi(token); {
		case json.Unmarshal(value, &object) == nil && object != nil:
			next, ok := object[token]
			if !ok {
				return nil, fmt.Errorf("there is no attribute %q%s; %s", token, in(below), listed("attributes", slices.Sorted(maps.Keys(object))))
			}
			value = next
		case err == nil && json.Unmarshal(value, &list) == nil && i >= 0 && i < len(list):
			value = list[i]
		default:
			return nil, fmt.Errorf("there is nothing called %q%s", token, in(below))
		}
	}
	return value, nil
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}
