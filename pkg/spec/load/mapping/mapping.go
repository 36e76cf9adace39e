package mapping

import (
	"bytes"
	"encoding/json"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Member is one name with its value.
type Member struct {
	Name  string
	Value spec.Secret // JSON
}

// Mapping is a list of members, each name once.
type Mapping []Member

// set gives a name a value, at the place where the name first stood.
func (m Mapping) set(name string, value spec.Secret) Mapping {
	for i := range m {
		if m[i].Name == name {
			m[i].Value = value
			return m
		}
	}
	return append(m, Member{name, value})
}

// Merge is the members of all of parts in their order; of equal names the last
// value counts, whole, at the place of the first.
func Merge(parts ...Mapping) Mapping {
	var out Mapping
	for _, part := range parts {
		for _, member := range part {
			out = out.set(member.Name, member.Value)
		}
	}
	return out
}

// FromDotenv is what python-dotenv reads in an env file; a name without a
// value has an empty text.
func FromDotenv(entries []dotenv.Entry) (Mapping, error) {
	var out Mapping
	for _, e := range entries {
		value, err := quote(e.Value.Reveal())
		if err != nil {
			return nil, err
		}
		out = out.set(e.Key, spec.NewSecret(value))
	}
	return out, nil
}

// FromJSON reads an object. The error is a *dotenv.SyntaxError.
func FromJSON(data []byte) (Mapping, error) {
	var out Mapping
	err := dotenv.EachMember(data, func(name string, value json.RawMessage) {
		var tidy bytes.Buffer
		if json.Compact(&tidy, value) == nil { // it was decoded before
			out = out.set(name, spec.NewSecret(tidy.String()))
		}
	})
	return out, err
}

// FromNode is a mapping of YAML. The error is a *dotenv.SyntaxError.
func FromNode(n *yaml11.Node) (Mapping, error) {
	if n.Kind != yaml11.Map {
		return nil, wrong(n, "a mapping is wanted here")
	}
	var out Mapping
	for _, f := range n.Fields {
		value, err := jsonOf(f.Value)
		if err != nil {
			return nil, err
		}
		out = out.set(f.KeyText(), spec.NewSecret(value))
	}
	return out, nil
}

// JSON is one object on one line.
func (m Mapping) JSON() (spec.Secret, error) {
	var out bytes.Buffer
	for i, member := range m {
		name, err := quote(member.Name)
		if err != nil {
			return spec.Secret{}, err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(name + ":" + member.Value.Reveal())
	}
	return spec.NewSecret("{" + out.String() + "}"), nil
}

// Dotenv is an env file. What is not flat, or that python-dotenv would read
// otherwise, is a *dotenv.UnwritableError.
func (m Mapping) Dotenv() (spec.Secret, error) {
	var entries []dotenv.Entry
	for _, member := range m {
		text, flat := textOf(member.Value)
		if !flat {
			return spec.Secret{}, &dotenv.UnwritableError{Key: member.Name, Reason: "its value is a list or a mapping, and an env file is flat"}
		}
		entries = append(entries, dotenv.Entry{Key: member.Name, Value: text, HasValue: true})
	}
	return dotenv.Write(entries)
}

// Names are the names in their order.
func (m Mapping) Names() []string {
	var names []string
	for _, member := range m {
		names = append(names, member.Name)
	}
	return names
}
