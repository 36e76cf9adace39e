package ecs

import (
	"strconv"
	"strings"
	"testing"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// refusal is one change that makes a registration wrong.
type refusal struct {
	name   string
	change func(in *ecs.RegisterTaskDefinitionInput)
	code   string
	// message is a part of AWS's.
	message string
}

const (
	client  = "ClientException"
	invalid = "InvalidParameterException"
)

// app is the first container.
func app(in *ecs.RegisterTaskDefinitionInput) *types.ContainerDefinition {
	return &in.ContainerDefinitions[0]
}

// addContainer adds a second container.
func addContainer(in *ecs.RegisterTaskDefinitionInput, name string) *types.ContainerDefinition {
	in.ContainerDefinitions = append(in.ContainerDefinitions,
		types.ContainerDefinition{Name: new(name), Image: new("other:1"), Memory: new(int32(64)), Essential: new(false)})
	return &in.ContainerDefinitions[len(in.ContainerDefinitions)-1]
}

func dependOn(c *types.ContainerDefinition, name string, condition types.ContainerCondition) {
	c.DependsOn = append(c.DependsOn, types.ContainerDependency{ContainerName: new(name), Condition: condition})
}

func setPorts(ports ...types.PortMapping) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { app(in).PortMappings = ports }
}

func setSize(cpu, memory string) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { in.Cpu, in.Memory = new(cpu), new(memory) }
}

func setLogs(driver types.LogDriver, options map[string]string) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) {
		app(in).LogConfiguration = &types.LogConfiguration{LogDriver: driver, Options: options}
	}
}

func setVolumes(volumes ...types.Volume) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) { in.Volumes = volumes }
}

func setSecret(name, from string) func(*ecs.RegisterTaskDefinitionInput) {
	return func(in *ecs.RegisterTaskDefinitionInput) {
		in.ExecutionRoleArn = new("arn:aws:iam::012345678901:role/execution")
		app(in).Secrets = []types.Secret{{Name: new(name), ValueFrom: new(from)}}
	}
}

