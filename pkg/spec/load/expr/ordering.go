package expr

import (
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// folded is what unique and sort compare: texts without regard to case, unless
// told otherwise.
func folded(n *yaml11.Node, caseSensitive bool) *yaml11.Node {
	if caseSensitive || n.Kind != yaml11.String {
		return n
	}
	return yaml11.NewString(strings.ToLower(n.Text), n.At)
}

func flag(n *yaml11.Node) bool { return n != nil && yaml11.Truthy(n) }

// filterUnique keeps the first of equal items. Lists with lists or mappings in
// them are compared with regard to case, as Ansible falls back to its own code.
func filterUnique(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	items, err := ev.items(in)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []*yaml11.Node
	for _, item := range items {
		id, ok := yaml11.KeyIdentity(folded(item, flag(args[0])))
		if !ok {
			return ev.uniqueByComparing(items)
		}
		if !seen[id] {
			seen[id] = true
			out = append(out, item)
		}
	}
	return yaml11.NewList(out, ev.at), nil
}

// maxCompared bounds the quadratic way.
const maxCompared = 2000

func (ev *evaluator) uniqueByComparing(items []*yaml11.Node) (*yaml11.Node, error) {
	if len(items) > maxCompared {
		return nil, ev.fail(fmt.Sprintf("unique compares at most %d lists or mappings", maxCompared), "make the list shorter")
	}
	var out []*yaml11.Node
	for _, item := range items {
		if !slices.ContainsFunc(out, func(n *yaml11.Node) bool { return equal(n, item) }) {
			out = append(out, item)
		}
	}
	return yaml11.NewList(out, ev.at), nil
}

func filterSort(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	items, err := ev.items(in)
	if err != nil {
		return nil, err
	}
	sorted, sensitive, sortable := slices.Clone(items), flag(args[1]), true
	direction := 1
	if flag(args[0]) {
		direction = -1
	}
	slices.SortStableFunc(sorted, func(a, b *yaml11.Node) int {
		order, ok := ordered(folded(a, sensitive), folded(b, sensitive))
		sortable = sortable && ok
		return direction * order
	})
	if !sortable {
		return nil, ev.fail("sort cannot compare the items with each other", "sort texts, or numbers, but not both")
	}
	return yaml11.NewList(sorted, ev.at), nil
}
