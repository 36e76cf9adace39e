package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxSwappiness is the highest swappiness there is, from LinuxParameters'
// reference.
const maxSwappiness = 100

// checkLinux checks what a container asks of the Linux kernel.
func checkLinux(def *types.TaskDefinition, c *types.ContainerDefinition) error {
	return firstError(
		func() error { return checkUlimits(c.Ulimits) },
		func() error { return checkSystemControls(def, c.SystemControls) },
		func() error { return checkLinuxParameters(c.LinuxParameters) },
	)
}

// unlimited is how a ulimit says that there is none.
const unlimited = -1

func checkUlimits(limits []types.Ulimit) error {
	seen := map[types.UlimitName]bool{}
	for _, u := range limits {
		if err := oneOf("ulimits name", u.Name); err != nil {
			return err
		}
		switch {
		case u.HardLimit != unlimited && (u.SoftLimit > u.HardLimit || u.SoftLimit == unlimited):
			return clientError("Soft limit exceeds hard limit for ulimit %s", u.Name)
		case seen[u.Name]:
			return clientError("Ulimit %s is given more than once.", u.Name)
		}
		seen[u.Name] = true
	}
	return nil
}

// ipcControls are the kernel parameters of the IPC namespace, besides those
// under fs.mqueue. Source: SystemControl's reference.
func ipcControls() []string {
	return []string{
		"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
		"kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
	}
}

func checkSystemControls(def *types.TaskDefinition, controls []types.SystemControl) error {
	for _, control := range controls {
		name := value(control.Namespace)
		network := strings.HasPrefix(name, "net.")
		ipc := strings.HasPrefix(name, "fs.mqueue.") || slices.Contains(ipcControls(), name)
		switch {
		case !network && !ipc:
			return clientError("Invalid systemControls namespace '%s'.", name)
		case value(control.Value) == "":
			return clientError("The value of systemControls namespace '%s' should not be null or empty.", name)
		case network && def.NetworkMode == types.NetworkModeHost:
			return clientError("Network systemControls are not supported when networkMode=host.")
		case ipc && def.IpcMode == types.IpcModeHost:
			return clientError("IPC systemControls are not supported when ipcMode=host.")
		}
	}
	return nil
}

func checkLinuxParameters(p *types.LinuxParameters) error {
	if p == nil {
		return nil
	}
	switch {
	case value(p.MaxSwap) < 0:
		return clientError("Invalid maxSwap: %d is negative.", *p.MaxSwap)
	case value(p.Swappiness) < 0, value(p.Swappiness) > maxSwappiness:
		return clientError("Invalid swappiness: %d is not between 0 and %d.", *p.Swappiness, maxSwappiness)
	case p.SharedMemorySize != nil && *p.SharedMemorySize < 1:
		return clientError("Invalid sharedMemorySize: %d is not positive.", *p.SharedMemorySize)
	}
	return firstError(
		func() error { return checkDevices(p.Devices) },
		func() error { return checkTmpfs(p.Tmpfs) },
	)
}

func checkDevices(devices []types.Device) error {
	for _, d := range devices {
		if value(d.HostPath) == "" {
			return clientError("The hostPath of a device should not be null or empty.")
		}
		for _, permission := range d.Permissions {
			if err := oneOf("devices permissions", permission); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkTmpfs(mounts []types.Tmpfs) error {
	for _, m := range mounts {
		switch {
		case value(m.ContainerPath) == "":
			return clientError("The containerPath of a tmpfs mount should not be null or empty.")
		case m.Size < 1:
			return clientError("Invalid tmpfs size: %d is not positive.", m.Size)
		}
	}
	return nil
}
