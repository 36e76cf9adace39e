package terraform

import (
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// task makes a task of a task definition. Its containers say already how they
// get their secrets, so nothing is injected and nothing is granted beyond the
// policies in the state.
func (c *conversion) task(r resource) {
	if c.elsewhere(r) {
		return
	}
	doc, ok := c.definition(r)
	if !ok {
		return
	}
	t := manifest.Task{APIVersion: manifest.APIVersion, Kind: manifest.KindTask, Metadata: manifest.Metadata{Name: r.text("family")}}
	t.Spec = manifest.TaskSpec{Environments: []string{c.options.Environment}, Inject: spec.InjectNone,
		RoleARN: r.text("task_role_arn"), EnvLocations: c.envLocations(doc)}
	if t.Spec.RoleARN != "" {
		t.Spec.Role = c.role(r, t.Spec.RoleARN)
	}
	if arn := r.text("execution_role_arn"); arn != "" && arn != t.Spec.RoleARN {
		t.Spec.ExecutionRole = c.role(r, arn)
	}
	t.Spec.TaskDefinition = c.veiled(r, doc)
	c.tasks = append(c.tasks, t)
}

// envLocations declares the secrets that a task definition names, sorted by
// their names.
func (c *conversion) envLocations(doc spec.Document) []manifest.EnvLocation {
	reader := spec.Deployment{Tasks: []spec.Task{{TaskDefinition: doc, EnvLocations: wrapperReads(doc)}}}
	found := c.of("aws_secretsmanager_secret")
	slices.SortFunc(found, func(a, b resource) int { return strings.Compare(a.text("name"), b.text("name")) })
	var out []manifest.EnvLocation
	for _, r := range found {
		if reader.RefersToSecret(r.text("name")) && !c.elsewhere(r) {
			out = append(out, c.envLocation(r))
		}
	}
	return out
}

// wrapperReads are the locations that containers give proc_wrapper.
func wrapperReads(doc spec.Document) []spec.EnvLocation {
	var out []spec.EnvLocation
	for _, item := range list(doc["containerDefinitions"]) {
		for _, entry := range list(object(item)["environment"]) {
			if name := object(entry)["name"]; name != "PROC_WRAPPER_ENV_LOCATIONS" && name != "PROC_WRAPPER_CONFIG_LOCATIONS" {
				continue
			}
			text, _ := object(entry)["value"].(string)
			for _, location := range regexp.MustCompile(`[,;]`).Split(text, -1) {
				out = append(out, spec.EnvLocation{Location: strings.TrimSpace(location)})
			}
		}
	}
	return out
}
