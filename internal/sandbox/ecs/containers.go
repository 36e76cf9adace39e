package ecs

import (
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const imageCharacters = wordCharacters + ":./#@"

// checkContainers checks each container by itself, and their names together.
func checkContainers(def *types.TaskDefinition) error {
	seen := map[string]bool{}
	essential := false
	for i := range def.ContainerDefinitions {
		c := &def.ContainerDefinitions[i]
		if err := checkContainer(def, c); err != nil {
			return err
		}
		if seen[*c.Name] {
			return clientError("Container names must be unique within a Task Definition.")
		}
		seen[*c.Name] = true
		essential = essential || isEssential(c)
	}
	if !essential {
		return clientError("Task definition doesn't have any essential container.")
	}
	return nil
}

func isEssential(c *types.ContainerDefinition) bool { return c.Essential == nil || *c.Essential }

func checkContainer(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	return firstError(
		func() error { return checkName("Container.name", value(c.Name)) },
		func() error { return checkImage(value(c.Image)) },
		func() error { return oneOf("versionConsistency", c.VersionConsistency) },
		func() error { return checkSecrets(def, c) },
		func() error { return checkNetworking(def.NetworkMode, c) },
		func() error { return checkPorts(def.NetworkMode, c) },
		func() error { return checkHealth(c) },
		func() error { return checkTimeouts(c) },
		func() error { return checkLogging(c.LogConfiguration) },
		func() error { return checkMounts(def, c) },
		func() error { return checkRestart(c) },
		func() error { return checkEnvironmentFiles(c.EnvironmentFiles) },
		func() error { return checkLinux(def, c) },
		func() error { return checkResources(c.ResourceRequirements) },
		func() error { return checkCredentialSpecs(c.CredentialSpecs) },
	)
}

// checkImage checks an image's name: letters, digits and -_:./#@ up to 255
// characters, a digest not counted (ContainerDefinition's reference).
func checkImage(image string) error {
	name, digest, pinned := strings.Cut(image, "@")
	switch {
	case image == "":
		return clientError("Container.image should not be null or empty.")
	case len(name) > maxNameLength:
		return clientError("Container.image repository should not be longer than %d characters.", maxNameLength)
	case !madeOf(image, imageCharacters), pinned && !isDigest(digest):
		return clientError("Container.image contains invalid characters.")
	}
	return nil
}

func isDigest(s string) bool {
	hex, ok := strings.CutPrefix(s, "sha256:")
	return ok && len(hex) == 64 && madeOf(strings.ToLower(hex), awsenv.Hex)
}

// inECR says whether an image lies in a private Amazon ECR registry.
func inECR(image string) bool {
	host, _, _ := strings.Cut(image, "/")
	return strings.Contains(host, ".dkr.ecr.") || strings.Contains(host, ".dkr-ecr")
}

// checkSecrets checks secrets and the registry's credentials, which both need
// the execution role.
func checkSecrets(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	if (len(c.Secrets) > 0 || c.LogConfiguration != nil && len(c.LogConfiguration.SecretOptions) > 0) && def.ExecutionRoleArn == nil {
		return clientError("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.")
	}
	if c.RepositoryCredentials != nil && def.ExecutionRoleArn == nil {
		return clientError("Private repository authentication requires that the task definition specify a value for executionRoleArn.")
	}
	taken := map[string]bool{}
	for _, e := range c.Environment {
		taken[value(e.Name)] = true
	}
	for _, s := range c.Secrets {
		if err := checkSecret(s); err != nil {
			return err
		}
		if taken[*s.Name] {
			return clientError("The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '%s'.", *s.Name)
		}
		taken[*s.Name] = true
	}
	return nil
}

// checkSecret checks one reference: a parameter's name, or the ARN of a secret
// or a parameter.
func checkSecret(s types.Secret) error {
	from := value(s.ValueFrom)
	if value(s.Name) == "" || from == "" {
		return clientError("Secret name and valueFrom should not be null or empty.")
	}
	if !strings.HasPrefix(from, "arn:") {
		return nil
	}
	return checkSecretARN(from)
}

// secretFields is how many fields the resource of a secret's ARN has at most:
// secret:name:json-key:version-stage:version-id.
const secretFields = 5

func checkSecretARN(from string) error {
	parts := strings.SplitN(from, ":", 6)
	if len(parts) < 6 || parts[3] == "" || !isAccount(parts[4]) {
		return invalidARN()
	}
	switch fields := strings.Split(parts[5], ":"); {
	case parts[2] == "ssm" && strings.HasPrefix(parts[5], "parameter/") && parts[5] != "parameter/":
		return nil
	case parts[2] == "secretsmanager" && fields[0] == "secret" && len(fields) > 1 && len(fields) <= secretFields && fields[1] != "":
		return nil
	}
	return invalidARN()
}

func invalidARN() error { return clientError("Invalid arn syntax.") }

// checkNetworking refuses members that a network mode does not know.
func checkNetworking(mode types.NetworkMode, c *types.ContainerDefinition) error {
	switch {
	case mode != types.NetworkModeAwsvpc:
		return nil
	case c.Hostname != nil:
		return clientError("Hostname is not supported on container when networkMode=awsvpc.")
	case len(c.DnsServers) > 0:
		return clientError("DNS servers are not supported on container when networkMode=awsvpc.")
	case len(c.DnsSearchDomains) > 0:
		return clientError("DNS search domains are not supported on container when networkMode=awsvpc.")
	case value(c.DisableNetworking):
		return clientError("Disable Networking is not supported on container when networkMode=awsvpc.")
	case len(c.ExtraHosts) > 0:
		return clientError("Extra hosts are not supported when networkMode=awsvpc.")
	}
	return nil
}
