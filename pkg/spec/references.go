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
	for _, t := range d.Tasks {
		for _, l := range t.EnvLocations {
			if l.Secret == name || isLocationOf(l.Location, name) {
				return true
			}
		}
		if containersRead(t.TaskDefinition, name) {
			return true
		}
	}
	return false
}

// containersRead looks through containerDefinitions[].secrets[].valueFrom and
// the other members that hold secrets' ARNs.
func containersRead(doc any, name string) bool {
	switch v := doc.(type) {
	case map[string]any:
		for _, member := range v {
			if containersRead(member, name) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if containersRead(item, name) {
				return true
			}
		}
	case string:
		return strings.HasPrefix(v, "arn:") && isLocationOf(v, name)
	}
	return false
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
