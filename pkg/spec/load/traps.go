package load

import (
	"fmt"
	"path"
	"slices"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// traps warns of what is accepted by everything and then does something else
// in the running task than it seems to.
func (r *resolver) traps(from source.Task, t spec.Task) {
	r.notConverged(from)
	for _, pointer := range from.Vaulted {
		r.warn(from.Place(definition+pointer), dotted(definition+pointer), "put it into a secret that env_locations names",
			"a value that is encrypted here is stored in clear in the task definition")
	}
	if t.Inject != spec.InjectWrapper {
		return
	}
	r.powerless(from, t)
	for i, l := range t.EnvLocations {
		r.misread(i, l)
		r.shadowed(from, t, i, l)
	}
}

// powerless warns of a process that is to read secrets and has no role to read
// them with. In a CloudReactor folder that is easily left out.
func (r *resolver) powerless(from source.Task, t spec.Task) {
	if role, ok := t.TaskDefinition["taskRoleArn"].(string); !from.Complete || t.TaskDefinition == nil || ok && role != "" {
		return
	}
	for i, l := range t.EnvLocations {
		if loc, err := spec.ParseLocation(l.Location); err == nil && loc.Provider == spec.ProviderSecretsManager {
			r.warn(from.Place(envLocationPointer(i)), dotted(envLocationPointer(i)), "name a task role",
				fmt.Sprintf("%s has no task role: the process will have no credentials to read its secrets", t.Name))
			return
		}
	}
}

// misread warns of a full ARN whose random ending hides the extension that
// proc_wrapper tells the format by: it then finds no variables, and says
// nothing.
func (r *resolver) misread(i int, l spec.EnvLocation) {
	loc, err := spec.ParseLocation(l.Location)
	if err != nil || loc.Format != "" || loc.Provider != spec.ProviderSecretsManager {
		return
	}
	name, suffixed := loc.SecretName()
	if ext := path.Ext(name); suffixed && slices.Contains([]string{".json", ".yaml", ".yml"}, ext) {
		r.warn(l.At, dotted(envLocationPointer(i)), "append !"+guessed(name)+", or leave the ending off",
			fmt.Sprintf("proc_wrapper takes the full ARN of %s for dotenv and finds no variables in it, without an error", name))
	}
}

// shadowed warns of variables that the container sets itself: proc_wrapper
// never overrides those.
func (r *resolver) shadowed(from source.Task, t spec.Task, i int, l spec.EnvLocation) {
	s, ok := r.d.Secret(l.Secret)
	if !ok {
		return
	}
	_, main := mainContainer(t.TaskDefinition)
	environment, _ := main["environment"].([]any)
	for _, item := range environment {
		entry, _ := item.(map[string]any)
		name, _ := entry["name"].(string)
		if slices.Contains(s.Keys, name) {
			r.warn(from.Place(envLocationPointer(i)), dotted(envLocationPointer(i)), "remove it from the container's environment",
				fmt.Sprintf("%s is set by the container of %s, so its value in the secret %s is never seen", name, t.Name, s.Name))
		}
	}
}
