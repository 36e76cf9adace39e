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
	for n, item := range environment {
		entry, _ := item.(map[string]any)
		if entry["name"] != locationsVariable {
			continue
		}
		if entry["value"] != joined {
			pointer := fmt.Sprintf("%s/containerDefinitions/%d/environment/%d", definition, i, n)
			r.complain(from.Place(pointer), dotted(pointer), "leave the variable out, or set inject: none", locationsVariable+" is not what env_locations says")
		}
		return
	}
	main["environment"] = append(append([]any{}, environment...), map[string]any{"name": locationsVariable, "value": joined})
	replaceContainer(t.TaskDefinition, i, main)
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
		if len(s.Keys) == 0 {
			r.complain(l.At, dotted(envLocationPointer(n)), "use a dotenv or json source", fmt.Sprintf("the secret %q has no variables that ECS could read one by one", s.Name))
		}
		for _, key := range s.Keys {
			t.SecretRefs = append(withoutRef(t.SecretRefs, container, key), spec.SecretRef{Container: container, Name: key, Secret: s.Name, JSONKey: key})
		}
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
