package ecs

import (
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Limits of a task definition, from the Amazon ECS service quotas.
const (
	maxNameLength  = 255
	maxContainers  = 10
	maxConstraints = 10
)

const wordCharacters = awsenv.AlphaNumeric + "_-"

// madeOf says whether s consists of an alphabet's characters alone.
func madeOf(s, alphabet string) bool { return strings.Trim(s, alphabet) == "" }

// checkFamily checks a family's name.
func checkFamily(family *string) error { return checkName("Family", value(family)) }

// checkName is how ECS words its checks of families and containers.
func checkName(what, name string) error {
	switch {
	case name == "":
		return clientError("%s should not be null or empty.", what)
	case len(name) > maxNameLength:
		return clientError("%s should not be longer than %d characters.", what, maxNameLength)
	case !madeOf(name, wordCharacters):
		return clientError("%s contains invalid characters.", what)
	}
	return nil
}

// checkDefinition checks all but roles and tags. Sizes are normalised, defaults
// not yet filled in.
func checkDefinition(def *types.TaskDefinition) error {
	return firstError(
		func() error { return checkTask(def) },
		func() error { return checkVolumes(def) },
		func() error { return checkContainers(def) },
		func() error { return checkContainerSizes(def) },
		func() error { return checkDependencies(def.ContainerDefinitions) },
		func() error { return checkLinks(def) },
		func() error { return checkFirelens(def.ContainerDefinitions) },
		func() error { return checkCompatibilities(def) },
	)
}

func checkTask(def *types.TaskDefinition) error {
	switch {
	case len(def.ContainerDefinitions) == 0:
		return clientError("Container list cannot be empty.")
	case len(def.ContainerDefinitions) > maxContainers:
		return clientError("Too many containers.")
	case len(def.PlacementConstraints) > maxConstraints:
		return clientError("Too many placement constraints.")
	}
	return firstError(
		func() error { return oneOf("networkMode", def.NetworkMode) },
		func() error { return oneOf("ipcMode", def.IpcMode) },
		func() error { return oneOf("pidMode", def.PidMode) },
		func() error {
			for _, c := range def.RequiresCompatibilities {
				if err := oneOf("requiresCompatibilities", c); err != nil {
					return err
				}
			}
			return nil
		},
	)
}

// oneOf refuses a value outside an enumeration. Nothing at all passes.
func oneOf[E interface {
	~string
	Values() []E
}](what string, v E) error {
	if v == "" || slices.Contains(v.Values(), v) {
		return nil
	}
	return invalidParameter("Invalid value '%s' for %s.", string(v), what)
}

// checkCompatibilities checks what each required launch type asks for.
func checkCompatibilities(def *types.TaskDefinition) error {
	for _, c := range def.RequiresCompatibilities {
		if err := checkCompatibility(def, c); err != nil {
			return err
		}
	}
	return nil
}

func checkCompatibility(def *types.TaskDefinition, c types.Compatibility) error {
	switch c {
	case types.CompatibilityFargate:
		return checkFargate(def)
	case types.CompatibilityExternal:
		if def.NetworkMode == types.NetworkModeAwsvpc {
			return clientError("EXTERNAL compatible task definitions do not support network mode 'awsvpc'.")
		}
	case types.CompatibilityManagedInstances:
		if def.NetworkMode != types.NetworkModeAwsvpc && def.NetworkMode != types.NetworkModeHost {
			return clientError("MANAGED_INSTANCES compatible task definitions support only the network modes 'awsvpc' and 'host'.")
		}
	}
	return nil
}

// compatibilities is every launch type that the definition would validate for,
// required or not.
func compatibilities(def *types.TaskDefinition) []types.Compatibility {
	var out []types.Compatibility
	for _, c := range []types.Compatibility{
		types.CompatibilityExternal, types.CompatibilityEc2,
		types.CompatibilityFargate, types.CompatibilityManagedInstances,
	} {
		if checkCompatibility(def, c) == nil {
			out = append(out, c)
		}
	}
	return out
}
