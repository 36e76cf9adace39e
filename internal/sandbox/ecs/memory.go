package ecs

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// checkContainerSizes compares what containers reserve with what the task has.
func checkContainerSizes(def *types.TaskDefinition) error {
	taskCPU, taskMemory := taskUnits(def.Cpu), taskUnits(def.Memory)
	cpu, memory := 0, 0
	for i := range def.ContainerDefinitions {
		c := &def.ContainerDefinitions[i]
		if err := checkContainerMemory(c, taskMemory); err != nil {
			return err
		}
		cpu += int(c.Cpu)
		memory += reservedMemory(c)
	}
	switch {
	case taskCPU > 0 && cpu > taskCPU:
		return clientError("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.")
	case taskMemory > 0 && memory > taskMemory:
		return clientError("The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.")
	}
	return nil
}

// reservedMemory is what a container takes of its task, in MiB: the
// reservation, else the hard limit.
func reservedMemory(c *types.ContainerDefinition) int {
	if c.MemoryReservation != nil {
		return int(*c.MemoryReservation)
	}
	return int(value(c.Memory))
}

func checkContainerMemory(c *types.ContainerDefinition, taskMemory int) error {
	switch {
	case c.Cpu < 0:
		return clientError("Invalid setting for container '%s'. 'cpu' must not be negative.", *c.Name)
	case c.Memory == nil && c.MemoryReservation == nil && taskMemory == 0:
		return clientError("Invalid setting for container '%s'. At least one of 'memory' or 'memoryReservation' must be specified.", *c.Name)
	case c.Memory != nil && *c.Memory < minContainerMemory, c.MemoryReservation != nil && *c.MemoryReservation < minContainerMemory:
		return clientError("Invalid setting for container '%s'. 'memory' must be at least %d.", *c.Name, minContainerMemory)
	case c.Memory != nil && value(c.MemoryReservation) > *c.Memory:
		return clientError("Invalid setting for container '%s'. 'memory' must be greater than or equal to 'memoryReservation'.", *c.Name)
	case taskMemory > 0 && int(value(c.Memory)) > taskMemory:
		return clientError("The 'memory' setting for container '%s' is greater than for the task.", *c.Name)
	}
	return nil
}
