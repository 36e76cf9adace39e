package cloudreactor

import (
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// serviceDocument is what CreateService would be given; nil without a service.
// Where CloudReactor manages services, it also names them.
func (b *builder) serviceDocument() *yaml11.Node {
	count := given(b.config, "service_instance_count")
	if !b.runsOn(count) {
		return nil
	}
	at := placeOf(count, b.at)
	var out object
	if !b.enabled() {
		out.setText("serviceName", b.fullName(), at)
	}
	out.set("cluster", b.clusterName())
	out.set("taskDefinition", b.taskDefinition())
	desired := b.integer(count, "service_instance_count", 1)
	out.set("desiredCount", number(desired, at))
	out.setText("launchType", "FARGATE", at)
	out.set("platformVersion", b.plainText("platform_version"))
	out.set("networkConfiguration", b.networkConfiguration())
	out.set("loadBalancers", b.loadBalancers())
	out.set("healthCheckGracePeriodSeconds", b.grace())
	out.set("deploymentConfiguration", b.deployment(desired))
	out.set("enableExecuteCommand", given(b.ecs, "enable_execute_command"))
	out.set("enableECSManagedTags", first(given(b.service, "enable_ecs_managed_tags"), given(b.ecs, "enable_ecs_managed_tags")))
	out.set("propagateTags", first(given(b.service, "propagate_tags"), given(b.ecs, "propagate_tags")))
	out.set("tags", b.tagList(given(b.service, "tags"), "service_settings.tags"))
	out.set("forceNewDeployment", given(b.service, "force_new_deployment"))
	return out.node(at)
}

// runsOn tells whether the task is a service that is managed. Before schema 4
// the flag alone makes one of it; since then it also needs a count.
func (b *builder) runsOn(count *yaml11.Node) bool {
	if managed := given(b.config, "is_service_managed"); managed != nil && !yaml11.Truthy(managed) {
		return false
	}
	is := given(b.config, "is_service")
	if is != nil && (b.generation == before4 || !yaml11.Truthy(is)) {
		return yaml11.Truthy(is)
	}
	return count != nil && yaml11.PyStr(count) != "0"
}

// enabled tells whether CloudReactor manages schedules and services.
func (b *builder) enabled() bool {
	n, err := b.vars.value("cloudreactor_enabled")
	return b.known(err) && n != nil && yaml11.Truthy(n)
}

// fullName is the name that the deployer makes of project, task and
// environment, whatever the family is.
func (b *builder) fullName() string { return b.project + "_" + b.name + "_" + b.Environment }

func first(nodes ...*yaml11.Node) *yaml11.Node {
	for _, n := range nodes {
		if n != nil {
			return n
		}
	}
	return nil
}

// plainText is an ECS setting as text.
func (b *builder) plainText(key string) *yaml11.Node {
	n := given(b.ecs, key)
	if n == nil {
		return nil
	}
	return made(yaml11.PyStr(n), n.At, n)
}

func (b *builder) clusterName() *yaml11.Node {
	if b.clusterGiven == nil {
		return nil
	}
	return made(yaml11.PyStr(b.clusterGiven), b.clusterGiven.At, b.clusterGiven)
}

func (b *builder) taskDefinition() *yaml11.Node {
	if arn := b.registered(); arn != nil {
		return arn
	}
	return final(b.family, b.at)
}

// networkConfiguration is nil when the project tells no subnets: then they are
// in CloudReactor's Run Environment.
func (b *builder) networkConfiguration() *yaml11.Node {
	subnets := given(b.network, "subnets")
	if subnets == nil {
		return nil
	}
	assign := given(b.network, "assign_public_ip")
	word := "DISABLED"
	if assign != nil && yaml11.Truthy(assign) {
		word = "ENABLED"
	}
	var vpc, out object
	vpc.setText("assignPublicIp", word, placeOf(assign, subnets.At))
	if groups := filled(b.network, "security_groups"); groups != nil {
		vpc.set("securityGroups", list(groups.At, items(groups)...))
	}
	vpc.set("subnets", list(subnets.At, items(subnets)...))
	out.set("awsvpcConfiguration", vpc.node(subnets.At))
	return out.node(subnets.At)
}

func (b *builder) loadBalancers() *yaml11.Node {
	if b.balancers == nil {
		return nil
	}
	var out []*yaml11.Node
	for _, n := range items(b.balancers) {
		var lb object
		lb.set("targetGroupArn", given(n, "target_group_arn"))
		container := given(n, "container_name")
		lb.setMade("containerName", textOf(container, b.main), placeOf(container, n.At), container)
		if port := given(n, "container_port"); port != nil {
			lb.set("containerPort", number(b.integer(port, "load_balancers.container_port", 0), port.At))
		}
		out = append(out, lb.node(n.At))
	}
	return list(b.balancers.At, out...)
}

// grace is the time to become healthy. Without CloudReactor the deployer gives
// 30 seconds to whatever stands behind a load balancer.
func (b *builder) grace() *yaml11.Node {
	n := b.gracePeriod
	if n == nil && (b.balancers == nil || b.enabled()) {
		return nil
	}
	return number(b.integer(n, "health_check_grace_period_seconds", 30), placeOf(n, b.at))
}

// deployment keeps min_service_instance_count running, and max_concurrency at
// most, unless the settings give percentages.
func (b *builder) deployment(desired int64) *yaml11.Node {
	d := given(b.service, "deployment_configuration")
	least, most := int64(100), int64(200)
	if n := given(b.config, "min_service_instance_count"); n != nil && desired > 0 {
		least = 100 * b.integer(n, "min_service_instance_count", desired) / desired
	}
	if n, ok := wholeNumber(given(b.config, "max_concurrency")); ok && n > 0 && desired > 0 {
		most = max(100, 100*n/desired)
	}
	least = b.integer(given(d, "minimum_healthy_percent"), "deployment_configuration.minimum_healthy_percent", least)
	most = b.integer(given(d, "maximum_percent"), "deployment_configuration.maximum_percent", most)
	var out object
	out.set("minimumHealthyPercent", number(least, b.at))
	out.set("maximumPercent", number(most, b.at))
	out.set("deploymentCircuitBreaker", circuitBreaker(d))
	return out.node(placeOf(d, b.at))
}

// circuitBreaker stands in a mapping of its own since schema 4.
func circuitBreaker(d *yaml11.Node) *yaml11.Node {
	own := given(d, "deployment_circuit_breaker")
	enable := first(given(own, "enable"), given(d, "enable_circuit_breaker"))
	rollback := first(given(own, "rollback_on_failure"), given(d, "rollback_on_failure"))
	if own == nil && enable == nil && rollback == nil {
		return nil
	}
	at := first(own, enable, rollback).At
	var out object
	out.set("enable", first(enable, yaml11.NewBool(true, at)))
	out.set("rollback", first(rollback, yaml11.NewBool(enable == nil || yaml11.Truthy(enable), at)))
	return out.node(at)
}
