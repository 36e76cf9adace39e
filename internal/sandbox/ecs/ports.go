package ecs

import (
	"strconv"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxPort           = 65535
	maxPortNameLength = 64
)

// checkPorts checks a container's port mappings. The protocol is not checked:
// ECS takes any other than udp for tcp, and the model allows no other.
func checkPorts(mode types.NetworkMode, ports []types.PortMapping) error {
	if mode == types.NetworkModeNone && len(ports) > 0 {
		return clientError("Port mappings are not supported when networkMode=none.")
	}
	names := map[string]bool{}
	for _, p := range ports {
		if err := checkPort(mode, p); err != nil {
			return err
		}
		if name := value(p.Name); name != "" {
			if names[name] {
				return clientError("Port mapping names must be unique, '%s' is not.", name)
			}
			names[name] = true
		}
	}
	return nil
}

func checkPort(mode types.NetworkMode, p types.PortMapping) error {
	if p.ContainerPortRange != nil {
		if p.ContainerPort != nil || p.HostPort != nil || !isPortRange(*p.ContainerPortRange) {
			return clientError("Invalid containerPortRange '%s'.", *p.ContainerPortRange)
		}
		return checkPortName(value(p.Name))
	}
	if err := firstError(
		func() error { return checkPortName(value(p.Name)) },
		func() error { return within("container port", new(value(p.ContainerPort)), 1, maxPort) },
		func() error { return within("host port", p.HostPort, 0, maxPort) },
	); err != nil {
		return err
	}
	fixed := mode == types.NetworkModeAwsvpc || mode == types.NetworkModeHost
	if fixed && value(p.HostPort) != 0 && *p.HostPort != *p.ContainerPort {
		return clientError("When networkMode=%s, the host ports and container ports in port mappings must match.", mode)
	}
	return nil
}

func checkPortName(name string) error {
	if len(name) > maxPortNameLength || strings.HasPrefix(name, "-") || !madeOf(name, awsenv.Lower+awsenv.Digits+"_-") {
		return clientError("Invalid port mapping name '%s'.", name)
	}
	return nil
}

// isPortRange says whether s is first-last, ascending, within all ports.
func isPortRange(s string) bool {
	first, last, ok := strings.Cut(s, "-")
	low, errLow := strconv.ParseUint(first, 10, 16)
	high, errHigh := strconv.ParseUint(last, 10, 16)
	return ok && errLow == nil && errHigh == nil && low >= 1 && low < high
}
