package taskcheck

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fargateSize is one cpu size of Fargate, in CPU units, with the memory it can
// have, in MiB: from least to most, in steps; a step of 0 doubles.
type fargateSize struct{ cpu, least, most, step int }

// fargateSizes is the table of RegisterTaskDefinition's reference.
func fargateSizes() []fargateSize {
	return []fargateSize{
		{256, 512, 2048, 0},
		{512, 1024, 4096, 1024},
		{1024, 2048, 8192, 1024},
		{2048, 4096, 16384, 1024},
		{4096, 8192, 30720, 1024},
		{8192, 16384, 61440, 4096},
		{16384, 32768, 122880, 8192},
	}
}

func (s fargateSize) takes(memory int) bool {
	if memory < s.least || memory > s.most {
		return false
	}
	if s.step == 0 {
		return memory&(memory-1) == 0
	}
	return (memory-s.least)%s.step == 0
}

func (s fargateSize) memories() string {
	if s.step == 0 {
		return "512, 1024 or 2048"
	}
	return fmt.Sprintf("%d to %d in steps of %d", s.least, s.most, s.step)
}

func (c *checker) fargateSize() {
	cpu, cpuOK := c.sizeOf("/cpu", c.def.Cpu, "vcpu")
	memory, memoryOK := c.sizeOf("/memory", c.def.Memory, "gb")
	if !c.fargate || !cpuOK || !memoryOK {
		return
	}
	for _, s := range fargateSizes() {
		if s.cpu != cpu {
			continue
		}
		if !s.takes(memory) {
			c.report("/memory", "with this cpu it can be "+s.memories(), "Fargate has no size of cpu %d with memory %d", cpu, memory)
		}
		return
	}
	c.report("/cpu", "it can be 256, 512, 1024, 2048, 4096, 8192 or 16384", "Fargate has no size of cpu %d", cpu)
}

// sizeOf reads a task's cpu or memory: a whole number of the small unit, or a
// decimal one of the large unit.
func (c *checker) sizeOf(path string, size *string, unit string) (int, bool) {
	text := strings.TrimSpace(value(size))
	if text == "" {
		if c.fargate {
			c.report(path, "write the task's size, such as cpu: 256 and memory: 512", "Fargate needs %s", path[1:])
		}
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 32); err == nil && n > 0 {
		return int(n), true
	}
	number, large := strings.CutSuffix(strings.ToLower(text), unit)
	whole, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	units := whole * 1024
	if !large || err != nil || units != math.Trunc(units) || units < 1 || units > math.MaxInt32 {
		c.report(path, "write a whole number, or one of the large unit, such as 1 "+largeUnit(unit), "%q is not a size", text)
		return 0, false
	}
	return int(units), true
}

func largeUnit(unit string) string {
	if unit == "gb" {
		return "GB"
	}
	return "vCPU"
}

// executionRole demands the role that Fargate itself wears before a container
// starts, wherever ECS refuses a definition without one.
func (c *checker) executionRole() {
	if !c.fargate || value(c.def.ExecutionRoleArn) != "" {
		return
	}
	for _, container := range c.def.ContainerDefinitions {
		if what := executionNeeds(container); what != "" {
			c.report("/executionRoleArn", "name the role that ECS wears to prepare the task", "on Fargate, %s need an execution role", what)
			return
		}
	}
}

// executionNeeds is what of a container the execution role does; "" for nothing.
func executionNeeds(container types.ContainerDefinition) string {
	registry, _, _ := strings.Cut(value(container.Image), "/")
	logs := container.LogConfiguration
	switch {
	case len(container.Secrets) > 0:
		return "secrets"
	case logs != nil && logs.LogDriver == types.LogDriverAwslogs:
		return "logs written by awslogs"
	case strings.Contains(registry, ".dkr.ecr."):
		return "images of ECR"
	default:
		return ""
	}
}
