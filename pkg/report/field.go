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

// shown are an entry's fields as people read them: without our mark, which
// changes with every other, and with paths that read as they are written.
// Where the mark is all that changes, only tells so and there are no fields.
func shown(e plan.Entry) (fields []plan.Field, only string) {
	for _, f := range e.Fields {
		if f.Path != appliedPath {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 && len(e.Fields) > 0 {
		return nil, appliedAlone
	}
	readable := make([]string, len(fields))
	for i, f := range fields {
		readable[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(f.Path)
	}
	for i := range fields {
		others := slices.Concat(readable[:i], readable[i+1:])
		if !slices.Contains(others, readable[i]) {
			fields[i].Path = readable[i]
		}
	}
	return fields, ""
}
