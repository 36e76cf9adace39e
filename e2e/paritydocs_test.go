package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

// recorded lists the tasks with a file in a folder of the recording.
func (c parityCase) recorded(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.dir, "expected", folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, file := range files {
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = true
	}
	return out
}

// direct tells whether the deployer makes schedules and services itself: no
// case is recorded with both ways.
func (c parityCase) direct(t *testing.T) bool {
	t.Helper()
	return len(c.recorded(t, "cloudreactor")) == 0
}

// checkSchedules compares schedules with the rules and targets of EventBridge.
func (c parityCase) checkSchedules(t *testing.T, d *spec.Deployment) {
	t.Helper()
	recorded := c.recorded(t, "events")
	for _, task := range d.Tasks {
		if task.Schedule == nil {
			if recorded[task.Name] {
				t.Errorf("%s has no schedule", task.Name)
			}
			continue
		}
		var want struct {
			PutRule    struct{ Name, ScheduleExpression string }
			PutTargets struct{ Targets []target }
		}
		if c.expected(t, "events/"+task.Name+".json", &want) {
			wanted := want.PutTargets.Targets[0].document()
			wanted["name"], wanted["expression"] = want.PutRule.Name, want.PutRule.ScheduleExpression
			c.compare(t, task.Name, wanted, generic(t, task.Schedule))
		} else if c.direct(t) {
			t.Errorf("the deployer schedules no %s", task.Name)
		}
	}
}

// target is one of EventBridge, as far as it is recorded.
type target struct {
	Arn, RoleArn  string
	EcsParameters struct {
		LaunchType, PlatformVersion, TaskDefinitionArn string
		TaskCount                                      int
		NetworkConfiguration                           struct {
			AwsvpcConfiguration map[string]any `json:"awsvpcConfiguration"`
		}
	}
}

// document is the target in the form of a schedule.
func (t target) document() map[string]any {
	vpc := map[string]any{}
	for key, value := range t.EcsParameters.NetworkConfiguration.AwsvpcConfiguration {
		vpc[strings.ToLower(key[:1])+key[1:]] = value
	}
	_, family, _ := strings.Cut(t.EcsParameters.TaskDefinitionArn, "/")
	family, _, _ = strings.Cut(family, ":")
	out := map[string]any{"cluster": t.Arn, "roleArn": t.RoleArn, "launchType": t.EcsParameters.LaunchType, "count": float64(t.EcsParameters.TaskCount),
		"taskDefinition": family, "networkConfiguration": map[string]any{"awsvpcConfiguration": vpc}}
	if version := t.EcsParameters.PlatformVersion; version != "" {
		out["platformVersion"] = version
	}
	return out
}

// checkServices compares services with the requests to make them.
func (c parityCase) checkServices(t *testing.T, d *spec.Deployment) {
	t.Helper()
	if !c.direct(t) {
		return
	}
	recorded := c.recorded(t, "services")
	for _, task := range d.Tasks {
		switch {
		case task.Service == nil && recorded[task.Name]:
			t.Errorf("%s has no service", task.Name)
		case task.Service != nil && !recorded[task.Name]:
			c.differs(t, task.Name, "/", absent, "a service")
		case task.Service != nil:
			var want struct{ CreateService map[string]any }
			c.expected(t, "services/"+task.Name+".json", &want)
			c.compare(t, task.Name, want.CreateService, generic(t, task.Service))
		}
	}
}

// post is what CloudReactor is sent, as far as AWS's documents hold the same.
type post struct {
	Schedule      string
	Count         float64                          `json:"scheduled_instance_count"`
	IsService     bool                             `json:"is_service"`
	Instances     *float64                         `json:"service_instance_count"`
	CPU           float64                          `json:"allocated_cpu_units"`
	Memory        float64                          `json:"allocated_memory_mb"`
	Capability    map[string]any                   `json:"execution_method_capability_details"`
	Infra         struct{ Network map[string]any } `json:"infrastructure_settings"`
	ServiceConfig struct {
		Deployment map[string]float64 `json:"deployment_configuration"`
	} `json:"service_settings"`
}

// checkPosts compares what CloudReactor is told with schedules and services.
func (c parityCase) checkPosts(t *testing.T, d *spec.Deployment) {
	t.Helper()
	for _, task := range d.Tasks {
		var want post
		if !c.expected(t, "cloudreactor/"+task.Name+".json", &want) {
			continue
		}
		wanted, got := map[string]any{}, map[string]any{}
		wanted["isService"], got["isService"] = want.IsService, task.Service != nil
		wanted["expression"], got["expression"] = want.Schedule, ""
		if task.Schedule != nil {
			schedule := generic(t, task.Schedule)
			got["expression"], got["count"] = schedule["expression"], schedule["count"]
			wanted["count"] = max(want.Count, 1)
			c.comparePlace(t, task.Name, want, schedule)
		}
		if task.Service != nil && want.Instances != nil {
			service := generic(t, task.Service)
			wanted["desiredCount"], got["desiredCount"] = *want.Instances, service["desiredCount"]
			wanted["deploymentConfiguration"] = map[string]any{
				"minimumHealthyPercent": want.ServiceConfig.Deployment["minimum_healthy_percent"], "maximumPercent": want.ServiceConfig.Deployment["maximum_percent"]}
			got["deploymentConfiguration"] = service["deploymentConfiguration"]
			c.comparePlace(t, task.Name, want, service)
		}
		c.compare(t, task.Name, wanted, got)
	}
}

// comparePlace compares where a task runs.
func (c parityCase) comparePlace(t *testing.T, task string, want post, got map[string]any) {
	t.Helper()
	public := map[any]string{true: "ENABLED", false: "DISABLED", nil: "DISABLED"}[want.Infra.Network["assign_public_ip"]]
	wanted := map[string]any{"cluster": want.Capability["cluster_arn"], "platformVersion": want.Capability["platform_version"],
		"networkConfiguration": map[string]any{"awsvpcConfiguration": map[string]any{
			"assignPublicIp": public, "subnets": want.Infra.Network["subnets"], "securityGroups": want.Infra.Network["security_groups"]}}}
	had := map[string]any{}
	for key := range wanted {
		had[key] = got[key]
	}
	c.compare(t, task, wanted, had)
}
