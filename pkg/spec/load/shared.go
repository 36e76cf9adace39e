package load

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// IAM's quotas on the policies attached to a role. (AWS: "IAM and AWS STS
// quotas".)
const (
	attachedByDefault = 10
	attachedAtMost    = 20
)

// reference is a role that a task says is not managed.
type reference struct {
	arn  string
	at   spec.Position
	path string
}

// unmanaged notes a role that `manage: false` stands by, and refuses settings
// beside it, which would never be heeded.
func (r *resolver) unmanaged(from source.Task, arn string, settings *manifest.Role, pointer string) {
	if settings == nil || managed(settings, true) {
		return
	}
	at, path := from.Place(pointer+"/manage"), dotted(pointer+"/manage")
	if others := besidesManage(*settings); len(others) > 0 {
		r.complain(at, path, "leave manage out, or the settings", "manage: false leaves the role as it is, and there are settings for it: "+strings.Join(others, ", "))
	}
	if arn != "" {
		r.referred = append(r.referred, reference{arn, at, path})
	}
}

// besidesManage names the settings of a role, sorted, without manage.
func besidesManage(settings manifest.Role) []string {
	settings.Manage = nil
	given := map[string]any{}
	data, err := json.Marshal(settings)
	if err != nil || json.Unmarshal(data, &given) != nil {
		return nil // it was decoded from JSON
	}
	return slices.Sorted(maps.Keys(given))
}

// divided refuses roles that one task has managed and another says are not.
func (r *resolver) divided() {
	for _, ref := range r.referred {
		if m, ok := r.d.Role(ref.arn); ok {
			r.complain(ref.at, ref.path, "a role is managed for all of its tasks or for none",
				fmt.Sprintf("the role %s is only referred to here, and managed at %s for %s", ref.arn, m.At, strings.Join(m.Tasks, ", ")))
		}
	}
}

// attached counts the policies of the roles, those of all tasks together.
func (r *resolver) attached() {
	for _, m := range r.d.Roles {
		n := len(m.ManagedPolicies)
		said := fmt.Sprintf("role %s: %d managed policies for %s together", m.ARN, n, strings.Join(m.Tasks, ", "))
		switch {
		case n > attachedAtMost:
			r.complain(m.At, "", "use fewer, or another role", fmt.Sprintf("%s, and IAM attaches %d at most", said, attachedAtMost))
		case n > attachedByDefault:
			r.warn(m.At, "", "ask AWS for a higher quota", fmt.Sprintf("%s, and IAM attaches %d unless the account's quota was raised", said, attachedByDefault))
		}
	}
}
