package ecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// onKernel are wrong wishes about the kernel, on EC2.
func onKernel() []refusal {
	ulimit := func(limits ...types.Ulimit) func(*ecs.RegisterTaskDefinitionInput) {
		return func(in *ecs.RegisterTaskDefinitionInput) { app(in).Ulimits = limits }
	}
	control := func(name, text string) func(*ecs.RegisterTaskDefinitionInput) {
		return func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).SystemControls = []types.SystemControl{{Namespace: new(name), Value: new(text)}}
		}
	}
	linux := func(p types.LinuxParameters) func(*ecs.RegisterTaskDefinitionInput) {
		return func(in *ecs.RegisterTaskDefinitionInput) { app(in).LinuxParameters = &p }
	}
	nofile := types.Ulimit{Name: types.UlimitNameNofile, SoftLimit: 1, HardLimit: 2}
	return []refusal{
		{"soft limit above the hard one", ulimit(types.Ulimit{Name: types.UlimitNameNofile, SoftLimit: 2, HardLimit: 1}), client, "Soft limit exceeds hard limit for ulimit nofile"},
		{"endless soft limit", ulimit(types.Ulimit{Name: types.UlimitNameCore, SoftLimit: -1, HardLimit: 1}), client, "Soft limit exceeds hard limit for ulimit core"},
		{"ulimit twice", ulimit(nofile, nofile), client, "more than once"},
		{"unknown ulimit", ulimit(types.Ulimit{Name: "files"}), invalid, "Invalid value 'files'"},
		{"kernel parameter without namespace", control("vm.swappiness", "1"), client, "Invalid systemControls namespace 'vm.swappiness'."},
		{"kernel parameter without value", control("net.core.somaxconn", ""), client, "should not be null or empty"},
		{"network parameter of the host", func(in *ecs.RegisterTaskDefinitionInput) {
			in.NetworkMode = types.NetworkModeHost
			control("net.core.somaxconn", "1")(in)
		}, client, "not supported when networkMode=host"},
		{"IPC parameter of the host", func(in *ecs.RegisterTaskDefinitionInput) {
			in.IpcMode = types.IpcModeHost
			control("kernel.msgmax", "1")(in)
		}, client, "not supported when ipcMode=host"},
		{"swappiness above 100", linux(types.LinuxParameters{Swappiness: new(int32(101))}), client, "Invalid swappiness"},
		{"negative swap", linux(types.LinuxParameters{MaxSwap: new(int32(-1))}), client, "Invalid maxSwap"},
		{"no shared memory", linux(types.LinuxParameters{SharedMemorySize: new(int32(0))}), client, "Invalid sharedMemorySize"},
		{"device without path", linux(types.LinuxParameters{Devices: []types.Device{{}}}), client, "hostPath"},
		{"device with another permission", linux(types.LinuxParameters{Devices: []types.Device{{
			HostPath: new("/dev/a"), Permissions: []types.DeviceCgroupPermission{"all"}}}}), invalid, "Invalid value 'all'"},
		{"tmpfs without size", linux(types.LinuxParameters{Tmpfs: []types.Tmpfs{{ContainerPath: new("/t")}}}), client, "Invalid tmpfs size"},
		{"tmpfs without path", linux(types.LinuxParameters{Tmpfs: []types.Tmpfs{{Size: 1}}}), client, "containerPath"},
		{"GPU of no number", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeGpu, Value: new("some")}}
		}, client, "must be a positive number"},
		{"elastic inference", func(in *ecs.RegisterTaskDefinitionInput) {
			in.InferenceAccelerators = []types.InferenceAccelerator{{DeviceName: new("a"), DeviceType: new("eia2.medium")}}
		}, client, "Unsupported field 'inferenceAccelerators'"},
		{"elastic inference in a container", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).ResourceRequirements = []types.ResourceRequirement{{Type: types.ResourceTypeInferenceAccelerator, Value: new("a")}}
		}, client, "Unsupported field 'inferenceAccelerators'"},
		{"ephemeral storage on EC2", func(in *ecs.RegisterTaskDefinitionInput) {
			in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityEc2}
			in.EphemeralStorage = &types.EphemeralStorage{SizeInGiB: 30}
		}, client, "Tasks using the EC2 launch type do not support EphemeralStorage."},
		{"too much ephemeral storage", func(in *ecs.RegisterTaskDefinitionInput) {
			in.EphemeralStorage = &types.EphemeralStorage{SizeInGiB: 201}
		}, client, "EphemeralStorage size should be at most 200"},
		{"unknown processor", func(in *ecs.RegisterTaskDefinitionInput) {
			in.RuntimePlatform = &types.RuntimePlatform{CpuArchitecture: "RISCV"}
		}, invalid, "Invalid value 'RISCV' for cpuArchitecture."},
		{"unknown system", func(in *ecs.RegisterTaskDefinitionInput) {
			in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: "BSD"}
		}, invalid, "Invalid value 'BSD' for operatingSystemFamily."},
		{"constraint without expression", func(in *ecs.RegisterTaskDefinitionInput) {
			in.PlacementConstraints = []types.TaskDefinitionPlacementConstraint{{Type: types.TaskDefinitionPlacementConstraintTypeMemberOf}}
		}, client, "expression should not be null"},
		{"constraint of another type", func(in *ecs.RegisterTaskDefinitionInput) {
			in.PlacementConstraints = []types.TaskDefinitionPlacementConstraint{{Type: "distinctInstance"}}
		}, invalid, "Invalid value 'distinctInstance'"},
		{"two credential specs", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).CredentialSpecs = []string{"credentialspec:arn:aws:s3:::a/b", "credentialspec:arn:aws:s3:::a/c"}
		}, client, "maximum number of credential specs"},
		{"credential spec without ARN", func(in *ecs.RegisterTaskDefinitionInput) { app(in).CredentialSpecs = []string{"file://a"} }, client, "Invalid credential spec"},
	}
}

