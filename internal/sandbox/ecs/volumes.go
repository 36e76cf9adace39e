package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkVolumes checks the task's volumes by themselves.
func checkVolumes(def *types.TaskDefinition) error {
	seen := map[string]bool{}
	atLaunch := 0
	for _, v := range def.Volumes {
		if err := checkVolume(def, v); err != nil {
			return err
		}
		if seen[*v.Name] {
			return clientError("Volume names must be unique, '%s' is not.", *v.Name)
		}
		seen[*v.Name] = true
		if value(v.ConfiguredAtLaunch) {
			atLaunch++
		}
	}
	if atLaunch > 1 {
		return clientError("Only one volume can be configured at launch.")
	}
	return checkMounted(def)
}

func checkVolume(def *types.TaskDefinition, v types.Volume) error {
	kinds := 0
	for _, set := range []bool{
		v.Host != nil && v.Host.SourcePath != nil, v.DockerVolumeConfiguration != nil, v.EfsVolumeConfiguration != nil,
		v.FsxWindowsFileServerVolumeConfiguration != nil, v.S3filesVolumeConfiguration != nil, value(v.ConfiguredAtLaunch),
	} {
		if set {
			kinds++
		}
	}
	if kinds > 1 {
		return clientError("Volume '%s' has more than one configuration.", value(v.Name))
	}
	return firstError(
		func() error { return checkName("Volume.name", value(v.Name)) },
		func() error { return checkHost(v.Host) },
		func() error { return checkDocker(v.DockerVolumeConfiguration) },
		func() error { return checkEFS(v.EfsVolumeConfiguration) },
		func() error { return checkFSx(v.FsxWindowsFileServerVolumeConfiguration) },
		func() error { return checkS3Files(def, v.S3filesVolumeConfiguration) },
	)
}

// checkMounted insists that a container mounts what is configured at launch;
// other volumes may lie idle.
func checkMounted(def *types.TaskDefinition) error {
	for _, v := range def.Volumes {
		mounted := slices.ContainsFunc(def.ContainerDefinitions, func(c types.ContainerDefinition) bool {
			return slices.ContainsFunc(c.MountPoints, func(m types.MountPoint) bool { return value(m.SourceVolume) == *v.Name })
		})
		if value(v.ConfiguredAtLaunch) && !mounted {
			return clientError("Volumes [%s] are not referenced by any of the containers", *v.Name)
		}
	}
	return nil
}

func checkDocker(d *types.DockerVolumeConfiguration) error {
	if d == nil {
		return nil
	}
	if d.Autoprovision != nil && d.Scope != types.ScopeShared {
		return clientError("Docker volume autoprovision is supported only with scope shared.")
	}
	return oneOf("dockerVolumeConfiguration scope", d.Scope)
}

func checkFSx(f *types.FSxWindowsFileServerVolumeConfiguration) error {
	switch {
	case f == nil:
		return nil
	case value(f.FileSystemId) == "", value(f.RootDirectory) == "":
		return clientError("FSx fileSystemId and rootDirectory should not be null or empty.")
	case f.AuthorizationConfig == nil, value(f.AuthorizationConfig.Domain) == "":
		return clientError("FSx authorizationConfig should name a domain.")
	}
	parts := strings.SplitN(value(f.AuthorizationConfig.CredentialsParameter), ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "secretsmanager" && parts[2] != "ssm" {
		return invalidARN()
	}
	return nil
}

// checkS3Files applies what S3FilesVolumeConfiguration's reference says of the
// task's role and of access points.
func checkS3Files(def *types.TaskDefinition, s *types.S3FilesVolumeConfiguration) error {
	switch {
	case s == nil:
		return nil
	case !strings.HasPrefix(value(s.FileSystemArn), "arn:"), s.AccessPointArn != nil && !strings.HasPrefix(*s.AccessPointArn, "arn:"):
		return invalidARN()
	case def.TaskRoleArn == nil:
		return clientError("S3 Files volumes require that the task definition specify a value for taskRoleArn.")
	case s.AccessPointArn != nil && !atRoot(s.RootDirectory):
		return clientError("When using an S3 Files access point, the root directory must either be set to \"/\" or be omitted.")
	}
	return checkTransitPort(s.TransitEncryptionPort)
}

func atRoot(directory *string) bool { return value(directory) == "" || *directory == "/" }

func checkTransitPort(port *int32) error {
	if port != nil && (*port < 1 || *port > maxPort) {
		return clientError("Invalid transitEncryptionPort: %d is not between 1 and %d.", *port, maxPort)
	}
	return nil
}

func checkHost(h *types.HostVolumeProperties) error {
	if h != nil && h.SourcePath != nil && *h.SourcePath == "" {
		return clientError("host.sourcePath should not be blank.")
	}
	return nil
}

// checkEFS applies what EFSVolumeConfiguration's reference says of access
// points and IAM.
func checkEFS(e *types.EFSVolumeConfiguration) error {
	if e == nil {
		return nil
	}
	if value(e.FileSystemId) == "" {
		return clientError("EFS fileSystemId should not be null or empty.")
	}
	if err := checkEFSAccess(e); err != nil {
		return err
	}
	return firstError(
		func() error { return oneOf("transitEncryption", e.TransitEncryption) },
		func() error { return checkTransitPort(e.TransitEncryptionPort) },
	)
}

func checkEFSAccess(e *types.EFSVolumeConfiguration) error {
	auth, encrypted := e.AuthorizationConfig, e.TransitEncryption == types.EFSTransitEncryptionEnabled
	if auth == nil {
		auth = &types.EFSAuthorizationConfig{}
	}
	switch {
	case e.TransitEncryptionPort != nil && !encrypted:
		return clientError("TransitEncryptionPort requires that TransitEncryption is enabled.")
	case auth.Iam == types.EFSAuthorizationConfigIAMEnabled && !encrypted:
		return clientError("EFS IAM authorization requires TransitEncryption to be enabled.")
	case auth.AccessPointId != nil && !encrypted:
		return clientError("EFS access points require TransitEncryption to be enabled.")
	case auth.AccessPointId != nil && !atRoot(e.RootDirectory):
		return clientError("When using an EFS access point, the root directory must either be set to \"/\" or be omitted.")
	}
	return oneOf("authorizationConfig iam", auth.Iam)
}

// checkMounts checks that each mount names a volume of the task.
func checkMounts(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	for _, m := range c.MountPoints {
		known := slices.ContainsFunc(def.Volumes, func(v types.Volume) bool {
			return m.SourceVolume != nil && value(v.Name) == *m.SourceVolume
		})
		if !known {
			return clientError("Unknown volume '%s'.", orNull(m.SourceVolume))
		}
		if value(m.ContainerPath) == "" {
			return clientError("The containerPath of a mount point should not be null or empty.")
		}
	}
	return nil
}

// orNull shows an absent name as ECS's own messages do.
func orNull(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}
