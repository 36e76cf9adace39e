package expr

import (
	"slices"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// isTest is what may stand behind "is".
type isTest struct {
	holds     func(*yaml11.Node) bool
	undefined bool // accepts what is not defined
}

var testTable = map[string]isTest{
	"defined":   {holds: func(n *yaml11.Node) bool { return !isUndefined(n) }, undefined: true},
	"undefined": {holds: isUndefined, undefined: true},
	"none":      {holds: ofKind(yaml11.Null), undefined: true},
	"string":    {holds: ofKind(yaml11.String), undefined: true},
	"number":    {holds: ofKind(yaml11.Int, yaml11.Float, yaml11.Bool), undefined: true},
	"integer":   {holds: ofKind(yaml11.Int), undefined: true},
	"float":     {holds: ofKind(yaml11.Float), undefined: true},
	"boolean":   {holds: ofKind(yaml11.Bool), undefined: true},
	"mapping":   {holds: ofKind(yaml11.Map), undefined: true},
	"true":      {holds: func(n *yaml11.Node) bool { return n.Kind == yaml11.Bool && n.Bool }, undefined: true},
	"false":     {holds: func(n *yaml11.Node) bool { return n.Kind == yaml11.Bool && !n.Bool }, undefined: true},
	"iterable":  {holds: ofKind(yaml11.String, yaml11.List, yaml11.Map)},
	"sequence":  {holds: ofKind(yaml11.String, yaml11.List, yaml11.Map)},
}

func ofKind(kinds ...yaml11.Kind) func(*yaml11.Node) bool {
	return func(n *yaml11.Node) bool {
		return slices.Contains(kinds, n.Kind)
	}
}
