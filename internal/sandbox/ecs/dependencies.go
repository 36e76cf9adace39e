package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// byName indexes containers, whose names were found to be unique.
func byName(containers []types.ContainerDefinition) map[string]*types.ContainerDefinition {
	out := map[string]*types.ContainerDefinition{}
	for i := range containers {
		out[value(containers[i].Name)] = &containers[i]
	}
	return out
}

// checkDependencies checks dependsOn and volumesFrom, which both name other
// containers.
func checkDependencies(containers []types.ContainerDefinition) error {
	known := byName(containers)
	edges := map[string][]string{}
	for _, c := range containers {
		for _, d := range c.DependsOn {
			if err := checkDependency(known[value(d.ContainerName)], d); err != nil {
				return err
			}
			edges[*c.Name] = append(edges[*c.Name], *d.ContainerName)
		}
		for _, v := range c.VolumesFrom {
			if known[value(v.SourceContainer)] == nil {
				return clientError("Invalid 'volumesFrom' setting. Unknown container: '%s'.", value(v.SourceContainer))
			}
		}
	}
	if cyclic(edges) {
		return clientError("Container dependencies should not have a cycle")
	}
	return nil
}

// checkDependency checks one condition on a container, nil where unknown.
func checkDependency(on *types.ContainerDefinition, d types.ContainerDependency) error {
	if on == nil {
		return clientError("Cannot depend on container + '%s' because it does not exist", value(d.ContainerName))
	}
	switch d.Condition {
	case types.ContainerConditionComplete, types.ContainerConditionSuccess:
		if isEssential(on) {
			return clientError("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container")
		}
	case types.ContainerConditionHealthy:
		if on.HealthCheck == nil {
			return clientError("A dependency container with HEALTHY condition must have health check configured")
		}
	case "":
		return clientError("Container dependency condition should not be null or empty.")
	}
	return oneOf("dependsOn condition", d.Condition)
}

// checkLinks checks links, written name or name:alias, which bridge alone knows.
func checkLinks(def *types.TaskDefinition) error {
	known := byName(def.ContainerDefinitions)
	edges := map[string][]string{}
	for _, c := range def.ContainerDefinitions {
		if len(c.Links) > 0 && def.NetworkMode != "" && def.NetworkMode != types.NetworkModeBridge {
			return clientError("Links are not supported when networkMode=%s.", def.NetworkMode)
		}
		for _, link := range c.Links {
			name, _, _ := strings.Cut(link, ":")
			if known[name] == nil {
				return clientError("Invalid 'links' setting. Unknown container: '%s'.", name)
			}
			edges[*c.Name] = append(edges[*c.Name], name)
		}
	}
	if cyclic(edges) {
		return clientError("Container links should not have a cycle")
	}
	return nil
}

// cyclic says whether a graph of at most a few nodes comes back to where it was.
func cyclic(edges map[string][]string) bool {
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(string) bool
	visit = func(node string) bool {
		if state[node] == visiting {
			return true
		}
		if state[node] == done {
			return false
		}
		state[node] = visiting
		if slices.ContainsFunc(edges[node], visit) {
			return true
		}
		state[node] = done
		return false
	}
	for node := range edges {
		if visit(node) {
			return true
		}
	}
	return false
}
