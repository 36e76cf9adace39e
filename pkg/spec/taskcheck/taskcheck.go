// Package taskcheck finds, without asking AWS, what RegisterTaskDefinition
// would refuse in a task definition whose members all have the right type.
//
// It guarantees that a definition it complains about is refused by ECS, so
// that nothing valid is held up; ECS may still refuse one that passes. Keys,
// types and enum values are pkg/spec/shape's to check. Values are never
// quoted, save names, sizes and role ARNs.
package taskcheck

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// Problem is one thing that ECS would refuse.
type Problem struct {
	Path    string // JSON pointer into the document
	Message string
	Hint    string // what to do about it; may be empty
}

// Limits of ECS (AWS: "Amazon ECS service quotas", RegisterTaskDefinition), and
// IAM's of a role's name.
const (
	maxContainers = 10
	maxRoleName   = 64
	maxNameLength = 255
	maxSize       = 64 << 10 // bytes of JSON
)

// Check lists the problems of a document in camelCase, in the document's
// order. What does not decode is skipped: shape.Decode reports it.
func Check(doc spec.Document) []Problem {
	c := &checker{}
	shape.Decode(doc, &c.def)
	c.fargate = contains(c.def.RequiresCompatibilities, "FARGATE")
	c.family()
	c.size(doc)
	c.roles()
	c.network()
	c.fargateSize()
	c.executionRole()
	c.volumes()
	c.containers()
	c.tags()
	return c.problems
}

// checker collects problems of one definition.
type checker struct {
	def      ecs.RegisterTaskDefinitionInput
	fargate  bool
	problems []Problem
}

func (c *checker) report(path, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// pointer is the JSON pointer made of tokens that need no escape.
func pointer(tokens ...any) string {
	var b strings.Builder
	for _, t := range tokens {
		switch t := t.(type) {
		case string:
			b.WriteString("/" + t)
		case int:
			b.WriteString("/" + strconv.Itoa(t))
		}
	}
	return b.String()
}

// value is what p points at, the zero value for nil.
func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

func contains[T ~string](items []T, wanted T) bool {
	return slices.Contains(items, wanted)
}
