package report

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/spec"
)

// appliedPath is the field of our own mark of what was applied last.
var appliedPath = "/tags/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(spec.TagApplied)

// appliedAlone is what a change of that mark means when nothing else changes.
const appliedAlone = "the spec no longer names something that was managed before, or names it anew"

// shown are an entry's fields as people read them.
func shown(e plan.Entry) (fields []plan.Field, only string) { return readable(e.Fields) }

// readable leaves out our mark, which changes with every other field, and
// writes paths as they are read. Where the mark is all that changes, only tells
// so and there are no fields.
func readable(of []plan.Field) (fields []plan.Field, only string) {
	for _, f := range of {
		if f.Path != appliedPath {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 && len(of) > 0 {
		return nil, appliedAlone
	}
	paths := make([]string, len(fields))
	for i, f := range fields {
		paths[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(f.Path)
	}
	for i := range fields {
		others := slices.Concat(paths[:i], paths[i+1:])
		if !slices.Contains(others, paths[i]) {
			fields[i].Path = paths[i]
		}
	}
	return fields, ""
}
