package cloudreactor

import (
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// builder makes the manifest of one task. What the generations name
// differently is looked up once; the rest is the same for both.
type builder struct {
	*reader
	vars     variables
	name     string
	at       spec.Position
	config   *yaml11.Node // all settings of the task
	ecs      *yaml11.Node
	wrapper  *yaml11.Node
	problems spec.Errors
	reads    []string // places besides env_locations that the process reads

	project, region        string
	family, main, monitor  string
	taskRole, clusterGiven *yaml11.Node
	tags, network, service *yaml11.Node
	logs                   logs
	logConfiguration       *yaml11.Node // replaces awslogs; nil without
	balancers, gracePeriod *yaml11.Node
}

func (r *reader) builder(e *entry, v variables, config *yaml11.Node) (*builder, error) {
	b := &builder{reader: r, vars: v, name: e.key.Text, at: e.key.At, config: config, wrapper: given(config, "wrapper")}
	b.project = r.project.Name
	region, err := r.needIn(v, "aws_region")
	if err != nil {
		return nil, err
	}
	b.region = yaml11.PyStr(region)
	b.family = b.project + "_" + b.name + "_" + r.Environment
	if r.generation == before4 {
		err = b.settingsBefore4()
	} else {
		b.settings4()
	}
	for _, path := range []string{"env", "ecs", "aws", "wrapper"} {
		if n := given(config, path); n != nil && n.Kind != yaml11.Map {
			b.fail(n, path, "", "a mapping is wanted here, this is a %s", n.Kind)
		}
	}
	return b, err
}

func (b *builder) settings4() {
	aws := given(b.config, "aws")
	b.ecs = given(b.config, "ecs")
	b.family = textOf(filled(b.ecs, "task_definition_family"), b.family)
	b.main = textOf(filled(b.ecs, "main_container_name"), "main")
	b.monitor = textOf(filled(b.ecs, "monitor_container_name"), b.main)
	b.taskRole = filled(b.ecs, "task_role_arn")
	b.clusterGiven = filled(b.ecs, "cluster_arn")
	b.tags = given(aws, "tags")
	b.network = given(aws, "network")
	b.service = given(b.config, "service_settings")
	if b.config.Get("service_settings") == nil {
		b.service = given(b.ecs, "service")
	}
	b.logConfiguration = given(aws, "log_configuration")
	balancing := given(b.service, "load_balancer_settings")
	b.balancers, b.gracePeriod = given(balancing, "load_balancers"), given(balancing, "health_check_grace_period_seconds")
	awslogs := given(aws, "logging", "awslogs")
	prefix := b.project + "-" + b.Environment
	b.logs = logs{awslogs, given(awslogs, "log_group"), prefix, "/aws/fargate/" + textOf(given(awslogs, "stream_prefix"), prefix) + "-" + b.name}
}

func (b *builder) settingsBefore4() error {
	aws, err := b.needIn(b.vars, "aws")
	if err != nil {
		return err
	}
	b.ecs = merge(given(aws, "ecs"), given(b.config, "ecs"))
	b.main, b.monitor = b.family, b.family
	task := given(b.ecs, "task")
	b.taskRole = filled(task, "role_arn")
	b.clusterGiven = filled(b.ecs, "cluster_name")
	b.tags = given(task, "tags")
	b.network = given(task, "network")
	if subnets := given(aws, "subnets"); given(b.network, "subnets") == nil && subnets != nil {
		var own object
		own.set("subnets", subnets)
		own.set("security_groups", given(aws, "security_groups"))
		b.network = merge(own.node(subnets.At), b.network)
	}
	b.service = given(b.ecs, "service")
	b.balancers, b.gracePeriod = given(b.service, "load_balancers"), given(b.service, "health_check_grace_period_seconds")
	logging := given(task, "logging")
	prefix := b.project + "-" + b.Environment
	b.logs = logs{given(logging, "awslogs"), given(logging, "log_group"), prefix, "/aws/fargate/" + prefix + "-" + b.name}
	return nil
}

// manifest is the whole task. Complaints are collected in problems.
func (b *builder) manifest() *yaml11.Node {
	var doc, metadata, taskSpec object
	metadata.setText("name", b.name, b.at)
	if locations := b.locations(); len(locations) > 0 {
		taskSpec.set("env_locations", list(placeOf(field(b.wrapper, "env_locations"), b.at), locations...))
	}
	if b.registered() == nil {
		taskSpec.set("task_definition", b.definition())
	}
	taskSpec.set("service", b.serviceDocument())
	taskSpec.set("schedule", b.scheduleDocument())
	doc.setText("apiVersion", manifest.APIVersion, b.at)
	doc.setText("kind", manifest.KindTask, b.at)
	doc.set("metadata", metadata.node(b.at))
	doc.set("spec", taskSpec.node(b.at))
	return doc.node(b.at)
}

// registered is the ARN of a task definition that somebody else registers.
func (b *builder) registered() *yaml11.Node {
	if b.generation == before4 {
		return nil
	}
	return filled(b.ecs, "task_definition_arn")
}

func (b *builder) fail(n *yaml11.Node, path, hint, format string, args ...any) {
	b.problems = append(b.problems, &spec.Error{At: placeOf(n, b.at), Path: b.name + "." + path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (b *builder) caution(n *yaml11.Node, path, hint, format string, args ...any) {
	b.warn(placeOf(n, b.at), b.name+"."+path, hint, format, args...)
}

// known notes a failure to make something out of the project's variables.
func (b *builder) known(err error) bool {
	switch e := err.(type) { //nolint:errorlint // complaints are never wrapped
	case nil:
		return true
	case *spec.Error:
		b.problems = append(b.problems, e)
	case spec.Errors:
		b.problems = append(b.problems, e...)
	default:
		b.problems = append(b.problems, &spec.Error{At: b.at, Path: b.name, Message: err.Error(), Cause: err})
	}
	return false
}

// integer is a whole number; expressions may have made text of it.
func (b *builder) integer(n *yaml11.Node, path string, fallback int64) int64 {
	if n == nil {
		return fallback
	}
	i, ok := wholeNumber(n)
	if !ok {
		b.fail(n, path, "", "a whole number is wanted here, this is %s", shown(n))
	}
	return i
}

// role is a role's ARN. A bare name is one of the project's account.
func (b *builder) role(n *yaml11.Node) *yaml11.Node {
	if n == nil {
		return nil
	}
	text := yaml11.PyStr(n)
	if !hasARN(text) {
		arn, err := b.vars.arn("iam", "role/"+strings.TrimPrefix(text, "/"))
		if !b.known(err) {
			return nil
		}
		text = arn
	}
	return made(text, n.At, n)
}
