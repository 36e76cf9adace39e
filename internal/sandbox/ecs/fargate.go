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
		return clientError("Fargate only supports network mode ‘awsvpc’.")
	case def.IpcMode != "":
		return unsupportedOnFargate("ipcMode")
	case def.PidMode == types.PidModeHost:
		return clientError("Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.")
	case def.PidMode != "" && windows(def):
		return clientError("Windows tasks do not support pidMode.")
	case len(def.PlacementConstraints) > 0:
		return unsupportedOnFargate("constraints")
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
	case !fargateHas(cpu, memory), windows(def) && (cpu < 1024 || cpu > 4096 || def.RuntimePlatform.CpuArchitecture == types.CPUArchitectureArm64):
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

// maxFargateTimeout is the most seconds of a start or stop timeout.
const maxFargateTimeout = 120

func checkFargateContainer(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	if err := checkFargateLogging(def, c); err != nil {
		return err
	}
	switch {
	case def.ExecutionRoleArn == nil && inECR(value(c.Image)):
		return clientError("Fargate requires task definition to have execution role ARN to support ECR images.")
	case value(c.Privileged):
		return clientError("Fargate requires that the 'privileged' setting be 'false'.")
	case len(c.DockerSecurityOptions) > 0:
		return unsupportedOnFargate("dockerSecurityOptions")
	case len(c.ResourceRequirements) > 0:
		return clientError("Tasks using the Fargate launch type do not support GPU resource requirements.")
	case value(c.StopTimeout) > maxFargateTimeout:
		return clientError("Tasks using the Fargate launch type must have a container stop timeout of less than %d seconds.", maxFargateTimeout)
	case value(c.StartTimeout) > maxFargateTimeout:
		return clientError("Tasks using the Fargate launch type must have a container start timeout of less than %d seconds.", maxFargateTimeout)
	case c.FirelensConfiguration != nil && c.FirelensConfiguration.Options["config-file-type"] == "s3":
		return clientError("Fargate supports only the firelens config-file-type 'file'.")
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
		return clientError("%s is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]", driver)
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
	case p.MaxSwap != nil:
		return unsupportedOnFargate("maxSwap")
	case p.Swappiness != nil:
		return unsupportedOnFargate("swappiness")
	case p.Capabilities == nil:
		return nil
	}
	for _, capability := range p.Capabilities.Add {
		if capability != "SYS_PTRACE" {
			return clientError("%s is not allowed on Fargate.", capability)
		}
	}
	return nil
}
