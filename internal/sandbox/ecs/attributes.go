package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// requiredAttributes is what a container instance must offer to run the task,
// named as DescribeTaskDefinition names them. Clients must not compare them:
// AWS adds to them over time.
func requiredAttributes(def *types.TaskDefinition) []types.Attribute {
	names := taskAttributes(def)
	for i := range def.ContainerDefinitions {
		names = append(names, containerAttributes(def, &def.ContainerDefinitions[i])...)
	}
	slices.Sort(names)
	out := []types.Attribute{}
	for _, name := range slices.Compact(names) {
		out = append(out, types.Attribute{Name: new(name)})
	}
	return out
}

// chosen lists the names whose condition holds.
func chosen(conditions map[string]bool) []string {
	var out []string
	for name, holds := range conditions {
		if holds {
			out = append(out, name)
		}
	}
	return out
}

func taskAttributes(def *types.TaskDefinition) []string {
	hasEFS := slices.ContainsFunc(def.Volumes, func(v types.Volume) bool { return v.EfsVolumeConfiguration != nil })
	return chosen(map[string]bool{
		"com.amazonaws.ecs.capability.docker-remote-api.1.18": true,
		"com.amazonaws.ecs.capability.task-iam-role":          def.TaskRoleArn != nil,
		"ecs.capability.task-eni":                             def.NetworkMode == types.NetworkModeAwsvpc,
		"ecs.capability.efsAuth":                              hasEFS,
		"ecs.capability.pid-ipc-namespace-sharing":            def.PidMode != "" || def.IpcMode != "",
	})
}

func containerAttributes(def *types.TaskDefinition, c *types.ContainerDefinition) []string {
	driver := types.LogDriver("")
	if c.LogConfiguration != nil {
		driver = c.LogConfiguration.LogDriver
	}
	ecr, executes := inECR(value(c.Image)), def.ExecutionRoleArn != nil
	return chosen(map[string]bool{
		"com.amazonaws.ecs.capability.logging-driver." + string(driver): driver != "",
		"com.amazonaws.ecs.capability.docker-remote-api.1.19":           driver == types.LogDriverAwslogs,
		"ecs.capability.execution-role-awslogs":                         driver == types.LogDriverAwslogs && executes,
		"com.amazonaws.ecs.capability.ecr-auth":                         ecr,
		"ecs.capability.execution-role-ecr-pull":                        ecr && executes,
		"com.amazonaws.ecs.capability.privileged-container":             value(c.Privileged),
		"ecs.capability.private-registry-authentication.secretsmanager": c.RepositoryCredentials != nil,
		"ecs.capability.secrets.asm.environment-variables":              hasSecret(c, isSecretsManager),
		"ecs.capability.secrets.ssm.environment-variables":              hasSecret(c, func(s types.Secret) bool { return !isSecretsManager(s) }),
		"ecs.capability.env-files.s3":                                   len(c.EnvironmentFiles) > 0,
		"ecs.capability.container-health-check":                         c.HealthCheck != nil,
		"ecs.capability.container-ordering":                             len(c.DependsOn) > 0,
	})
}

func hasSecret(c *types.ContainerDefinition, is func(types.Secret) bool) bool {
	return slices.ContainsFunc(c.Secrets, is)
}

func isSecretsManager(s types.Secret) bool {
	return strings.Contains(value(s.ValueFrom), ":secretsmanager:")
}
