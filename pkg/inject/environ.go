package inject

import (
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Environ is a process's environment as os.Environ gives it: NAME=value, in
// order; of two with one name the last counts.
type Environ []string

func (e Environ) lookup(name string) (string, bool) {
	for i := len(e) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(e[i], name+"="); ok {
			return value, true
		}
	}
	return "", false
}

func (e Environ) get(name string) string {
	value, _ := e.lookup(name)
	return value
}

// value is the environment as a map of texts.
func (e Environ) value() *yaml11.Node {
	var fields []yaml11.Field
	for _, entry := range e {
		if name, text, ok := strings.Cut(entry, "="); ok && name != "" {
			fields = append(fields, field(name, plain(text)))
		}
	}
	return newMap(fields)
}

// environOf is a map as an environment: booleans are TRUE and FALSE, nothing
// is an empty text, lists and maps are JSON, the rest is as Python's str.
func environOf(values *yaml11.Node) Environ {
	out := make(Environ, 0, len(values.Fields))
	for _, f := range values.Fields {
		out = append(out, f.KeyText()+"="+textOf(f.Value))
	}
	return out
}

func textOf(n *yaml11.Node) string {
	switch n.Kind {
	case yaml11.Null:
		return ""
	case yaml11.Bool:
		return strings.ToUpper(yaml11.PyStr(n))
	case yaml11.List, yaml11.Map:
		return yaml11.PyJSON(n)
	default:
		return yaml11.PyStr(n)
	}
}

// The values of this package have no place in a file.
func plain(text string) *yaml11.Node { return yaml11.NewString(text, spec.Position{}) }

func field(name string, value *yaml11.Node) yaml11.Field {
	return yaml11.Field{Key: plain(name), Value: value}
}

// newMap keeps the last value of a repeated key, at the place of the first.
func newMap(fields []yaml11.Field) *yaml11.Node { return yaml11.NewMap(fields, spec.Position{}) }

// updated is a map with the fields of another put into it, as Python's
// dict.update does.
func updated(n, with *yaml11.Node) *yaml11.Node {
	return newMap(append(append([]yaml11.Field{}, n.Fields...), with.Fields...))
}
