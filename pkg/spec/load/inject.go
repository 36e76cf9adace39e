package load

import (
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
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
	}
	joined := strings.Join(locations, ",")
	environment, _ := main["environment"].([]any)
	for n, item := range environment {
		entry, _ := item.(map[string]any)
		if entry["name"] != locationsVariable {
			continue
		}
		if text, _ := entry["value"].(string); text == joined {
			r.separators(t.EnvLocations)
		} else if !r.adopt(from, t.EnvLocations, splitLocations(text)) {
			pointer := fmt.Sprintf("%s/containerDefinitions/%d/environment/%d", definition, i, n)
			r.complain(from.Place(pointer), dotted(pointer), "leave the variable out, or set inject: none", locationsVariable+" is not what env_locations says")
		}
		r.hide(from, t, i, n)
		return
	}
	if r.told(from, t) {
		return
	}
	r.separators(t.EnvLocations)
	r.hide(from, t, i, len(environment))
	main["environment"] = append(append([]any{}, environment...), map[string]any{"name": locationsVariable, "value": joined})
	replaceContainer(t.TaskDefinition, i, main)
}

// told tells whether another container than the main one is written to read
// just these locations, as where CloudReactor's deployer wraps only that one.
func (r *resolver) told(from source.Task, t *spec.Task) bool {
	containers, _ := t.TaskDefinition["containerDefinitions"].([]any)
	for i, item := range containers {
		for n, v := range variablesOf(item) {
			if v.name == locationsVariable && r.adopt(from, t.EnvLocations, splitLocations(v.value)) {
				pointer := fmt.Sprintf("%s/containerDefinitions/%d", definition, i)
				r.warn(from.Place(pointer), dotted(pointer), "write the variable in the main container as well if that is not meant",
					"this container lists env_locations in "+locationsVariable+" itself, so the main one is not told them")
				r.hide(from, t, i, n)
				return true
			}
		}
	}
	return false
}

// separators warns of locations that proc_wrapper takes apart.
func (r *resolver) separators(locations []spec.EnvLocation) {
	for n, l := range locations {
		if strings.ContainsAny(l.Location, ",;") {
			r.warn(l.At, dotted(envLocationPointer(n)), "", "proc_wrapper splits its list at , and ;")
		}
	}
}

// adopt takes over how a container itself writes the locations, as a rendered
// manifest has it: with separators escaped, or a secret by another of its names.
// False when those are other locations.
func (r *resolver) adopt(from source.Task, locations []spec.EnvLocation, written []string) bool {
	same := func(l spec.EnvLocation, text string) bool { return l.Location == text || r.sameSecret(from, l, text) }
	if !slices.EqualFunc(locations, written, same) {
		return false
	}
	for i, text := range written {
		locations[i].Location = text
	}
	return true
}

// sameSecret tells whether a text leads to the managed secret or parameter of a
// location, read in the same format.
func (r *resolver) sameSecret(from source.Task, l spec.EnvLocation, text string) bool {
	want, err := spec.ParseLocation(l.Location)
	got, errText := spec.ParseLocation(text)
	same := l.Secret != "" && r.behind(from, got) == l.Secret || l.Parameter != "" && r.parameterBehind(from, got) == l.Parameter
	name := orElse(l.Secret, l.Parameter)
	return err == nil && errText == nil && same && got.JSONPath == want.JSONPath &&
		orElse(got.Format, guessed(name)) == orElse(want.Format, guessed(name))
}

// hide marks the nth variable of the ith container as one that is never shown,
// where a location in it holds a value.
func (r *resolver) hide(from source.Task, t *spec.Task, i, n int) {
	if r.holdsValue(from, t.EnvLocations) {
		t.Vaulted = append(t.Vaulted, fmt.Sprintf("/containerDefinitions/%d/environment/%d/value", i, n))
	}
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

// references makes a container secret of every variable in the secrets, and of
// every parameter.
func (r *resolver) references(from source.Task, t *spec.Task, container string) {
	for n, l := range t.EnvLocations {
		if l.Parameter != "" {
			if ref, ok := r.parameterRef(l, dotted(envLocationPointer(n)), container); ok {
				t.SecretRefs = append(withoutRef(t.SecretRefs, container, ref.Name), ref)
			}
			continue
		}
		s, ok := r.d.Secret(l.Secret)
		if !ok {
			r.complain(l.At, dotted(envLocationPointer(n)), "declare the secret with its source, or name its keys in containerDefinitions[].secrets and set inject: none",
				"inject: ecs_secrets needs to know the variables in a secret, and this one is only referred to")
			continue
		}
		if s.Unread && orElse(s.Output, s.From.Format) == "json" {
			r.warn(l.At, dotted(envLocationPointer(n)), "plan and apply read it", fmt.Sprintf("which variables the secret %q has is not known here", s.Name))
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
	arn := manifest.ReferenceARN(r.d, ref)
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
					fmt.Sprintf("%s is also in the %s, and ECS takes a name only once", ref.Name, referred(ref)))
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
