package ecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkVolumes checks the task's volumes by themselves.
func checkVolumes(def *types.TaskDefinition) error {
	seen := map[string]bool{}
	atLaunch := 0
	for _, v := range def.Volumes {
		if err := checkVolume(v); err != nil {
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
	return nil
}

func checkVolume(v types.Volume) error {
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
		func() error { return checkEFS(v.EfsVolumeConfiguration) },
	)
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
	auth := e.AuthorizationConfig
	if auth == nil {
		return nil
	}
	switch protected := auth.Iam == types.EFSAuthorizationConfigIAMEnabled || auth.AccessPointId != nil; {
	case protected && e.TransitEncryption != types.EFSTransitEncryptionEnabled:
		return clientError("EFS transit encryption must be enabled when IAM authorization or an access point is used.")
	case auth.AccessPointId != nil && !slices.Contains([]string{"", "/"}, value(e.RootDirectory)):
		return clientError("EFS rootDirectory must be omitted or '/' when an access point is used.")
	}
	return nil
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
