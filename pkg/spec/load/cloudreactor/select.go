package cloudreactor

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// named are the tasks that TASK_NAMES names; nil for all.
func (r *reader) named() []string {
	given := strings.TrimSpace(r.vars.environ("", "TASK_NAMES"))
	if given == "" || strings.EqualFold(given, "ALL") {
		return nil
	}
	names := strings.Split(given, ",")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

// deploys tells whether a task is deployed in this environment. The deployer
// decides twice: which tasks are meant by ALL, by the task's own settings
// alone before schema 4, and then by all settings whether one is deployed.
func (r *reader) deploys(name string, own, config *yaml11.Node) bool {
	if r.generation == schema4 {
		own = config
	}
	if !slices.Contains(r.named(), name) && !r.meant(own) {
		return false
	}
	return isDeployed(field(config, "deployed"))
}

func (r *reader) meant(config *yaml11.Node) bool {
	if isTrue(field(config, "removed_from_task_manager"), "true") && r.generation == schema4 {
		return true
	}
	n := field(config, "deployed")
	if r.generation == before4 {
		return n.IsNull() || isTrue(n, "true", "True")
	}
	return n.IsNull() || isTrue(n, "true")
}

func isTrue(n *yaml11.Node, words ...string) bool {
	return n != nil && (n.Kind == yaml11.Bool && n.Bool || n.Kind == yaml11.String && slices.Contains(words, n.Text))
}

// isDeployed reads a flag as the deployer's set_fact does: words for no are
// false, and any other text but an empty one is true. Null is false.
func isDeployed(n *yaml11.Node) bool {
	switch {
	case n == nil:
		return true
	case n.Kind == yaml11.Null:
		return false
	case n.Kind == yaml11.String:
		return n.Text != "" && !strings.EqualFold(n.Text, "false") && !strings.EqualFold(n.Text, "no")
	case n.Kind == yaml11.Int || n.Kind == yaml11.Float:
		return true
	default:
		return yaml11.Truthy(n)
	}
}
