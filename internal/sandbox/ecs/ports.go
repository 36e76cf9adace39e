package ecs

import (
	"cmp"
	"strconv"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxPort           = 65535
	maxPortNameLength = 64
)

// checkPorts checks a container's port mappings by themselves. The protocol is
// not checked: ECS takes any other than udp for tcp, and the model allows no
// other.
func checkPorts(mode types.NetworkMode, c *types.ContainerDefinition) error {
	if mode == types.NetworkModeNone && len(c.PortMappings) > 0 {
		return clientError("Port mappings are not supported when networkMode=none.")
	}
	names := map[string]bool{}
	for _, p := range c.PortMappings {
		if err := checkPort(mode, c, p); err != nil {
			return err
		}
		if name := value(p.Name); name != "" && mode != types.NetworkModeAwsvpc {
			if names[name] {
				return clientError("Port mapping names must be unique, '%s' is not.", name)
			}
			names[name] = true
		}
	}
	return nil
}

func checkPort(mode types.NetworkMode, c *types.ContainerDefinition, p types.PortMapping) error {
	if p.ContainerPortRange != nil {
		return checkPortRange(mode, c, p)
	}
	if err := firstError(
		func() error { return checkPortName(value(p.Name)) },
		func() error { return oneOf("appProtocol", p.AppProtocol) },
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

func checkPortRange(mode types.NetworkMode, c *types.ContainerDefinition, p types.PortMapping) error {
	_, _, ok := portRange(*p.ContainerPortRange)
	switch {
	case p.ContainerPort != nil, p.HostPort != nil:
		return clientError("Invalid 'portMappings' setting for container '%s': cannot specify both single port and port range", *c.Name)
	case !ok:
		return clientError("Invalid 'containerPortRange' setting for container '%s'.", *c.Name)
	case mode == types.NetworkModeHost:
		return clientError("Port ranges are not supported when networkMode=host.")
	}
	return checkPortName(value(p.Name))
}

// within refuses a number outside its bounds. Nothing at all passes.
func within(what string, n *int32, low, high int32) error {
	if n == nil || *n >= low && *n <= high {
		return nil
	}
	return clientError("Invalid %s: %d is not between %d and %d.", what, *n, low, high)
}

// span is a run of ports of one protocol.
type span struct {
	protocol  string
	low, high int
}

// checkSharedPorts checks what the containers of a task share: in awsvpc and
// host mode their ports and, in awsvpc, the names of them; in bridge mode the
// fixed ports of the host.
func checkSharedPorts(def *types.TaskDefinition) error {
	var taken []span
	names := map[string]bool{}
	for _, c := range def.ContainerDefinitions {
		for _, p := range c.PortMappings {
			s, occupies := occupied(def.NetworkMode, p)
			if occupies {
				if err := checkFree(def.NetworkMode, taken, s); err != nil {
					return err
				}
				taken = append(taken, s)
			}
			if name := value(p.Name); name != "" && def.NetworkMode == types.NetworkModeAwsvpc {
				if names[name] {
					return clientError("When networkMode=awsvpc, port mapping name is already used")
				}
				names[name] = true
			}
		}
	}
	return nil
}

// occupied is which ports a mapping takes for itself, if it takes any.
func occupied(mode types.NetworkMode, p types.PortMapping) (span, bool) {
	protocol := strings.ToUpper(string(cmp.Or(p.Protocol, types.TransportProtocolTcp)))
	shared := mode == types.NetworkModeAwsvpc || mode == types.NetworkModeHost
	switch {
	case p.ContainerPortRange != nil:
		low, high, _ := portRange(*p.ContainerPortRange)
		return span{protocol, low, high}, shared
	case shared:
		return span{protocol, int(value(p.ContainerPort)), int(value(p.ContainerPort))}, true
	default:
		return span{protocol, int(value(p.HostPort)), int(value(p.HostPort))}, value(p.HostPort) != 0
	}
}

func checkFree(mode types.NetworkMode, taken []span, s span) error {
	for _, t := range taken {
		if t.protocol != s.protocol || t.low > s.high || s.low > t.high {
			continue
		}
		if mode != types.NetworkModeAwsvpc && mode != types.NetworkModeHost {
			return clientError("%s host port '%d' is used multiple times in task.", s.protocol, s.low)
		}
		return clientError("%s container port '%d' is used multiple times in task when networkMode=%s.", s.protocol, max(t.low, s.low), mode)
	}
	return nil
}

func checkPortName(name string) error {
	if len(name) > maxPortNameLength || strings.HasPrefix(name, "-") || !madeOf(name, awsenv.Lower+awsenv.Digits+"_-") {
		return clientError("Invalid port mapping name '%s'.", name)
	}
	return nil
}

// portRange reads first-last, ascending, within all ports.
func portRange(s string) (low, high int, ok bool) {
	first, last, cut := strings.Cut(s, "-")
	from, errFrom := strconv.ParseUint(first, 10, 16)
	to, errTo := strconv.ParseUint(last, 10, 16)
	return int(from), int(to), cut && errFrom == nil && errTo == nil && from >= 1 && from < to
}
