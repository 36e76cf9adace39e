package load

import (
	"cmp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// further are the places that a process reads besides its env_locations, by
// their text. Their order means nothing.
func (r *resolver) further(from source.Task, t spec.Task) []spec.EnvLocation {
	texts := slices.Clone(from.Reads)
	if t.Inject == spec.InjectWrapper {
		texts = append(texts, wrapperReads(t.TaskDefinition)...)
	}
	return r.granted(from, texts, t.EnvLocations)
}

// granted are the places among texts that IAM has a say in, but for those that
// are listed.
func (r *resolver) granted(from source.Task, texts []string, listed []spec.EnvLocation) []spec.EnvLocation {
	slices.Sort(texts)
	var out []spec.EnvLocation
	for _, text := range slices.Compact(texts) {
		known := slices.ContainsFunc(listed, func(l spec.EnvLocation) bool { return l.Location == text })
		if loc, err := spec.ParseLocation(text); err == nil && isGranted(loc) && !known {
			out = append(out, spec.EnvLocation{Location: text, Secret: r.behind(from, loc), Parameter: r.parameterBehind(from, loc), At: from.At})
		}
	}
	return out
}

// containersRead are the secrets and parameters that the containers of a task
// definition name themselves, which ECS reads with the execution role. A
// parameter of the same region may be named by its name alone (AWS: Secret).
func containersRead(doc spec.Document) []string {
	containers, _ := doc["containerDefinitions"].([]any)
	var out []string
	for _, item := range containers {
		c, _ := item.(map[string]any)
		logs, _ := c["logConfiguration"].(map[string]any)
		for _, list := range []any{c["secrets"], logs["secretOptions"]} {
			secrets, _ := list.([]any)
			for _, item := range secrets {
				entry, _ := item.(map[string]any)
				text, _ := entry["valueFrom"].(string)
				if text != "" && !strings.HasPrefix(text, "arn:") {
					text = "ssm:" + text
				}
				out = append(out, text)
			}
		}
	}
	return out
}

// isGranted tells whether IAM has a say in a location. The others are files, and
// texts that are no locations at all.
func isGranted(l spec.Location) bool {
	return l.Provider != spec.ProviderFile && l.Provider != spec.ProviderPlain
}

// wrapperReads are the places that variables of a task definition have
// proc_wrapper read.
func wrapperReads(doc spec.Document) []string {
	containers, _ := doc["containerDefinitions"].([]any)
	shared := map[string]string{}
	for _, item := range containers {
		for _, v := range variablesOf(item) {
			shared[v.name] = cmp.Or(shared[v.name], v.value)
		}
	}
	var out []string
	for _, item := range containers {
		out = append(out, readsOf(variablesOf(item), shared)...)
	}
	return out
}

type variable struct{ name, value string }

// variablesOf are a container's, as far as they are text.
func variablesOf(container any) []variable {
	c, _ := container.(map[string]any)
	environment, _ := c["environment"].([]any)
	var out []variable
	for _, item := range environment {
		entry, _ := item.(map[string]any)
		name, _ := entry["name"].(string)
		value, _ := entry["value"].(string)
		out = append(out, variable{name, value})
	}
	return out
}

// readsOf are the places that one container's variables name. What it does not
// say itself about the names of resolvable variables, another container may.
func readsOf(variables []variable, shared map[string]string) []string {
	setting := func(name, otherwise string) string {
		for _, v := range variables {
			if v.name == name {
				return v.value
			}
		}
		return cmp.Or(shared[name], otherwise)
	}
	before := setting("PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_PREFIX", "")
	behind := setting("PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_SUFFIX", "_FOR_PROC_WRAPPER_TO_RESOLVE")
	var out []string
	for _, v := range variables {
		switch {
		case v.name == locationsVariable, v.name == "PROC_WRAPPER_CONFIG_LOCATIONS":
			out = append(out, splitLocations(v.value)...)
		case before+behind != "" && strings.HasPrefix(v.name, before) && strings.HasSuffix(v.name, behind):
			out = append(out, v.value)
		}
	}
	return out
}

// splitLocations takes a list apart as proc_wrapper 6 does: at , and ; that no
// single backslash precedes.
func splitLocations(list string) []string {
	var out []string
	add := func(text string) {
		if text = strings.TrimSpace(strings.NewReplacer(`\,`, ",", `\;`, ";").Replace(text)); text != "" {
			out = append(out, text)
		}
	}
	start := 0
	for i := range len(list) {
		escaped := i > 0 && list[i-1] == '\\' && (i < 2 || list[i-2] != '\\')
		if (list[i] == ',' || list[i] == ';') && !escaped {
			add(list[start:i])
			start = i + 1
		}
	}
	add(list[start:])
	return out
}
