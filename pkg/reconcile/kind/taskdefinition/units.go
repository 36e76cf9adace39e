package taskdefinition

import (
	"math"
	"strconv"
	"strings"
)

// unitsPerWhole is CPU units in a vCPU, and MiB in a GB, as ECS counts them.
const unitsPerWhole = 1024

// cpuUnits turns "0.25 vCPU" into "256". Other text stays as it is.
func cpuUnits(size string) string { return small(size, "vcpu") }

// mebibytes turns "0.5 GB" into "512". Other text stays as it is.
func mebibytes(size string) string { return small(size, "gb") }

// small rewrites a size in the large unit as one in the small unit, which ECS
// does when a revision is registered.
func small(size, unit string) string {
	size = strings.TrimSpace(size)
	number, found := strings.CutSuffix(strings.ToLower(size), unit)
	if !found {
		return size
	}
	whole, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	units := whole * unitsPerWhole
	if err != nil || units != math.Trunc(units) || units < 1 || units > math.MaxInt32 {
		return size
	}
	return strconv.Itoa(int(units))
}
