package taskdefinition

import (
	"maps"
	"slices"
	"strconv"

	"ecs-reconciler/pkg/reconcile/resource"
)

// creation lists what a reviewer wants to know of a family's first revision:
// its size, its roles and what its containers run. The rest is what the spec
// says as well, and Digest covers it.
func creation(d Desired) []resource.FieldChange {
	containers := list(d.canonical["containerDefinitions"])
	c := &comparison{desired: d, changes: make([]resource.FieldChange, 0, likelyFields(containers))}
	for _, member := range []string{"cpu", "memory", "executionRoleArn", "taskRoleArn"} {
		c.made("/"+member, d.canonical[member])
	}
	for i, item := range containers {
		path := "/containerDefinitions/" + strconv.Itoa(i)
		container := object(item)
		c.made(path+"/image", container["image"])
		c.made(path+"/command", container["command"])
		c.madePairs(path+"/environment", object(container["environment"]))
		c.madePairs(path+"/secrets", object(container["secrets"]))
	}
	return c.changes
}

// The fields of every family, and of every container beside its pairs.
const (
	familyFields    = 4
	containerFields = 2
)

// likelyFields is how many fields creation lists at most.
func likelyFields(containers []any) int {
	n := familyFields + containerFields*len(containers)
	for _, item := range containers {
		container := object(item)
		n += len(object(container["environment"])) + len(object(container["secrets"]))
	}
	return n
}

// made notes a value that will be there.
func (c *comparison) made(path string, want any) {
	if want != nil {
		c.report(path, want, nil)
	}
}

func (c *comparison) madePairs(path string, want map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		c.made(path+"/"+escape(name), want[name])
	}
}
