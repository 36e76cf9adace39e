package cloudreactor

import "ecs-reconciler/pkg/spec/load/yaml11"

// scheduleDocument is when the task runs, and how; nil without a schedule.
// Where CloudReactor manages schedules, it also names them.
func (b *builder) scheduleDocument() *yaml11.Node {
	n := filled(b.config, "schedule")
	if n == nil {
		return nil
	}
	if n.Kind != yaml11.String {
		b.fail(n, "schedule", "want cron(…) or rate(…)", "text is wanted here, this is a %s", n.Kind)
		return nil
	}
	var out object
	if !b.enabled() {
		out.setText("name", b.project+"-"+b.name+"-"+b.Environment, n.At)
	}
	out.setMade("expression", n.Text, n.At, n)
	out.set("cluster", b.clusterARN())
	out.set("taskDefinition", b.taskDefinition())
	count := given(b.config, "scheduled_instance_count")
	out.set("count", number(b.integer(count, "scheduled_instance_count", 1), placeOf(count, n.At)))
	out.setText("launchType", "FARGATE", n.At)
	out.set("platformVersion", b.plainText("platform_version"))
	out.set("networkConfiguration", b.networkConfiguration())
	out.set("roleArn", b.executionRole())
	return out.node(n.At)
}

// clusterARN is the cluster in full; it may be written as a name.
func (b *builder) clusterARN() *yaml11.Node {
	name := b.clusterName()
	if name == nil || hasARN(name.Text) {
		return name
	}
	arn, err := b.vars.arn("ecs", "cluster/"+name.Text)
	if !b.known(err) {
		return nil
	}
	return made(arn, name.At, name)
}
