package ecs

import (
	"math"
	"strconv"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Bounds of task-level sizes outside Fargate, from RegisterTaskDefinition's
// reference: 0.125 to 192 vCPU. Docker reserves 4 MiB for a container.
const (
	minTaskCPU         = 128
	maxTaskCPU         = 196608
	minContainerMemory = 4
)

// unitsPerWhole is CPU units in a vCPU and MiB in a GB.
const unitsPerWhole = 1024

const troubleshooting = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."

// normaliseSizes turns task-level sizes into numbers: "1 vCPU" into "1024" and
// "0.5GB" into "512".
func normaliseSizes(def *types.TaskDefinition) error {
	if def.Cpu != nil {
		cpu, ok := parseSize(*def.Cpu, "vcpu")
		if !ok || cpu < minTaskCPU || cpu > maxTaskCPU {
			return clientError("Invalid 'cpu' setting for task. %s", troubleshooting)
		}
		def.Cpu = new(strconv.Itoa(cpu))
	}
	if def.Memory != nil {
		memory, ok := parseSize(*def.Memory, "gb")
		if !ok || memory < minContainerMemory {
			return clientError("Invalid 'memory' setting for task. %s", troubleshooting)
		}
		def.Memory = new(strconv.Itoa(memory))
	}
	return nil
}

// parseSize reads a whole number of small units, or a decimal number of the
// large unit in any case, with or without a blank between.
func parseSize(s, unit string) (int, bool) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 32); err == nil {
		return int(n), n > 0
	}
	number, hasUnit := strings.CutSuffix(strings.ToLower(s), unit)
	number = strings.TrimSpace(number)
	if !hasUnit || !decimal(number) {
		return 0, false
	}
	whole, err := strconv.ParseFloat(number, 64)
	units := whole * unitsPerWhole
	if err != nil || units != math.Trunc(units) || units < 1 || units > math.MaxInt32 {
		return 0, false
	}
	return int(units), true
}

// decimal says whether s is digits with at most one point: no sign, no exponent.
func decimal(s string) bool {
	return strings.Trim(s, awsenv.Digits+".") == "" && strings.Count(s, ".") <= 1 && strings.ContainsAny(s, awsenv.Digits)
}

// taskUnits reads a normalised size; zero where there is none.
func taskUnits(s *string) int {
	n, err := strconv.Atoi(value(s))
	if err != nil {
		return 0
	}
	return n
}