// onNetwork are wrong wishes about the network, in awsvpc mode.
func onNetwork() []refusal {
	proxy := func(properties ...string) func(*ecs.RegisterTaskDefinitionInput) {
		return func(in *ecs.RegisterTaskDefinitionInput) {
			p := &types.ProxyConfiguration{ContainerName: new("app")}
			for _, name := range properties {
				p.Properties = append(p.Properties, types.KeyValuePair{Name: new(name), Value: new("1")})
			}
			in.ProxyConfiguration = p
		}
	}
	return []refusal{
		{"DNS servers", func(in *ecs.RegisterTaskDefinitionInput) { app(in).DnsServers = []string{"10.0.0.2"} }, client, "DNS servers are not supported on container when networkMode=awsvpc"},
		{"DNS search domains", func(in *ecs.RegisterTaskDefinitionInput) { app(in).DnsSearchDomains = []string{"a"} }, client, "DNS search domains are not supported on container when networkMode=awsvpc"},
		{"no network", func(in *ecs.RegisterTaskDefinitionInput) { app(in).DisableNetworking = new(true) }, client, "Disable Networking is not supported on container when networkMode=awsvpc"},
		{"links", func(in *ecs.RegisterTaskDefinitionInput) {
			addContainer(in, "b")
			app(in).Links = []string{"b"}
		}, client, "Links are not supported when networkMode=awsvpc."},
		{"port of two containers", func(in *ecs.RegisterTaskDefinitionInput) {
			setPorts(types.PortMapping{ContainerPort: new(int32(80))})(in)
			addContainer(in, "b").PortMappings = []types.PortMapping{{ContainerPort: new(int32(80))}}
		}, client, "TCP container port '80' is used multiple times in task when networkMode=awsvpc."},
		{"ranges that overlap", setPorts(types.PortMapping{ContainerPortRange: new("8080-8090")}, types.PortMapping{ContainerPortRange: new("8085-8095")}),
			client, "TCP container port '8085' is used multiple times in task when networkMode=awsvpc."},
		{"port name of two containers", func(in *ecs.RegisterTaskDefinitionInput) {
			setPorts(types.PortMapping{ContainerPort: new(int32(80)), Name: new("http")})(in)
			addContainer(in, "b").PortMappings = []types.PortMapping{{ContainerPort: new(int32(81)), Name: new("http")}}
		}, client, "When networkMode=awsvpc, port mapping name is already used"},
		{"proxy without container", func(in *ecs.RegisterTaskDefinitionInput) {
			in.ProxyConfiguration = &types.ProxyConfiguration{ContainerName: new("envoy")}
		}, client, "Proxy container [envoy] does not exist."},
		{"proxy without ingress", proxy("AppPorts", "IgnoredUID", "ProxyEgressPort"), client, "Ingress port not found"},
		{"proxy without egress", proxy("AppPorts", "IgnoredUID", "ProxyIngressPort"), client, "Egress port not found"},
		{"proxy without ports", proxy("IgnoredUID", "ProxyIngressPort", "ProxyEgressPort"), client, "App ports not found"},
		{"proxy without user", proxy("AppPorts", "ProxyIngressPort", "ProxyEgressPort"), client, "Ignored UID or GID not found"},
		{"proxy with another property", proxy("Ports"), client, "Invalid proxy configuration property 'Ports'."},
		{"proxy outside awsvpc", func(in *ecs.RegisterTaskDefinitionInput) {
			proxy("AppPorts")(in)
			in.NetworkMode, in.RequiresCompatibilities = types.NetworkModeBridge, nil
		}, client, "APPMESH proxy configuration is only supported in networkMode=awsvpc"},
		{"short stop timeout", func(in *ecs.RegisterTaskDefinitionInput) { app(in).StopTimeout = new(int32(1)) }, client, "Granular stop timeout on container 'app' must be at least 2 seconds."},
		{"short start timeout", func(in *ecs.RegisterTaskDefinitionInput) { app(in).StartTimeout = new(int32(1)) }, client, "Granular start timeout on container 'app' must be at least 2 seconds."},
		{"long start timeout", func(in *ecs.RegisterTaskDefinitionInput) { app(in).StartTimeout = new(int32(121)) }, client, "container start timeout"},
		{"Windows on ARM", func(in *ecs.RegisterTaskDefinitionInput) {
			setSize("1024", "2048")(in)
			in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core, CpuArchitecture: types.CPUArchitectureArm64}
		}, client, "No Fargate configuration exists for given values: 1024 CPU, 2048 memory."},
		{"Windows with a PID mode", func(in *ecs.RegisterTaskDefinitionInput) {
			setSize("1024", "2048")(in)
			in.PidMode = types.PidModeTask
			in.RuntimePlatform = &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core}
		}, client, "Windows tasks do not support pidMode."},
		{"volume at launch that nobody mounts", setVolumes(types.Volume{Name: new("v"), ConfiguredAtLaunch: new(true)}), client, "Volumes [v] are not referenced by any of the containers"},
		{"EFS port in clear", setVolumes(types.Volume{Name: new("a"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
			FileSystemId: new("fs-1"), TransitEncryptionPort: new(int32(2049))}}), client, "TransitEncryptionPort requires that TransitEncryption is enabled."},
		{"EFS IAM in clear", setVolumes(types.Volume{Name: new("a"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
			FileSystemId: new("fs-1"), AuthorizationConfig: &types.EFSAuthorizationConfig{Iam: types.EFSAuthorizationConfigIAMEnabled}}}),
			client, "EFS IAM authorization requires TransitEncryption to be enabled."},
		{"EFS port too high", setVolumes(types.Volume{Name: new("a"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{
			FileSystemId: new("fs-1"), TransitEncryption: types.EFSTransitEncryptionEnabled, TransitEncryptionPort: new(int32(65536))}}), client, "Invalid transitEncryptionPort"},
		{"S3 files without task role", setVolumes(types.Volume{Name: new("a"), S3filesVolumeConfiguration: &types.S3FilesVolumeConfiguration{
			FileSystemArn: new("arn:aws:s3files:us-west-2:012345678901:file-system/fs-1")}}), client, "taskRoleArn"},
		{"mount without path", func(in *ecs.RegisterTaskDefinitionInput) {
			setVolumes(types.Volume{Name: new("a")})(in)
			app(in).MountPoints = []types.MountPoint{{SourceVolume: new("a")}}
		}, client, "containerPath of a mount point"},
		{"eleven environment files", func(in *ecs.RegisterTaskDefinitionInput) {
			for range 11 {
				app(in).EnvironmentFiles = append(app(in).EnvironmentFiles, types.EnvironmentFile{Type: types.EnvironmentFileTypeS3, Value: new("arn:aws:s3:::b/a.env")})
			}
		}, client, "The maximum number of environment files was exceeded. Specify ten or less and try again."},
		{"environment file without ARN", func(in *ecs.RegisterTaskDefinitionInput) {
			app(in).EnvironmentFiles = []types.EnvironmentFile{{Type: types.EnvironmentFileTypeS3, Value: new("s3://b/a.env")}}
		}, client, "Invalid arn syntax."},
		{"secret of too many fields", setSecret("A", "arn:aws:secretsmanager:us-west-2:012345678901:secret:a:b:c:d:e"), client, "Invalid arn syntax."},
		{"parameter without name", setSecret("A", "arn:aws:ssm:us-west-2:012345678901:parameter/"), client, "Invalid arn syntax."},
		{"router with another option", func(in *ecs.RegisterTaskDefinitionInput) {
			setLogs(types.LogDriverAwsfirelens, nil)(in)
			addContainer(in, "b").FirelensConfiguration = &types.FirelensConfiguration{Type: types.FirelensConfigurationTypeFluentbit, Options: map[string]string{"a": "b"}}
		}, client, "Invalid firelensConfiguration option 'a'."},
		{"router with a file in S3", func(in *ecs.RegisterTaskDefinitionInput) {
			setLogs(types.LogDriverAwsfirelens, nil)(in)
			addContainer(in, "b").FirelensConfiguration = &types.FirelensConfiguration{Type: types.FirelensConfigurationTypeFluentbit,
				Options: map[string]string{"config-file-type": "s3", "config-file-value": "arn:aws:s3:::b/c.conf"}}
		}, client, "config-file-type 'file'"},
		{"option from a secret without execution role", func(in *ecs.RegisterTaskDefinitionInput) {
			setLogs(types.LogDriverSplunk, nil)(in)
			app(in).LogConfiguration.SecretOptions = []types.Secret{{Name: new("splunk-token"), ValueFrom: new("/token")}}
			in.ExecutionRoleArn = nil
		}, client, "you must also specify a value for 'executionRoleArn'"},
	}
}