// onEC2 are changes that make the smallest EC2 registration wrong.
func onEC2() []refusal {
	return []refusal{
		{"no family", func(in *ecs.RegisterTaskDefinitionInput) { in.Family = nil }, client, "Family should not be null or empty."},
		{"family with a blank", func(in *ecs.RegisterTaskDefinitionInput) { in.Family = new("a b") }, client, "Family contains invalid characters."},
		{"family with !", func(in *ecs.RegisterTaskDefinitionInput) { in.Family = new("a!") }, client, "Family contains invalid characters."},
		{"family with a dot", func(in *ecs.RegisterTaskDefinitionInput) { in.Family = new("a.b") }, client, "Family contains invalid characters."},
		{"family too long", func(in *ecs.RegisterTaskDefinitionInput) { in.Family = new(strings.Repeat("a", 256)) }, client, "longer than 255"},
		{"no containers", func(in *ecs.RegisterTaskDefinitionInput) { in.ContainerDefinitions = nil }, client, "Container list cannot be empty."},
		{"too many containers", func(in *ecs.RegisterTaskDefinitionInput) {
			for i := range 10 {
				addContainer(in, "c"+strconv.Itoa(i))
			}
		}, client, "Too many containers."},
		{"no image", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Image = nil }, client, "Container.image should not be null or empty."},
		{"image with a blank", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Image = new("app: 1") }, client, "Container.image contains invalid characters."},
		{"image with a short digest", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Image = new("app@sha256:12") }, client, "Container.image contains invalid characters."},
		{"image too long", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Image = new(strings.Repeat("a", 256)) }, client, "longer than 255"},
		{"no name", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Name = nil }, client, "Container.name should not be null or empty."},
		{"name with a blank", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Name = new("a b") }, client, "Container.name contains invalid characters."},
		{"one name twice", func(in *ecs.RegisterTaskDefinitionInput) { addContainer(in, "app") }, client, "Container names must be unique within a Task Definition."},
		{"none essential", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Essential = new(false) }, client, "Task definition doesn't have any essential container."},
		{"no memory", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Memory = nil }, client, "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified."},
		{"memory too small", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Memory = new(int32(3)) }, client, "must be at least 4"},
		{"memory below its reservation", func(in *ecs.RegisterTaskDefinitionInput) { app(in).MemoryReservation = new(int32(129)) }, client, "'memory' must be greater than or equal to 'memoryReservation'."},
		{"memory above the task's", func(in *ecs.RegisterTaskDefinitionInput) { in.Memory = new("127") }, client, "The 'memory' setting for container 'app' is greater than for the task."},
		{"memory in sum above the task's", func(in *ecs.RegisterTaskDefinitionInput) {
			in.Memory = new("128")
			addContainer(in, "b")
		}, client, "The sum of all container 'memory' values"},
		{"cpu in sum above the task's", func(in *ecs.RegisterTaskDefinitionInput) {
			in.Cpu = new("128")
			app(in).Cpu = 129
		}, client, "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."},
		{"negative cpu", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Cpu = -1 }, client, "'cpu' must not be negative"},
		{"cpu in words", func(in *ecs.RegisterTaskDefinitionInput) { in.Cpu = new("much") }, client, "Invalid 'cpu' setting for task."},
		{"cpu too small", func(in *ecs.RegisterTaskDefinitionInput) { in.Cpu = new("127") }, client, "Invalid 'cpu' setting for task."},
		{"cpu too large", func(in *ecs.RegisterTaskDefinitionInput) { in.Cpu = new("193 vCPU") }, client, "Invalid 'cpu' setting for task."},
		{"memory in words", func(in *ecs.RegisterTaskDefinitionInput) { in.Memory = new("1 TB") }, client, "Invalid 'memory' setting for task."},
		{"unknown network mode", func(in *ecs.RegisterTaskDefinitionInput) { in.NetworkMode = "vpc" }, invalid, "Invalid value 'vpc' for networkMode."},
		{"unknown IPC mode", func(in *ecs.RegisterTaskDefinitionInput) { in.IpcMode = "all" }, invalid, "Invalid value 'all' for ipcMode."},
		{"unknown PID mode", func(in *ecs.RegisterTaskDefinitionInput) { in.PidMode = "all" }, invalid, "Invalid value 'all' for pidMode."},
		{"unknown launch type", func(in *ecs.RegisterTaskDefinitionInput) {
			in.RequiresCompatibilities = []types.Compatibility{"LAMBDA"}
		}, invalid, "Invalid value 'LAMBDA' for requiresCompatibilities."},
		{"unknown log driver", setLogs("cloud", nil), invalid, "Invalid value 'cloud' for logDriver."},
		{"no log driver", setLogs("", nil), client, "Log driver should not be null or empty."},
		{"awslogs without group", setLogs(types.LogDriverAwslogs, map[string]string{"awslogs-region": "us-west-2"}), client, "Log driver awslogs requires options: awslogs-group"},
		{"awslogs without options", setLogs(types.LogDriverAwslogs, nil), client, "Log driver awslogs requires options: awslogs-region, awslogs-group"},
		{"awslogs with a foreign option", setLogs(types.LogDriverAwslogs, map[string]string{"awslogs-region": "r", "awslogs-group": "g", "log_key": "k"}), client, "Log driver awslogs disallows options: log_key"},
		{"firelens driver without router", setLogs(types.LogDriverAwsfirelens, nil), client, "has to be configured with a firelensConfiguration object"},
		{"firelens router without user", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).FirelensConfiguration = &types.FirelensConfiguration{Type: types.FirelensConfigurationTypeFluentbit}
		}, client, "at least one container has to be configured with the awsfirelens log driver"},
		{"dependency on nothing known", func(in *ecs.RegisterTaskDefinitionInput) { dependOn(app(in), "b", types.ContainerConditionStart) }, client, "Cannot depend on container + 'b' because it does not exist"},
		{"dependency on itself", func(in *ecs.RegisterTaskDefinitionInput) {
			dependOn(app(in), "app", types.ContainerConditionStart)
		}, client, "Container dependencies should not have a cycle"},
		{"dependency in a ring", func(in *ecs.RegisterTaskDefinitionInput) {
			dependOn(addContainer(in, "b"), "app", types.ContainerConditionStart)
			dependOn(app(in), "b", types.ContainerConditionStart)
		}, client, "Container dependencies should not have a cycle"},
		{"success of an essential container", func(in *ecs.RegisterTaskDefinitionInput) {
			dependOn(addContainer(in, "b"), "app", types.ContainerConditionSuccess)
		}, client, "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"},
		{"health of a container without check", func(in *ecs.RegisterTaskDefinitionInput) {
			dependOn(addContainer(in, "b"), "app", types.ContainerConditionHealthy)
		}, client, "must have health check configured"},
		{"unknown condition", func(in *ecs.RegisterTaskDefinitionInput) { dependOn(addContainer(in, "b"), "app", "READY") }, invalid, "Invalid value 'READY' for dependsOn condition."},
		{"no condition", func(in *ecs.RegisterTaskDefinitionInput) { dependOn(addContainer(in, "b"), "app", "") }, client, "condition should not be null"},
		{"volumes from nothing known", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).VolumesFrom = []types.VolumeFrom{{SourceContainer: new("b")}}
		}, client, "Invalid 'volumesFrom' setting. Unknown container: 'b'."},
		{"link to nothing known", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Links = []string{"b:x"} }, client, "Invalid 'links' setting. Unknown container: 'b'."},
		{"links in a ring", func(in *ecs.RegisterTaskDefinitionInput) {
			addContainer(in, "b").Links = []string{"app"}
			app(in).Links = []string{"b"}
		}, client, "Container links should not have a cycle"},
		{"link without bridge", func(in *ecs.RegisterTaskDefinitionInput) {
			in.NetworkMode = types.NetworkModeHost
			addContainer(in, "b")
			app(in).Links = []string{"b"}
		}, client, "Links are not supported when networkMode=host."},
		{"mount of an unknown volume", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).MountPoints = []types.MountPoint{{SourceVolume: new("data"), ContainerPath: new("/data")}}
		}, client, "Unknown volume 'data'."},
		{"mount of no volume", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).MountPoints = []types.MountPoint{{ContainerPath: new("/data")}}
		}, client, "Unknown volume 'null'."},
		{"volume without name", setVolumes(types.Volume{}), client, "Volume.name should not be null or empty."},
		{"volume twice", setVolumes(types.Volume{Name: new("a")}, types.Volume{Name: new("a")}), client, "Volume names must be unique, 'a' is not."},
		{"volume of two kinds", setVolumes(types.Volume{Name: new("a"), Host: &types.HostVolumeProperties{SourcePath: new("/a")},
			DockerVolumeConfiguration: &types.DockerVolumeConfiguration{}}), client, "more than one configuration"},
		{"blank host path", setVolumes(types.Volume{Name: new("a"), Host: &types.HostVolumeProperties{SourcePath: new("")}}), client, "host.sourcePath should not be blank."},
		{"two volumes at launch", setVolumes(types.Volume{Name: new("a"), ConfiguredAtLaunch: new(true)},
			types.Volume{Name: new("b"), ConfiguredAtLaunch: new(true)}), client, "Only one volume"},
		{"EFS without file system", setVolumes(types.Volume{Name: new("a"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{}}), client, "fileSystemId should not be null"},
		{"EFS access point in clear", setVolumes(types.Volume{Name: new("a"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
			FileSystemId: new("fs-1"), AuthorizationConfig: &types.EFSAuthorizationConfig{AccessPointId: new("fsap-1")}}}), client, "EFS access points require TransitEncryption to be enabled."},
		{"EFS access point below the root", setVolumes(types.Volume{Name: new("a"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
			FileSystemId: new("fs-1"), RootDirectory: new("/x"), TransitEncryption: types.EFSTransitEncryptionEnabled,
			AuthorizationConfig: &types.EFSAuthorizationConfig{AccessPointId: new("fsap-1")}}}), client, "the root directory must either be set to \"/\" or be omitted."},
		{"secret without execution role", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).Secrets = []types.Secret{{Name: new("A"), ValueFrom: new("/a")}}
		}, client, "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."},
		{"registry credentials without execution role", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).RepositoryCredentials = &types.RepositoryCredentials{CredentialsParameter: new("arn")}
		}, client, "Private repository authentication requires that the task definition specify a value for executionRoleArn."},
		{"secret without source", setSecret("A", ""), client, "Secret name and valueFrom should not be null or empty."},
		{"secret of another service", setSecret("A", "arn:aws:s3:::bucket/a"), client, "Invalid arn syntax."},
		{"secret with half an ARN", setSecret("A", "arn:aws:secretsmanager:us-west-2"), client, "Invalid arn syntax."},
		{"name in environment and secrets", func(in *ecs.RegisterTaskDefinitionInput) {
			setSecret("A", "/a")(in)
			app(in).Environment = []types.KeyValuePair{{Name: new("A"), Value: new("1")}}
		}, client, "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'."},
		{"name twice in secrets", func(in *ecs.RegisterTaskDefinitionInput) {
			setSecret("A", "/a")(in)
			app(in).Secrets = append(app(in).Secrets, app(in).Secrets[0])
		}, client, "The secret name must be unique"},
		{"port zero", setPorts(types.PortMapping{HostPort: new(int32(80))}), client, "Invalid container port: 0"},
		{"port too high", setPorts(types.PortMapping{ContainerPort: new(int32(65536))}), client, "Invalid container port: 65536"},
		{"host port negative", setPorts(types.PortMapping{ContainerPort: new(int32(80)), HostPort: new(int32(-1))}), client, "Invalid host port: -1"},
		{"port range descending", setPorts(types.PortMapping{ContainerPortRange: new("90-80")}), client, "Invalid 'containerPortRange' setting for container 'app'."},
		{"port and range", setPorts(types.PortMapping{ContainerPortRange: new("80-90"), ContainerPort: new(int32(80))}), client, "cannot specify both single port and port range"},
		{"port name in capitals", setPorts(types.PortMapping{ContainerPort: new(int32(80)), Name: new("HTTP")}), client, "Invalid port mapping name 'HTTP'."},
		{"port name twice", setPorts(types.PortMapping{ContainerPort: new(int32(80)), Name: new("a")},
			types.PortMapping{ContainerPort: new(int32(81)), Name: new("a")}), client, "Port mapping names must be unique"},
		{"ports without network", func(in *ecs.RegisterTaskDefinitionInput) {
			in.NetworkMode = types.NetworkModeNone
			setPorts(types.PortMapping{ContainerPort: new(int32(80))})(in)
		}, client, "Port mappings are not supported when networkMode=none."},
		{"other host port in host mode", func(in *ecs.RegisterTaskDefinitionInput) {
			in.NetworkMode = types.NetworkModeHost
			setPorts(types.PortMapping{ContainerPort: new(int32(80)), HostPort: new(int32(81))})(in)
		}, client, "When networkMode=host, the host ports and container ports in port mappings must match."},
		{"health check without CMD", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).HealthCheck = &types.HealthCheck{Command: []string{"curl"}}
		}, client, "command must start with CMD"},
		{"health check too often", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).HealthCheck = &types.HealthCheck{Command: []string{"CMD", "true"}, Interval: new(int32(4))}
		}, client, "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'"},
		{"restart too soon", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).RestartPolicy = &types.ContainerRestartPolicy{Enabled: new(true), RestartAttemptPeriod: new(int32(59))}
		}, client, "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800."},
		{"environment file of another ending", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).EnvironmentFiles = []types.EnvironmentFile{{Type: types.EnvironmentFileTypeS3, Value: new("arn:aws:s3:::b/a.txt")}}
		}, client, "must end in .env"},
		{"role that is no role", func(in *ecs.RegisterTaskDefinitionInput) { in.TaskRoleArn = new("arn:aws:iam::012345678901:user/a") }, client, "Role is not valid"},
		{"role of a short account", func(in *ecs.RegisterTaskDefinitionInput) { in.TaskRoleArn = new("arn:aws:iam::12345:role/a") }, client, "Role is not valid"},
		{"role with a blank", func(in *ecs.RegisterTaskDefinitionInput) { in.ExecutionRoleArn = new("my role") }, client, "Role is not valid"},
		{"too many tags", func(in *ecs.RegisterTaskDefinitionInput) {
			for i := range 51 {
				in.Tags = append(in.Tags, types.Tag{Key: new(strconv.Itoa(i))})
			}
		}, invalid, "The number of tags exceeds the limit of 50."},
		{"tag of AWS's", func(in *ecs.RegisterTaskDefinitionInput) { in.Tags = []types.Tag{{Key: new("AWS:x")}} }, invalid, "reserved for AWS"},
		{"tag twice", func(in *ecs.RegisterTaskDefinitionInput) { in.Tags = []types.Tag{{Key: new("a")}, {Key: new("a")}} }, invalid, "Tag keys must be unique"},
		{"tag without key", func(in *ecs.RegisterTaskDefinitionInput) { in.Tags = []types.Tag{{}} }, invalid, "between 1 and 128"},
		{"tag with a long value", func(in *ecs.RegisterTaskDefinitionInput) {
			in.Tags = []types.Tag{{Key: new("a"), Value: new(strings.Repeat("ä", 257))}}
		}, invalid, "more than 256"},
		{"more than 64 KiB", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).Environment = []types.KeyValuePair{{Name: new("A"), Value: new(strings.Repeat("<", 64*1024))}}
		}, client, "Max allowed length is '65536' bytes."},
		{"EXTERNAL with awsvpc", func(in *ecs.RegisterTaskDefinitionInput) {
			in.NetworkMode, in.RequiresCompatibilities = types.NetworkModeAwsvpc, []types.Compatibility{types.CompatibilityExternal}
		}, client, "EXTERNAL compatible task definitions do not support network mode 'awsvpc'."},
		{"managed instances with bridge", func(in *ecs.RegisterTaskDefinitionInput) {
			in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityManagedInstances}
		}, client, "MANAGED_INSTANCES compatible"},
	}
}

