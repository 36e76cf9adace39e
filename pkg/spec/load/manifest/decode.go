package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// KindOf is the kind a document says it is, after a check of its apiVersion.
func KindOf(n *yaml11.Node) (string, error) {
	if n.Kind != yaml11.Map {
		return "", &spec.Error{At: n.At, Message: "the document is no mapping", Hint: "it begins with apiVersion: " + APIVersion}
	}
	version, kind := n.Get("apiVersion"), n.Get("kind")
	switch {
	case version == nil || version.Text != APIVersion:
		return "", &spec.Error{At: at(version, n), Path: "apiVersion", Message: "the document does not say its apiVersion", Hint: "want " + APIVersion}
	case kind == nil || kind.Text != KindTask && kind.Text != KindProject:
		return "", &spec.Error{At: at(kind, n), Path: "kind", Message: "the document does not say its kind", Hint: "want " + KindTask + " or " + KindProject}
	default:
		return kind.Text, nil
	}
}

func at(n, otherwise *yaml11.Node) spec.Position {
	if n != nil {
		return n.At
	}
	return otherwise.At
}

// Decode reads a rendered document into a Task or a Project. An error is
// spec.Errors, with the place of everything that does not fit.
func Decode[T Task | Project](n *yaml11.Node) (T, error) {
	var out T
	c := &checker{}
	document := c.value(n, reflect.TypeFor[T](), "")
	if len(c.problems) > 0 {
		return out, c.problems
	}
	data, err := json.Marshal(document)
	if err != nil {
		return out, &spec.Error{At: n.At, Message: "the document cannot be written as JSON", Cause: err}
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&out); err != nil {
		return out, &spec.Error{At: n.At, Message: fmt.Sprintf("the document does not fit: %v", err)}
	}
	return out, nil
}
