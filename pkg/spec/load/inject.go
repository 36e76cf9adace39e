package load

import (
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

const locationsVariable = "PROC_WRAPPER_ENV_LOCATIONS"

// inject makes env_locations reach the process.
func (r *resolver) inject(from source.Task, t *spec.Task) {
	if t.TaskDefinition == nil || len(t.EnvLocations) == 0 {
		return
	}
	i, main := mainContainer(t.TaskDefinition)
	if main == nil {
		return // a task definition without containers is complained about elsewhere
	}
	switch t.Inject {
	case spec.InjectWrapper:
		if !from.Complete {
			r.wrap(from, t, i, main)
		}
	case spec.InjectECSSecrets:
		name, _ := main["name"].(string)
		r.references(from, t, name)
	case spec.InjectNone:
	}
}

// wrap tells proc_wrapper where to read.
func (r *resolver) wrap(from source.Task, t *spec.Task, i int, main map[string]any) {
	locations := make([]string, len(t.EnvLocations))
	for n, l := range t.EnvLocations {
		locations[n] = l.Location
		if strings.ContainsAny(l.Location, ",;") {
			r.warn(l.At, dotted(envLocationPointer(n)), "", "proc_wrapper splits its list at , and ;")
		}
	}
	joined := strings.Join(locations, ",")
	environment, _ := main["environment"].([]any)
	hide := func(n int) {
		if r.holdsValue(from, t.EnvLocations) {
			t.Vaulted = append(t.Vaulted, fmt.Sprintf("/containerDefinitions/%d/environment/%d/value", i, n))
		}
	}
	for n, item := range environment {
		entry, _ := item.(map[string]any)
		if entry["name"] != locationsVariable {
			continue
		}
		if entry["value"] != joined {
			pointer := fmt.Sprintf("%s/containerDefinitions/%d/environment/%d", definition, i, n)
			r.complain(from.Place(pointer), dotted(pointer), "leave the variable out, or set inject: none", locationsVariable+" is not what env_locations says")
		}
		hide(n)
		return
	}
	hide(len(environment))
	main["environment"] = append(append([]any{}, environment...), map[string]any{"name": locationsVariable, "value": joined})
	replaceContainer(t.TaskDefinition, i, main)
}

// holdsValue tells whether a location is more than the name of a place, and
// warns of it.
func (r *resolver) holdsValue(from source.Task, locations []spec.EnvLocation) bool {
	found := false
	for n, l := range locations {
		pointer := envLocationPointer(n)
		if strings.HasPrefix(strings.TrimSpace(l.Location), "PLAIN:") {
			r.warn(l.At, dotted(pointer), "put it into a secret", "PLAIN: stores the values themselves in clear in the task definition")
			found = true
		}
		found = found || from.Sensitive != nil && from.Sensitive(pointer)
	}
	return found
}

// references makes a container secret of every variable in the secrets.
func (r *resolver) references(from source.Task, t *spec.Task, container string) {
	for n, l := range t.EnvLocations {
		s, ok := r.d.Secret(l.Secret)
		if !ok {
			r.complain(l.At, dotted(envLocationPointer(n)), "declare the secret with its source, or name its keys in containerDefinitions[].secrets and set inject: none",
				"inject: ecs_secrets needs to know the variables in a secret, and this one is only referred to")
			continue
		}
		if len(s.Keys) == 0 || orElse(s.Output, s.From.Format) != "json" {
			r.complain(l.At, dotted(envLocationPointer(n)), "use a dotenv or json source", fmt.Sprintf("the secret %q has no variables that ECS could read one by one", s.Name))
		}
		for _, key := range s.Keys {
			t.SecretRefs = append(withoutRef(t.SecretRefs, container, key), spec.SecretRef{Container: container, Name: key, Secret: s.Name, JSONKey: key})
		}
	}
	for _, ref := range t.SecretRefs {
		r.unwritten(from, t, ref)
	}
}

// withoutRef drops an earlier reference of the same name: the later location
// wins, as it does for proc_wrapper.
func withoutRef(refs []spec.SecretRef, container, name string) []spec.SecretRef {
	var kept []spec.SecretRef
	for _, ref := range refs {
		if ref.Container != container || ref.Name != name {
			kept = append(kept, ref)
		}
	}
	return kept
}

// unwritten takes a reference that the container has written itself out of its
// secrets, as a rendered manifest has it, so that it is there once. Another
// value under the same name is refused, as ECS would.
func (r *resolver) unwritten(from source.Task, t *spec.Task, ref spec.SecretRef) {
	i, main := mainContainer(t.TaskDefinition)
	arn := r.secretARN(ref.Secret) + ":" + ref.JSONKey + "::"
	for _, list := range []string{"secrets", "environment"} {
		written, ok := main[list].([]any)
		if !ok {
			continue
		}
		var kept []any
		for n, item := range written {
			entry, _ := item.(map[string]any)
			switch {
			case entry["name"] != ref.Name:
				kept = append(kept, item)
			case list == "environment" || entry["valueFrom"] != arn:
				pointer := fmt.Sprintf("%s/containerDefinitions/%d/%s/%d", definition, i, list, n)
				r.complain(from.Place(pointer), dotted(pointer), "leave one of them out",
					fmt.Sprintf("%s is also in the secret %q, and ECS takes a name only once", ref.Name, ref.Secret))
			}
		}
		if len(kept) == len(written) {
			continue
		}
		main[list] = kept
		if kept == nil {
			delete(main, list)
		}
		replaceContainer(t.TaskDefinition, i, main)
	}
}
