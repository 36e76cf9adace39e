package cloudreactor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhichAreServices(t *testing.T) {
	for text, want := range map[string][2]bool{ // before schema 4, and since
		"service_instance_count: 2":                            {true, true},
		"service_instance_count: 0":                            {false, false},
		"service_instance_count: null":                         {false, false},
		`service_instance_count: "{{ 1 + 1 }}"`:                {true, true},
		"is_service: true":                                     {true, false},
		"is_service: false, service_instance_count: 2":         {false, false},
		"is_service_managed: false, service_instance_count: 2": {false, false},
		"is_service_managed: true, service_instance_count: 2":  {true, true},
		"env: {}": {false, false},
	} {
		for i, f := range []folder{before4("task_name_to_config: {t: {command: x, " + text + "}}"), settings(text)} {
			if got := task(t, f.mustLoad(t), "t").Doc.Spec.Service != nil; got != want[i] {
				t.Errorf("%s: got %v, want %v", text, got, want)
			}
		}
	}
}

func TestService(t *testing.T) {
	for name, c := range map[string]struct {
		settings, pointer string
		want              any
	}{
		"name":            {"env: {}", "/serviceName", "app_t_staging"},
		"count":           {"env: {}", "/desiredCount", float64(4)},
		"cluster":         {"ecs: {cluster_arn: c}", "/cluster", "c"},
		"minimum":         {"min_service_instance_count: 3", "/deploymentConfiguration/minimumHealthyPercent", float64(75)},
		"maximum":         {"max_concurrency: 6", "/deploymentConfiguration/maximumPercent", float64(150)},
		"unlimited":       {"max_concurrency: null", "/deploymentConfiguration/maximumPercent", float64(200)},
		"limit below":     {"max_concurrency: 1", "/deploymentConfiguration/maximumPercent", float64(100)},
		"percentages":     {"min_service_instance_count: 3, service_settings: {deployment_configuration: {minimum_healthy_percent: 10}}", "/deploymentConfiguration/minimumHealthyPercent", float64(10)},
		"breaker":         {"service_settings: {deployment_configuration: {deployment_circuit_breaker: {rollback_on_failure: false}}}", "/deploymentConfiguration/deploymentCircuitBreaker", map[string]any{"enable": true, "rollback": false}},
		"settings of old": {"ecs: {service: {propagate_tags: SERVICE}}", "/propagateTags", "SERVICE"},
		"network":         {"aws: {network: {subnets: [a], security_groups: [], assign_public_ip: true}}", "/networkConfiguration/awsvpcConfiguration", map[string]any{"subnets": []any{"a"}, "assignPublicIp": "ENABLED"}},
		"no network":      {"aws: {network: {security_groups: [a]}}", "/networkConfiguration", nil},
		"grace":           {"service_settings: {load_balancer_settings: {load_balancers: [{target_group_arn: a, container_port: 80}]}}", "/healthCheckGracePeriodSeconds", float64(30)},
		"container":       {"service_settings: {load_balancer_settings: {load_balancers: [{target_group_arn: a, container_port: \"{{ 40 + 40 }}\"}]}}", "/loadBalancers/0", map[string]any{"targetGroupArn": "a", "containerName": "main", "containerPort": float64(80)}},
		"exec":            {"ecs: {enable_execute_command: true}", "/enableExecuteCommand", true},
		"tags":            {"service_settings: {tags: {A: 1}}", "/tags", []any{map[string]any{"key": "A", "value": "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := settings("service_instance_count: 4, " + c.settings).mustLoad(t)
			if diff := cmp.Diff(c.want, at(t, task(t, p, "t").Doc.Spec.Service, c.pointer)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.pointer, diff)
			}
		})
	}
}

func TestSchedule(t *testing.T) {
	p := settings("schedule: cron(0 3 ? * 2-6 *), scheduled_instance_count: \"{{ 1 + 1 }}\", ecs: {cluster_arn: c, platform_version: 1.4.0}").mustLoad(t)
	want := map[string]any{"name": "app-t-staging", "expression": "cron(0 3 ? * 2-6 *)", "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/c", "count": float64(2),
		"launchType": "FARGATE", "platformVersion": "1.4.0", "roleArn": "arn:aws:iam::123456789012:role/exec", "taskDefinition": "app_t_staging"}
	if diff := cmp.Diff(want, at(t, map[string]any{"x": task(t, p, "t").Doc.Spec.Schedule}, "/x")); diff != "" {
		t.Errorf("schedule (-want +got):\n%s", diff)
	}
}

func TestCloudReactorNamesWhatItManages(t *testing.T) {
	p := schema4("env_cloudreactor: {enabled: true}\nproject_task_name_to_config: {t: {command: x, schedule: rate(1 day), service_instance_count: 1}}").mustLoad(t)
	found := task(t, p, "t").Doc.Spec
	if found.Schedule["name"] != nil || found.Service["serviceName"] != nil {
		t.Errorf("got the names %v and %v", found.Schedule["name"], found.Service["serviceName"])
	}
}
