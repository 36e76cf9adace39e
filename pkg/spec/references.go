package spec

import "strings"

// RefersToRole tells whether a task uses the role of this name, managed or
// not. What is referred to must stay, whoever owns it.
func (d *Deployment) RefersToRole(name string) bool {
	for _, t := range d.Tasks {
		for _, text := range []any{t.RoleARN, t.TaskDefinition["taskRoleArn"], t.TaskDefinition["executionRoleArn"]} {
			if arn, ok := text.(string); ok && strings.EqualFold(arn[strings.LastIndex(arn, "/")+1:], name) {
				return true
			}
		}
	}
	return false
}

// RefersToSecret tells whether a task reads the secret of this name, managed
// or not: through env_locations, or as a container's secret.
func (d *Deployment) RefersToSecret(name string) bool {
	return d.refers(func(text string) bool { return isLocationOf(text, name) }, func(l EnvLocation) bool { return l.Secret == name })
}

// RefersToParameter tells the same of the parameter of this name. ECS takes one
// of its own region by its name alone (AWS: Secret).
func (d *Deployment) RefersToParameter(name string) bool {
	return d.refers(func(text string) bool { return text == name || isParameter(text, name) }, func(l EnvLocation) bool { return l.Parameter == name })
}

// refers tells whether a task has a location or a text in its definition that
// is meant.
func (d *Deployment) refers(text func(string) bool, managed func(EnvLocation) bool) bool {
	for _, t := range d.Tasks {
		for _, l := range t.EnvLocations {
			if managed(l) || text(l.Location) {
				return true
			}
		}
		if anyText(t.TaskDefinition, text) {
			return true
		}
	}
	return false
}

// anyText looks through containerDefinitions[].secrets[].valueFrom and the other
// members that hold secrets' ARNs, and through all else.
func anyText(doc any, is func(string) bool) bool {
	switch v := doc.(type) {
	case map[string]any:
		for _, member := range v {
			if anyText(member, is) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if anyText(item, is) {
				return true
			}
		}
	case string:
		return is(v)
	}
	return false
}

// isParameter tells whether a location, or the ARN that ECS takes, names a
// parameter.
func isParameter(text, name string) bool {
	loc, err := ParseLocation(text)
	return err == nil && loc.Provider == ProviderSSM && loc.ParameterName() == strings.TrimPrefix(name, "/")
}

// isLocationOf tells whether a location, or an ECS valueFrom with its JSON key,
// stage and version, names a secret.
func isLocationOf(text, name string) bool {
	loc, err := ParseLocation(text)
	if err != nil || loc.Provider != ProviderSecretsManager {
		return false
	}
	whole, _, _ := strings.Cut(strings.TrimPrefix(loc.ARN.Resource, "secret:"), ":")
	if loc.ARN.Service == "" {
		whole = loc.Address
	}
	return whole == name || LooksSuffixed(whole) && whole[:len(whole)-suffixLength-1] == name
}
