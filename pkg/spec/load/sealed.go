package load

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// sealed refuses values that were encrypted by themselves wherever plans, tags
// or AWS show them to more people than may know them. Where the whole file was
// encrypted, nothing tells which of its values is a secret, so those pass.
func sealed(n *yaml11.Node) spec.Errors {
	var problems spec.Errors
	for _, pointer := range source.Pointers(n, "", func(n *yaml11.Node) bool { return n.Inline }) {
		if !mayBeSealed(pointer) {
			problems = append(problems, &spec.Error{At: source.Place(n, pointer), Path: dotted(pointer),
				Message: "a value out of a vault would be shown in plans and tags: it cannot be used here", Hint: "write it in the clear, or put it into a secret that env_locations names"})
		}
	}
	return problems
}

// mayBeSealed tells whether what stands at a pointer into a manifest is hidden
// wherever it goes.
func mayBeSealed(pointer string) bool {
	if rest, ok := strings.CutPrefix(pointer, definition+"/"); ok {
		first, _, _ := strings.Cut(rest, "/")
		return !slices.Contains([]string{"family", "taskRoleArn", "executionRoleArn", "tags"}, first) && !strings.HasSuffix(rest, "/name")
	}
	if rest, ok := strings.CutPrefix(pointer, "/spec/env_locations/"); ok {
		return !strings.Contains(rest, "/") // a location itself, such as PLAIN:…
	}
	return strings.HasPrefix(pointer, "/spec/service/") || strings.HasPrefix(pointer, "/spec/schedule/")
}
