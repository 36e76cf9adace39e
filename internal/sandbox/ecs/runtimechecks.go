package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The wording of what follows was seen in answers of ECS: evidence of the rules
// of github.com/badmintoncryer/cdk-preflight, each deployed for real.

// checkHealth checks a container's health check, its times in seconds.
func checkHealth(c *types.ContainerDefinition) error {
	h := c.HealthCheck
	if h == nil {
		return nil
	}
	if len(h.Command) == 0 || !slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, h.Command[0]) {
		return clientError("Invalid health check: command must start with CMD or CMD-SHELL.")
	}
	return firstError(
		func() error { return healthBound(c, "interval", h.Interval, 5, 300) },
		func() error { return healthBound(c, "timeout", h.Timeout, 2, 60) },
		func() error { return healthBound(c, "retries", h.Retries, 1, 10) },
		func() error { return healthBound(c, "startPeriod", h.StartPeriod, 0, 300) },
	)
}

// healthBound refuses a number outside its bounds. Nothing at all passes.
func healthBound(c *types.ContainerDefinition, what string, n *int32, low, high int32) error {
	switch {
	case n != nil && *n < low:
		return clientError("Health check %s must be greater than or equal to the minimum allowed value %d for container '%s'", what, low, *c.Name)
	case n != nil && *n > high:
		return clientError("Health check %s must be less than or equal to the maximum allowed value %d for container '%s'", what, high, *c.Name)
	}
	return nil
}

// minTimeout is the fewest seconds of a start or stop timeout.
const minTimeout = 2

func checkTimeouts(c *types.ContainerDefinition) error {
	switch {
	case c.StartTimeout != nil && *c.StartTimeout < minTimeout:
		return clientError("Granular start timeout on container '%s' must be at least %d seconds.", *c.Name, minTimeout)
	case c.StopTimeout != nil && *c.StopTimeout < minTimeout:
		return clientError("Granular stop timeout on container '%s' must be at least %d seconds.", *c.Name, minTimeout)
	}
	return nil
}

// Bounds of a restart policy, from ContainerRestartPolicy's reference.
const (
	maxIgnoredExitCodes = 50
	minRestartPeriod    = 60
	maxRestartPeriod    = 1800
)

func checkRestart(c *types.ContainerDefinition) error {
	p := c.RestartPolicy
	if p == nil {
		return nil
	}
	if len(p.IgnoredExitCodes) > maxIgnoredExitCodes {
		return clientError("A restart policy ignores at most %d exit codes.", maxIgnoredExitCodes)
	}
	if n := p.RestartAttemptPeriod; n != nil && (*n < minRestartPeriod || *n > maxRestartPeriod) {
		return clientError("The 'restartAttemptPeriod' setting for container '%s' must be between %d and %d.", *c.Name, minRestartPeriod, maxRestartPeriod)
	}
	return nil
}

const maxEnvironmentFiles = 10

func checkEnvironmentFiles(files []types.EnvironmentFile) error {
	if len(files) > maxEnvironmentFiles {
		return clientError("The maximum number of environment files was exceeded. Specify ten or less and try again.")
	}
	for _, f := range files {
		object, isS3 := strings.CutPrefix(value(f.Value), "arn:")
		if parts := strings.SplitN(object, ":", 5); !isS3 || len(parts) != 5 || parts[1] != "s3" || !strings.Contains(parts[4], "/") {
			return invalidARN()
		}
		if !strings.HasSuffix(object, ".env") {
			return clientError("Environment file names must end in .env.")
		}
		if err := oneOf("environmentFiles type", f.Type); err != nil {
			return err
		}
	}
	return nil
}

// checkCredentialSpecs checks a list that holds one reference at most.
func checkCredentialSpecs(specs []string) error {
	if len(specs) > 1 {
		return clientError("The maximum number of credential specs was exceeded. Specify one and try again.")
	}
	for _, spec := range specs {
		kind, arn, _ := strings.Cut(spec, ":")
		if kind != "credentialspec" && kind != "credentialspecdomainless" || !strings.HasPrefix(arn, "arn:") {
			return clientError("Invalid credential spec '%s'.", spec)
		}
	}
	return nil
}

// checkResources checks what a container asks for besides CPU and memory.
func checkResources(wanted []types.ResourceRequirement) error {
	for _, r := range wanted {
		if err := oneOf("resourceRequirements type", r.Type); err != nil {
			return err
		}
		switch {
		case r.Type == types.ResourceTypeInferenceAccelerator:
			return clientError("Unsupported field 'inferenceAccelerators'")
		case r.Type == types.ResourceTypeGpu && (value(r.Value) == "" || !madeOf(*r.Value, "0123456789") || strings.Trim(*r.Value, "0") == ""):
			return clientError("The value of a GPU resource requirement must be a positive number, not '%s'.", value(r.Value))
		}
	}
	return nil
}
