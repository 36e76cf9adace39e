package source

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Sealed refuses values that were encrypted by themselves wherever plans, tags
// or AWS show them to more people than may know them. Where the whole file was
// encrypted, nothing tells which of its values is a secret, so those pass.
func Sealed(n *yaml11.Node) spec.Errors {
	var problems spec.Errors
	for _, pointer := range Pointers(n, "", func(n *yaml11.Node) bool { return n.Inline }) {
		if !mayBeSealed(pointer) {
			problems = append(problems, Exposed(Place(n, pointer), Dotted(pointer)))
		}
	}
	return problems
}

// Exposed complains about one such value.
func Exposed(at spec.Position, path string) *spec.Error {
	return &spec.Error{At: at, Path: path, Message: "a value out of a vault would be shown in plans and tags: it cannot be used here",
		Hint: "write it in the clear, or put it into a secret that env_locations names"}
}

// mayBeSealed tells whether what stands at a pointer into a manifest is hidden
// wherever it goes.
func mayBeSealed(pointer string) bool {
	if rest, ok := strings.CutPrefix(pointer, "/spec/task_definition/"); ok {
		first, _, _ := strings.Cut(rest, "/")
		return !slices.Contains([]string{"family", "taskRoleArn", "executionRoleArn", "tags"}, first) && !strings.HasSuffix(rest, "/name")
	}
	if rest, ok := strings.CutPrefix(pointer, "/spec/env_locations/"); ok {
		return !strings.Contains(rest, "/") || strings.HasSuffix(rest, "/literal") // a location itself, such as PLAIN:…, or a secret's value
	}
	return strings.HasPrefix(pointer, "/spec/service/") || strings.HasPrefix(pointer, "/spec/schedule/")
}

// Dotted is a JSON pointer as complaints write it: spec.env_locations[1].
func Dotted(pointer string) string {
	var b strings.Builder
	for i, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch {
		case strings.Trim(token, "0123456789") == "" && token != "":
			b.WriteString("[" + token + "]")
		case i > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return b.String()
}
