package policy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"ecs-reconciler/pkg/spec"
)

// Document is a policy that is being built. Its JSON is stable: fields stand
// in the order below and maps are sorted.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement is one statement of a policy that is being built.
type Statement struct {
	Sid       string     `json:",omitempty"`
	Effect    string     // Allow or Deny
	Principal Principals `json:",omitempty"`
	Action    Values     `json:",omitempty"`
	Resource  Values     `json:",omitempty"`
	Condition Conditions `json:",omitempty"`
}

// Values are strings, of which a single one is written bare.
type Values []string

// Principals are names by their type: AWS, Service or Federated.
type Principals map[string]Values

// Conditions are values by operator and key.
type Conditions map[string]map[string]Values

// New is a document of the current version.
func New(statements ...Statement) Document {
	return Document{Version: VersionCurrent, Statement: statements}
}

// Allow is a statement that allows actions on resources, both sorted and
// without repetition.
func Allow(actions, resources []string) Statement {
	return Statement{Effect: "Allow", Action: sorted(actions), Resource: sorted(resources)}
}

// IsEmpty tells whether the document says nothing.
func (d Document) IsEmpty() bool { return len(d.Statement) == 0 }

// Spec is the document as decoded JSON.
func (d Document) Spec() spec.Document {
	statements := make([]any, len(d.Statement))
	for i, s := range d.Statement {
		statements[i] = s.tree()
	}
	return spec.Document{"Version": d.Version, "Statement": statements}
}

func (s Statement) tree() map[string]any {
	out := map[string]any{"Effect": s.Effect}
	if s.Sid != "" {
		out["Sid"] = s.Sid
	}
	if len(s.Principal) > 0 {
		out["Principal"] = treeOf(s.Principal)
	}
	if len(s.Action) > 0 {
		out["Action"] = s.Action.tree()
	}
	if len(s.Resource) > 0 {
		out["Resource"] = s.Resource.tree()
	}
	if len(s.Condition) > 0 {
		operators := map[string]any{}
		for operator, keys := range s.Condition {
			operators[operator] = treeOf(keys)
		}
		out["Condition"] = operators
	}
	return out
}

func treeOf(m map[string]Values) map[string]any {
	out := map[string]any{}
	for key, v := range m {
		out[key] = v.tree()
	}
	return out
}

func (v Values) tree() any {
	if len(v) == 1 {
		return v[0]
	}
	out := make([]any, len(v))
	for i, text := range v {
		out[i] = text
	}
	return out
}

// MarshalJSON writes a single value bare.
func (v Values) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v.tree()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sorted(list []string) Values {
	seen := map[string]bool{}
	for _, text := range list {
		seen[text] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