// onFargate are changes that make the smallest Fargate registration wrong.
func onFargate() []refusal {
	linux := func(p types.LinuxParameters) func(*ecs.RegisterTaskDefinitionInput) {
		return func(in *ecs.RegisterTaskDefinitionInput) { app(in).LinuxParameters = &p }
	}
	awslogs := map[string]string{"awslogs-region": "us-west-2", "awslogs-group": "g"}
	return []refusal{
		{"no cpu", func(in *ecs.RegisterTaskDefinitionInput) { in.Cpu = nil }, client, "Fargate requires that 'cpu' be defined at the task level."},
		{"no memory", func(in *ecs.RegisterTaskDefinitionInput) { in.Memory = nil; app(in).Memory = new(int32(64)) }, client, "Fargate requires that 'memory' be defined at the task level."},
		{"a pair that Fargate has not", setSize("256", "9999"), client, "No Fargate configuration exists for given values: 256 CPU, 9999 memory. See the Amazon ECS documentation for the valid values."},
		{"bridge", func(in *ecs.RegisterTaskDefinitionInput) { in.NetworkMode = types.NetworkModeBridge }, client, "Fargate only supports network mode ‘awsvpc’."},
		{"no network mode", func(in *ecs.RegisterTaskDefinitionInput) { in.NetworkMode = "" }, client, "Fargate only supports network mode ‘awsvpc’."},
		{"secrets without execution role", func(in *ecs.RegisterTaskDefinitionInput) {
			setSecret("A", "/a")(in)
			in.ExecutionRoleArn = nil
		}, client, "you must also specify a value for 'executionRoleArn'"},
		{"ECR without execution role", func(in *ecs.RegisterTaskDefinitionInput) {
			in.ExecutionRoleArn, app(in).Image = nil, new("012345678901.dkr.ecr.us-west-2.amazonaws.com/app:1")
		}, client, "Fargate requires task definition to have execution role ARN to support ECR images."},
		{"awslogs without execution role", func(in *ecs.RegisterTaskDefinitionInput) {
			setLogs(types.LogDriverAwslogs, awslogs)(in)
			in.ExecutionRoleArn = nil
		}, client, "Fargate requires task definition to have execution role ARN to support log driver awslogs."},
		{"awslogs without prefix", setLogs(types.LogDriverAwslogs, awslogs), client, "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs."},
		{"log driver of EC2", setLogs(types.LogDriverSyslog, nil), client, "syslog is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]"},
		{"host port that differs", setPorts(types.PortMapping{ContainerPort: new(int32(80)), HostPort: new(int32(81))}), client, "When networkMode=awsvpc, the host ports and container ports in port mappings must match."},
		{"host name", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Hostname = new("a") }, client, "Hostname is not supported on container when networkMode=awsvpc."},
		{"extra hosts", func(in *ecs.RegisterTaskDefinitionInput) { app(in).ExtraHosts = []types.HostEntry{{}} }, client, "Extra hosts are not supported when networkMode=awsvpc."},
		{"host volume", setVolumes(types.Volume{Name: new("a"), Host: &types.HostVolumeProperties{SourcePath: new("/a")}}), client, "Fargate compatible task definitions do not support sourcePath"},
		{"docker volume", setVolumes(types.Volume{Name: new("a"), DockerVolumeConfiguration: &types.DockerVolumeConfiguration{}}), client, "dockerVolumeConfiguration"},
		{"FSx volume", setVolumes(types.Volume{Name: new("a"), FsxWindowsFileServerVolumeConfiguration: &types.FSxWindowsFileServerVolumeConfiguration{
			FileSystemId: new("fs-1"), RootDirectory: new("/"), AuthorizationConfig: &types.FSxWindowsFileServerAuthorizationConfig{
				CredentialsParameter: new("arn:aws:ssm:us-west-2:012345678901:parameter/fsx"), Domain: new("example.com"),
			}}}), client, "fsxWindowsFileServerVolumeConfiguration"},
		{"privileged", func(in *ecs.RegisterTaskDefinitionInput) { app(in).Privileged = new(true) }, client, "Fargate requires that the 'privileged' setting be 'false'."},
		{"security options", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).DockerSecurityOptions = []string{"no-new-privileges"}
		}, client, "do not support dockerSecurityOptions"},
		{"GPU", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: new("1")}}
		}, client, "do not support GPU"},
		{"stop timeout", func(in *ecs.RegisterTaskDefinitionInput) { app(in).StopTimeout = new(int32(121)) }, client, "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds."},
		{"devices", linux(types.LinuxParameters{Devices: []types.Device{{HostPath: new("/dev/a")}}}), client, "do not support devices"},
		{"shared memory", linux(types.LinuxParameters{SharedMemorySize: new(int32(1))}), client, "do not support sharedMemorySize"},
		{"swap", linux(types.LinuxParameters{MaxSwap: new(int32(1))}), client, "do not support maxSwap"},
		{"capability", linux(types.LinuxParameters{Capabilities: &types.KernelCapabilities{Add: []string{"NET_ADMIN"}}}), client, "NET_ADMIN is not allowed on Fargate."},
		{"IPC mode", func(in *ecs.RegisterTaskDefinitionInput) { in.IpcMode = types.IpcModeTask }, client, "do not support ipcMode"},
		{"PID of the host", func(in *ecs.RegisterTaskDefinitionInput) { in.PidMode = types.PidModeHost }, client, "do not support pidMode 'host'. The supported value for pidMode is 'task'."},
		{"placement constraints", func(in *ecs.RegisterTaskDefinitionInput) {
			in.PlacementConstraints = []types.TaskDefinitionPlacementConstraint{{Type: types.TaskDefinitionPlacementConstraintTypeMemberOf, Expression: new("true")}}
		}, client, "Fargate compatible task definitions do not support constraints"},
		{"little ephemeral storage", func(in *ecs.RegisterTaskDefinitionInput) {
			in.EphemeralStorage = &types.EphemeralStorage{SizeInGiB: 20}
		}, client, "EphemeralStorage size should be at least 21"},
		{"Windows below one vCPU", func(in *ecs.RegisterTaskDefinitionInput) {
			in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core}
		}, client, "No Fargate configuration exists"},
	}
}

