package cloudreactor

import "ecs-reconciler/pkg/spec/load/yaml11"

// merge lays over upon under: mappings are merged however deep, and anything
// else, lists and null included, replaces what was there. Keys keep the order
// in which they first appear. Either may be nil.
func merge(under, over *yaml11.Node) *yaml11.Node {
	switch {
	case under == nil || len(under.Fields) == 0 && over != nil:
		return over
	case over == nil || len(over.Fields) == 0:
		return under
	}
	fields := append([]yaml11.Field{}, under.Fields...)
	at := make(map[string]int, len(fields))
	for i, f := range fields {
		at[identity(f)] = i
	}
	for _, f := range over.Fields {
		i, there := at[identity(f)]
		if !there {
			fields = append(fields, f)
			continue
		}
		fields[i].Value = laid(fields[i].Value, f.Value)
	}
	return yaml11.NewMap(fields, under.At)
}

func laid(under, over *yaml11.Node) *yaml11.Node {
	if under.Kind == yaml11.Map && over.Kind == yaml11.Map {
		return merge(under, over)
	}
	return over
}

// identity tells keys apart as Python does. Keys are scalars; the only ones
// that equal nothing are NaN, for which any text will do.
func identity(f yaml11.Field) string {
	id, ok := yaml11.KeyIdentity(f.Key)
	if !ok {
		return f.Key.At.String()
	}
	return id
}
