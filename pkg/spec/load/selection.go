package load

import (
	"fmt"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// selection is what TASK_NAMES names, a list with commas; nil for everything,
// which is also what ALL means.
func (l *loader) selection(p *source.Project) ([]string, error) {
	given, _ := l.Env("TASK_NAMES")
	if given = strings.TrimSpace(given); given == "" || strings.EqualFold(given, "ALL") {
		return nil, nil
	}
	known := slices.Clone(p.Undeployed)
	for _, t := range p.Tasks {
		known = append(known, t.Doc.Metadata.Name)
	}
	names := []string{}
	var problems spec.Errors
	for name := range strings.SplitSeq(given, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(known, name) {
			problems = append(problems, &spec.Error{At: spec.Position{File: "TASK_NAMES"}, Message: fmt.Sprintf("there is no task %q", name), Hint: suggestion(name, known)})
		}
		names = append(names, name)
	}
	return names, problems.OrNil()
}
