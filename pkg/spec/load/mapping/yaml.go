package mapping

import (
	"errors"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// FromYAML reads a document as Ansible and PyYAML do, which is YAML 1.1. The
// error is a *dotenv.SyntaxError.
func FromYAML(data []byte) (Mapping, error) {
	nodes, _, err := yaml11.Parse("", data, yaml11.Limits{})
	if err != nil {
		return nil, unread(err)
	}
	if len(nodes) != 1 {
		return nil, &dotenv.SyntaxError{Line: 1, Column: 1, Message: "one YAML document is wanted"}
	}
	return FromNode(nodes[0])
}

// unread is the place of what is wrong, without the words, which may quote.
func unread(err error) error {
	at := spec.Position{}
	if syntax, ok := errors.AsType[*spec.Error](err); ok {
		at = syntax.At
	}
	return &dotenv.SyntaxError{Line: max(at.Line, 1), Column: max(at.Column, 1), Message: "this is not YAML"}
}
