package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fargateMemory says which memory sizes (MiB) Fargate has for a number of CPU
// units, from RegisterTaskDefinition's reference. Not ok: no such CPU size.
func fargateMemory(cpu int) (low, high, step int, ok bool) {
	switch cpu {
	case 512:
		return 1024, 4096, 1024, true
	case 1024:
		return 2048, 8192, 1024, true
	case 2048:
		return 4096, 16384, 1024, true
	case 4096:
		return 8192, 30720, 1024, true
	case 8192:
		return 16384, 61440, 4096, true
	case 16384:
		return 32768, 122880, 8192, true
	default:
		return 0, 0, 0, false
	}
}

// fargateHas says whether Fargate has a pair of sizes. The smallest CPU size
// doubles its memory instead of stepping.
func fargateHas(cpu, memory int) bool {
	if cpu == 256 {
		return slices.Contains([]int{512, 1024, 2048}, memory)
	}
	low, high, step, ok := fargateMemory(cpu)
	return ok && memory >= low && memory <= high && memory%step == 0
}

// checkFargate is what FARGATE among requiresCompatibilities asks of a task.
func checkFargate(def *types.TaskDefinition) error {
	return firstError(
		func() error { return checkFargateTask(def) },
		func() error { return checkFargateSize(def) },
		func() error { return checkFargateVolumes(def) },
		func() error {
			for i := range def.ContainerDefinitions {
				if err := checkFargateContainer(def, &def.ContainerDefinitions[i]); err != nil {
					return err
				}
			}
			return nil
		},
	)
}

func checkFargateTask(def *types.TaskDefinition) error {
	switch {
	case def.NetworkMode != types.NetworkModeAwsvpc:
		return clientError("Fargate only supports network mode 'awsvpc'.")
	case def.IpcMode != "":
		return unsupportedOnFargate("ipcMode")
	case def.PidMode == types.PidModeHost:
		return unsupportedOnFargate("pidMode host")
	case len(def.PlacementConstraints) > 0:
		return unsupportedOnFargate("placementConstraints")
	case len(def.InferenceAccelerators) > 0:
		return unsupportedOnFargate("inferenceAccelerators")
	case def.EphemeralStorage != nil && (def.EphemeralStorage.SizeInGiB < 21 || def.EphemeralStorage.SizeInGiB > 200):
		return clientError("Ephemeral storage size must be between 21 GiB and 200 GiB.")
	}
	return nil
}

func unsupportedOnFargate(what string) error {
	return clientError("Fargate compatible task definitions do not support %s", what)
}

func checkFargateSize(def *types.TaskDefinition) error {
	switch cpu, memory := taskUnits(def.Cpu), taskUnits(def.Memory); {
	case cpu == 0:
		return clientError("Fargate requires that 'cpu' be defined at the task level.")
	case memory == 0:
		return clientError("Fargate requires that 'memory' be defined at the task level.")
	case !fargateHas(cpu, memory), windows(def) && (cpu < 1024 || cpu > 4096):
		return clientError("No Fargate configuration exists for given values: %d CPU, %d memory. See the Amazon ECS documentation for the valid values.", cpu, memory)
	}
	return nil
}

func windows(def *types.TaskDefinition) bool {
	return def.RuntimePlatform != nil && strings.HasPrefix(string(def.RuntimePlatform.OperatingSystemFamily), "WINDOWS")
}

func checkFargateVolumes(def *types.TaskDefinition) error {
	for _, v := range def.Volumes {
		if v.Host != nil && v.Host.SourcePath != nil {
			return unsupportedOnFargate("sourcePath")
		}
		if v.DockerVolumeConfiguration != nil {
			return unsupportedOnFargate("dockerVolumeConfiguration")
		}
		if v.FsxWindowsFileServerVolumeConfiguration != nil {
			return unsupportedOnFargate("fsxWindowsFileServerVolumeConfiguration")
		}
	}
	return nil
}

func checkFargateContainer(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	if err := checkFargateLogging(def, c); err != nil {
		return err
	}
	switch {
	case def.ExecutionRoleArn == nil && inECR(value(c.Image)):
		return clientError("Fargate requires task definition to have execution role ARN to support ECR images.")
	case value(c.Privileged):
		return unsupportedOnFargate("privileged")
	case len(c.Links) > 0:
		return unsupportedOnFargate("links")
	case len(c.DockerSecurityOptions) > 0:
		return unsupportedOnFargate("dockerSecurityOptions")
	case len(c.ResourceRequirements) > 0:
		return clientError("Tasks using the Fargate launch type do not support GPU resource requirements.")
	case value(c.StopTimeout) > 120, value(c.StartTimeout) > 120:
		return clientError("Fargate compatible task definitions support startTimeout and stopTimeout up to 120 seconds")
	}
	return checkFargateLinux(c.LinuxParameters)
}

func checkFargateLogging(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	if c.LogConfiguration == nil {
		return nil
	}
	supported := []types.LogDriver{types.LogDriverAwslogs, types.LogDriverSplunk, types.LogDriverAwsfirelens}
	switch driver := c.LogConfiguration.LogDriver; {
	case !slices.Contains(supported, driver):
		return clientError("Fargate compatible task definitions support only the log drivers awslogs, splunk and awsfirelens, not %s", driver)
	case driver != types.LogDriverAwslogs:
		return nil
	case def.ExecutionRoleArn == nil:
		return clientError("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
	case c.LogConfiguration.Options["awslogs-stream-prefix"] == "":
		return clientError("Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.")
	}
	return nil
}

func checkFargateLinux(p *types.LinuxParameters) error {
	switch {
	case p == nil:
		return nil
	case len(p.Devices) > 0:
		return unsupportedOnFargate("devices")
	case p.SharedMemorySize != nil:
		return unsupportedOnFargate("sharedMemorySize")
	case p.MaxSwap != nil, p.Swappiness != nil:
		return unsupportedOnFargate("maxSwap and swappiness")
	case p.Capabilities != nil && slices.ContainsFunc(p.Capabilities.Add, func(s string) bool { return s != "SYS_PTRACE" }):
		return clientError("Fargate compatible task definitions support adding only the capability SYS_PTRACE")
	}
	return nil
}
