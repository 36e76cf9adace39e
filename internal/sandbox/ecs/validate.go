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
		func() error { return checkSharedPorts(def) },
		func() error { return checkFirelens(def.ContainerDefinitions) },
		func() error { return checkProxy(def) },
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
	case len(def.InferenceAccelerators) > 0:
		return clientError("Unsupported field 'inferenceAccelerators'")
	}
	return firstError(
		func() error { return checkTaskModes(def) },
		func() error { return checkStorage(def.EphemeralStorage) },
		func() error { return checkPlatform(def) },
		func() error { return checkTaskConstraints(def.PlacementConstraints) },
	)
}

func checkTaskModes(def *types.TaskDefinition) error {
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

// Bounds of ephemeral storage in GiB, from EphemeralStorage's reference.
const (
	minStorage = 21
	maxStorage = 200
)

func checkStorage(s *types.EphemeralStorage) error {
	switch {
	case s == nil:
		return nil
	case s.SizeInGiB < minStorage:
		return clientError("EphemeralStorage size should be at least %d", minStorage)
	case s.SizeInGiB > maxStorage:
		return clientError("EphemeralStorage size should be at most %d", maxStorage)
	}
	return nil
}

// checkPlatform checks what the task runs on. That there is no Windows on ARM
// ECS says only of Fargate, in checkFargateSize.
func checkPlatform(def *types.TaskDefinition) error {
	p := def.RuntimePlatform
	if p == nil {
		return nil
	}
	return firstError(
		func() error { return oneOf("cpuArchitecture", p.CpuArchitecture) },
		func() error { return oneOf("operatingSystemFamily", p.OperatingSystemFamily) },
	)
}

func checkTaskConstraints(constraints []types.TaskDefinitionPlacementConstraint) error {
	for _, c := range constraints {
		if err := oneOf("placementConstraints type", c.Type); err != nil {
			return err
		}
		if value(c.Expression) == "" {
			return clientError("memberOf expression should not be null or empty.")
		}
	}
	return nil
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
	case types.CompatibilityEc2:
		if def.EphemeralStorage != nil {
			return clientError("Tasks using the EC2 launch type do not support EphemeralStorage.")
		}
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
