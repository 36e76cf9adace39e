package taskcheck

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

func (c *checker) containers() {
	containers := c.def.ContainerDefinitions
	switch {
	case len(containers) == 0:
		c.report("/containerDefinitions", "define a container with a name and an image", "there is no container")
		return
	case len(containers) > maxContainers:
		c.report("/containerDefinitions", "", "there are %d containers, and ECS takes %d", len(containers), maxContainers)
	}
	essential := false
	seen := map[string]bool{}
	for i, container := range containers {
		essential = essential || container.Essential == nil || *container.Essential
		c.containerName(i, value(container.Name), seen)
		c.container(i, container)
	}
	if !essential {
		c.report("/containerDefinitions", "leave essential out of one of them", "no container is essential")
	}
}

func (c *checker) containerName(i int, name string, seen map[string]bool) {
	path := pointer("containerDefinitions", i, "name")
	switch {
	case name == "":
		c.report(path, nameHint, "the container has no name")
	case !isName(name):
		c.report(path, nameHint, "%q cannot be the name of a container", name)
	case seen[name]:
		c.report(path, "name each container once", "there are two containers %q", name)
	}
	seen[name] = true
}

func (c *checker) container(i int, container types.ContainerDefinition) {
	at := func(tokens ...any) string { return pointer(append([]any{"containerDefinitions", i}, tokens...)...) }
	if value(container.Image) == "" {
		c.report(at("image"), "", "the container has no image")
	}
	c.memory(at, container)
	c.ports(at, container)
	c.references(at, container)
	c.variables(at, container)
}

type place = func(tokens ...any) string

// memory is needed somewhere: at the task, or at each container.
func (c *checker) memory(at place, container types.ContainerDefinition) {
	limit, reservation := value(container.Memory), value(container.MemoryReservation)
	switch {
	case !c.fargate && value(c.def.Memory) == "" && limit == 0 && reservation == 0:
		c.report(at("memory"), "give the container memory or memoryReservation, or the task memory", "nothing says how much memory the container gets")
	case limit != 0 && reservation > limit:
		c.report(at("memoryReservation"), "", "memoryReservation %d is more than memory %d", reservation, limit)
	}
}

func (c *checker) ports(at place, container types.ContainerDefinition) {
	if c.def.NetworkMode != types.NetworkModeAwsvpc {
		return
	}
	for i, port := range container.PortMappings {
		if host := value(port.HostPort); host != 0 && port.ContainerPort != nil && host != *port.ContainerPort {
			c.report(at("portMappings", i, "hostPort"), "leave hostPort out", "in the network mode awsvpc the host port is the container port")
		}
	}
}

// references checks the names of other containers and of volumes.
func (c *checker) references(at place, container types.ContainerDefinition) {
	for i, d := range container.DependsOn {
		switch name := value(d.ContainerName); {
		case name == value(container.Name):
			c.report(at("dependsOn", i, "containerName"), "", "the container depends on itself")
		case !c.hasContainer(name):
			c.report(at("dependsOn", i, "containerName"), "name one of containerDefinitions", "there is no container %q", name)
		}
	}
	for i, v := range container.VolumesFrom {
		if name := value(v.SourceContainer); !c.hasContainer(name) {
			c.report(at("volumesFrom", i, "sourceContainer"), "name one of containerDefinitions", "there is no container %q", name)
		}
	}
	for i, m := range container.MountPoints {
		if name := value(m.SourceVolume); !c.hasVolume(name) {
			c.report(at("mountPoints", i, "sourceVolume"), "name one of volumes", "there is no volume %q", name)
		}
	}
}

func (c *checker) hasContainer(name string) bool {
	for _, container := range c.def.ContainerDefinitions {
		if value(container.Name) == name {
			return true
		}
	}
	return false
}

func (c *checker) hasVolume(name string) bool {
	for _, v := range c.def.Volumes {
		if value(v.Name) == name {
			return true
		}
	}
	return false
}

// variables checks the secrets: each variable has one source.
func (c *checker) variables(at place, container types.ContainerDefinition) {
	seen := map[string]string{}
	for _, v := range container.Environment {
		seen[value(v.Name)] = "environment"
	}
	for i, s := range container.Secrets {
		name := value(s.Name)
		if where := seen[name]; where != "" {
			c.report(at("secrets", i, "name"), "keep one of them", "the variable %q is in %s already", name, where)
		}
		seen[name] = "secrets"
	}
}