// TestRefused registers each wrong definition, and sees that nothing was kept.
func TestRefused(t *testing.T) {
	for base, set := range map[string]struct {
		valid    func(string) *ecs.RegisterTaskDefinitionInput
		refusals []refusal
	}{
		"ec2": {minimal, onEC2()}, "kernel": {minimal, onKernel()},
		"fargate": {fargate, onFargate()}, "network": {fargate, onNetwork()},
	} {
		for _, r := range set.refusals {
			t.Run(base+"/"+r.name, func(t *testing.T) {
				b := newBackend()
				in := set.valid("web")
				register(t, b, in)
				r.change(in)
				_, err := b.RegisterTaskDefinition(in)
				failure := awserr.From(err)
				if err == nil || failure.Code != r.code || !strings.Contains(failure.Message, r.message) {
					t.Fatalf("got %v, want %s: …%s…", err, r.code, r.message)
				}
				if last := b.state.Families["web"].Last; last != 1 || len(b.state.Families) != 1 {
					t.Errorf("a refused registration was kept: %d families, last revision %d", len(b.state.Families), last)
				}
			})
		}
	}
}

// TestFargateSizes tries every pair near the table's edges.
func TestFargateSizes(t *testing.T) {
	for _, c := range []struct {
		cpu     int
		has, no []int
	}{
		{256, []int{512, 1024, 2048}, []int{256, 1536, 3072}},
		{512, []int{1024, 2048, 4096}, []int{512, 1536, 5120}},
		{1024, []int{2048, 5120, 8192}, []int{1024, 2560, 9216}},
		{2048, []int{4096, 16384}, []int{3072, 17408}},
		{4096, []int{8192, 30720}, []int{7168, 31744}},
		{8192, []int{16384, 20480, 61440}, []int{12288, 17408, 65536}},
		{16384, []int{32768, 40960, 122880}, []int{24576, 36864, 131072}},
		{128, nil, []int{512}},
		{768, nil, []int{2048}},
		{32768, nil, []int{61440}},
	} {
		for _, memory := range c.has {
			if !fargateHas(c.cpu, memory) {
				t.Errorf("%d/%d should be a Fargate size", c.cpu, memory)
			}
		}
		for _, memory := range c.no {
			if fargateHas(c.cpu, memory) {
				t.Errorf("%d/%d should be no Fargate size", c.cpu, memory)
			}
		}
	}
}
