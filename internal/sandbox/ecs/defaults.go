package ecs

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// Defaults of a container's health check, from HealthCheck's reference.
const (
	healthCheckInterval = 30
	healthCheckTimeout  = 5
	healthCheckRetries  = 3
)

// fillDefaults writes what DescribeTaskDefinition shows for members that the
// request left out.
func fillDefaults(def *types.TaskDefinition) {
	if def.NetworkMode == "" && !windows(def) {
		def.NetworkMode = types.NetworkModeBridge
	}
	if def.EnableFaultInjection == nil {
		def.EnableFaultInjection = new(false)
	}
	def.Volumes = emptyNotNil(def.Volumes)
	for i := range def.Volumes {
		fillVolume(&def.Volumes[i])
	}
	def.PlacementConstraints = emptyNotNil(def.PlacementConstraints)
	for i := range def.ContainerDefinitions {
		fillContainer(&def.ContainerDefinitions[i], def.NetworkMode)
	}
}

// fillVolume makes a volume that says nothing else one of the host's.
func fillVolume(v *types.Volume) {
	if v.Host == nil && v.DockerVolumeConfiguration == nil && v.EfsVolumeConfiguration == nil &&
		v.FsxWindowsFileServerVolumeConfiguration == nil && v.S3filesVolumeConfiguration == nil && !value(v.ConfiguredAtLaunch) {
		v.Host = &types.HostVolumeProperties{}
	}
}

// fillContainer does the same for one container. Its cpu needs no filling: the
// SDK's type has zero where none was given. A log configuration's secretOptions
// stay unsaid where they are: Terraform's provider takes an empty list for a
// change, and plans none for the common task that only names a log group.
func fillContainer(c *types.ContainerDefinition, mode types.NetworkMode) {
	if c.Essential == nil {
		c.Essential = new(true)
	}
	c.Environment = emptyNotNil(c.Environment)
	c.MountPoints = emptyNotNil(c.MountPoints)
	c.VolumesFrom = emptyNotNil(c.VolumesFrom)
	c.PortMappings = emptyNotNil(c.PortMappings)
	c.SystemControls = emptyNotNil(c.SystemControls)
	for i := range c.PortMappings {
		fillPort(&c.PortMappings[i], mode)
	}
	if c.HealthCheck != nil {
		fillHealthCheck(c.HealthCheck)
	}
}

func fillPort(p *types.PortMapping, mode types.NetworkMode) {
	if p.Protocol == "" {
		p.Protocol = types.TransportProtocolTcp
	}
	if p.HostPort != nil || p.ContainerPort == nil {
		return
	}
	p.HostPort = new(int32(0))
	if mode == types.NetworkModeAwsvpc || mode == types.NetworkModeHost {
		*p.HostPort = *p.ContainerPort
	}
}

func fillHealthCheck(h *types.HealthCheck) {
	if h.Interval == nil {
		h.Interval = new(int32(healthCheckInterval))
	}
	if h.Timeout == nil {
		h.Timeout = new(int32(healthCheckTimeout))
	}
	if h.Retries == nil {
		h.Retries = new(int32(healthCheckRetries))
	}
}

func emptyNotNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
