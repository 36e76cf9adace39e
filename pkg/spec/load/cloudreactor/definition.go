package cloudreactor

import (
	"slices"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// executionRole is the one of the ECS settings, else the environment's.
func (b *builder) executionRole() *yaml11.Node {
	if arn := b.RunEnvironment.ExecutionRoleARN; arn != "" && b.ecs.Get("execution_role_arn") == nil {
		return b.role(final(arn, b.at))
	}
	return b.role(filled(b.ecs, "execution_role_arn"))
}

// definition is what is registered. As with the deployer, the raw properties
// win over what is made here, one by one and whole.
func (b *builder) definition() *yaml11.Node {
	var out object
	out.set("requiresCompatibilities", list(b.at, final("FARGATE", b.at)))
	family := field(b.ecs, "task_definition_family")
	out.setMade("family", b.family, placeOf(family, b.at), family)
	out.setText("networkMode", "awsvpc", b.at)
	out.set("executionRoleArn", b.executionRole())
	if b.ecs.Get("execution_role_arn") == nil && b.RunEnvironment.ExecutionRoleARN == "" {
		b.warn(b.Stem.At, "execution_role_arn", "set it in the ECS settings, or for the environment in reconciler.yaml", "no execution role is named, and what CloudReactor's Run Environment says is not read")
	}
	out.set("taskRoleArn", b.role(b.taskRole))
	cpu, memory := given(b.ecs, "cpu_units"), given(b.ecs, "memory_mb")
	units, mb := b.integer(cpu, "ecs.cpu_units", 256), b.integer(memory, "ecs.memory_mb", 512)
	out.setText("cpu", decimal(units), placeOf(cpu, b.at))
	out.setText("memory", decimal(mb), placeOf(memory, b.at))
	out.set("tags", b.tagList(b.tags, "tags"))
	containers := []*yaml11.Node{b.mainContainer(units, mb)}
	for _, n := range items(given(b.ecs, "extra_container_definitions")) {
		containers = append(containers, b.extraContainer(n))
	}
	out.set("containerDefinitions", list(b.at, containers...))
	out.setAll(b.raw("extra_task_definition_properties"))
	return out.node(b.at)
}

// tagList turns a mapping into AWS's list. Null takes a tag away again.
func (b *builder) tagList(tags *yaml11.Node, path string) *yaml11.Node {
	if tags == nil {
		return nil
	}
	if tags.Kind != yaml11.Map {
		b.fail(tags, path, "want KEY: VALUE", "a mapping is wanted here, this is a %s", tags.Kind)
		return nil
	}
	var out []*yaml11.Node
	for _, f := range tags.Fields {
		if given(f.Value) == nil {
			continue
		}
		var tag object
		tag.set("key", made(f.KeyText(), f.Key.At, f.Key))
		tag.set("value", derived(yaml11.PyStr(f.Value), f.Value))
		out = append(out, tag.node(f.Value.At))
	}
	return list(tags.At, out...)
}

// raw is a mapping of properties that are passed on as they are, without those
// that are null.
func (b *builder) raw(key string) *yaml11.Node {
	n := given(b.ecs, key)
	if n == nil {
		return nil
	}
	if n.Kind != yaml11.Map {
		b.fail(n, "ecs."+key, "", "a mapping is wanted here, this is a %s", n.Kind)
		return nil
	}
	return yaml11.NewMap(slices.DeleteFunc(slices.Clone(n.Fields), func(f yaml11.Field) bool { return f.Value.IsNull() }), n.At)
}

func (b *builder) mainContainer(units, mb int64) *yaml11.Node {
	var out object
	name := field(b.ecs, "main_container_name")
	out.setMade("name", b.main, placeOf(name, b.at), name)
	out.set("image", b.image())
	out.set("repositoryCredentials", b.credentials())
	out.set("cpu", number(units-b.integer(given(b.ecs, "extra_container_cpu_units"), "ecs.extra_container_cpu_units", 0), b.at))
	out.set("memory", number(mb-b.integer(given(b.ecs, "extra_container_memory_mb"), "ecs.extra_container_memory_mb", 0), b.at))
	out.set("essential", yaml11.NewBool(true, b.at))
	out.set("logConfiguration", b.logging(b.main))
	env := b.userEnvironment()
	if b.wraps(b.main) {
		env.add(b.wrapped(b.main)...)
		env.add(b.command()...)
	}
	out.set("environment", b.environment(env))
	if n := given(b.ecs, "use_default_linux_parameters"); n == nil || yaml11.Truthy(n) {
		out.set("linuxParameters", initProcess(b))
	}
	extra := b.raw("extra_main_container_properties")
	if n := field(extra, "environment"); n != nil && len(env) > 0 {
		b.caution(n, "ecs.extra_main_container_properties.environment", "put the variables under env", "this replaces the whole environment, with all that the wrapper needs")
	}
	out.setAll(extra)
	return out.node(b.at)
}

func initProcess(b *builder) *yaml11.Node {
	var out object
	out.set("initProcessEnabled", yaml11.NewBool(true, b.at))
	return out.node(b.at)
}

// wraps tells whether the wrapper runs in a container. Before schema 4 it runs
// in the main container, always.
func (b *builder) wraps(container string) bool {
	names := field(b.config, "wrapped_container_names")
	if b.generation == before4 || names == nil {
		return container == b.monitor
	}
	return slices.ContainsFunc(items(given(names)), func(n *yaml11.Node) bool { return yaml11.PyStr(n) == container })
}

// extraContainer is a raw container. One that the wrapper runs in gets its
// variables and, unless it has its own, the log configuration.
func (b *builder) extraContainer(n *yaml11.Node) *yaml11.Node {
	if n.Kind != yaml11.Map {
		b.fail(n, "ecs.extra_container_definitions", "", "a container is a mapping, this is a %s", n.Kind)
		return n
	}
	name := textOf(given(n, "name"), "")
	if b.generation == before4 || !b.wraps(name) {
		return n
	}
	var out object
	if given(n, "logConfiguration") == nil {
		out.set("logConfiguration", b.awslogs(name))
	}
	if given(n, "linuxParameters") == nil {
		out.set("linuxParameters", initProcess(b))
	}
	out.setAll(n)
	var env environment
	env.add(b.wrapped(name)...)
	out.set("environment", list(placeOf(n.Get("environment"), n.At), append(b.unlike(items(given(n, "environment")), env), items(b.environment(env))...)...))
	return out.node(n.At)
}

// unlike are the container's own variables that the wrapper does not set.
func (b *builder) unlike(own []*yaml11.Node, env environment) []*yaml11.Node {
	return slices.DeleteFunc(slices.Clone(own), func(n *yaml11.Node) bool { return env.has(textOf(given(n, "name"), "")) })
}

// credentials are those for the registry that the image is pulled from.
func (b *builder) credentials() *yaml11.Node {
	if b.generation == before4 {
		return nil
	}
	path, err := b.needIn(b.vars, "container_registry_credentials_secret_path")
	if !b.known(err) || filled(path) == nil {
		return nil
	}
	arn, err := b.vars.arn("secretsmanager", "secret:"+yaml11.PyStr(path))
	if !b.known(err) {
		return nil
	}
	var out object
	out.setMade("credentialsParameter", arn, path.At, path)
	return out.node(path.At)
}

// image is what --image says, what the settings say, or what the deployer
// would build and push.
func (b *builder) image() *yaml11.Node {
	for _, task := range []string{b.name, ""} {
		if image, ok := b.Images[task]; ok {
			return final(image, b.at)
		}
	}
	if b.generation == before4 {
		host, err := b.needIn(b.vars, "ecr_hostname")
		if !b.known(err) {
			return nil
		}
		name, err := b.needIn(b.vars, "docker_image_name")
		if !b.known(err) {
			return nil
		}
		return made(yaml11.PyStr(host)+"/"+yaml11.PyStr(name), b.at, host, name)
	}
	if n := filled(b.ecs, "docker_image_name"); n != nil {
		return made(yaml11.PyStr(n), n.At, n)
	}
	name, err := b.needIn(b.vars, "target_docker_image_name")
	if !b.known(err) {
		return nil
	}
	return made(yaml11.PyStr(name), placeOf(name, b.at), name)
}
