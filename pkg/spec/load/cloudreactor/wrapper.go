package cloudreactor

import (
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// wrapped are the variables that the wrapper needs in a container.
func (b *builder) wrapped(container string) environment {
	monitored := container == b.monitor
	var out environment
	url, err := b.needIn(b.vars, "cloudreactor_api_base_url")
	if !b.known(err) {
		return nil
	}
	out.add(b.shown("API_BASE_URL", yaml11.PyStr(url), url))
	api, err := b.needIn(b.vars, "resolved_cloudreactor")
	if !b.known(err) {
		return nil
	}
	out.add(b.resolvable("API_KEY", given(api, "task_api_key"))...)
	if b.generation == before4 {
		out.add(b.shown("DEPLOYMENT", b.Environment, nil))
	}
	name := b.project + "_" + b.name + "_" + b.Environment
	if !monitored {
		name = b.project + "_" + b.name + "_" + container + "_" + b.Environment
	}
	out.add(b.shown("TASK_NAME", name, nil))
	if monitored {
		out.add(b.shown("TASK_IS_SERVICE", strings.ToUpper(yaml11.PyStr(b.isService())), field(b.config, "is_service")))
		out.add(b.maxConcurrency())
	}
	out.add(b.joined("ENV_LOCATIONS", "env_locations"), b.joined("CONFIG_LOCATIONS", "config_locations"))
	out.add(setting("WORK_DIR", field(b.config, "work_dir")))
	out.add(b.timeout())
	out.add(b.version()...)
	out.add(b.executions()...)
	out.add(b.metadata())
	out.add(b.properties()...)
	out.add(b.resolvable("ROLLBAR_ACCESS_TOKEN", given(b.wrapper, "rollbar_access_token"))...)
	if b.generation == schema4 {
		out.add(b.shown("DEPLOYMENT", b.Environment, nil), b.shown("MAIN_CONTAINER_NAME", b.main, nil), b.shown("MONITOR_CONTAINER_NAME", b.monitor, field(b.ecs, "monitor_container_name")))
	}
	return out
}

// isService is whether the task runs on and on. A count that is made by an
// expression is text, which the deployer does not take for a number here.
func (b *builder) isService() *yaml11.Node {
	if n := field(b.config, "is_service"); n != nil {
		return n
	}
	count := field(b.config, "service_instance_count")
	if count != nil && count.Kind == yaml11.String && given(count) != nil {
		b.caution(count, "service_instance_count", "add is_service: true, or use a plain variable",
			"the count comes out as text, so PROC_WRAPPER_TASK_IS_SERVICE is FALSE, as the deployer has it")
	}
	i, whole := wholeNumber(count)
	return yaml11.NewBool(isNumber(count) && (i > 0 || !whole && count.Float > 0 || count.Bool), b.at)
}

// maxConcurrency is -1 for no limit. Text that is a number counts as one.
func (b *builder) maxConcurrency() variable {
	n := field(b.config, "max_concurrency")
	if n == nil {
		return b.shown("TASK_MAX_CONCURRENCY", "1", nil)
	}
	if i, ok := wholeNumber(n); ok {
		return b.shown("TASK_MAX_CONCURRENCY", decimal(i), n)
	}
	if isNumber(n) {
		return b.shown("TASK_MAX_CONCURRENCY", yaml11.PyStr(n), n)
	}
	return b.shown("TASK_MAX_CONCURRENCY", "-1", n)
}

// timeout is left out for whatever has a count of instances.
func (b *builder) timeout() variable {
	if count := field(b.config, "service_instance_count"); count != nil && (count.Kind != yaml11.String || count.Text != unset) {
		return variable{}
	}
	n := given(b.wrapper, "process_timeout_seconds")
	return b.shown("PROCESS_TIMEOUT_SECONDS", textOf(n, "-1"), n)
}

// version are the number, the text and the signature of what runs.
func (b *builder) version() environment {
	var out environment
	for _, key := range []string{"number", "text"} {
		n := given(b.config, "task_version_"+key)
		if n == nil && b.config.Get("task_version_"+key) == nil {
			value, err := b.vars.value("project_version_" + key)
			if !b.known(err) {
				continue
			}
			n = given(value)
		}
		if n != nil && key == "text" {
			n = b.text(n, "task_version_text")
		}
		if n != nil {
			out.add(b.shown("TASK_VERSION_"+strings.ToUpper(key), yaml11.PyStr(n), n))
		}
	}
	return append(out, b.signature())
}

// signature is left out where neither the process nor git tells it; an image
// that is named by it is an error of its own.
func (b *builder) signature() variable {
	signature, err := b.needIn(b.vars, "task_version_signature")
	if err != nil {
		b.warn(b.Stem.At, "task_version_signature", "set CLOUDREACTOR_TASK_VERSION_SIGNATURE", "no version signature is known, so %sTASK_VERSION_SIGNATURE is left out", prefix)
		return variable{}
	}
	return b.shown("TASK_VERSION_SIGNATURE", yaml11.PyStr(signature), signature)
}

// executions tie what runs to the run that deployed it.
func (b *builder) executions() environment {
	uuid := b.vars.environ("", "PROC_WRAPPER_TASK_EXECUTION_UUID")
	if uuid == "" || b.generation == before4 {
		return nil
	}
	return environment{b.shown("BUILD_TASK_EXECUTION_UUID", uuid, nil), b.shown("DEPLOYMENT_TASK_EXECUTION_UUID", uuid, nil)}
}

// metadata is a JSON text as Python writes it.
func (b *builder) metadata() variable {
	n := given(b.wrapper, "other_instance_metadata")
	if n == nil {
		return variable{}
	}
	text, err := b.json(n)
	if !b.known(err) {
		return variable{}
	}
	return variable{prefix + "TASK_INSTANCE_METADATA", derived(text, n)}
}

// json is a value as the filter to_json writes it.
func (v variables) json(n *yaml11.Node) (string, error) {
	out, err := v.scope.With("value", n).EvalString("{{ value | to_json }}", n.At)
	if err != nil {
		return "", err
	}
	return yaml11.PyStr(out), nil
}

func (b *builder) json(n *yaml11.Node) (string, error) { return b.vars.json(n) }

// resolvable is a token. One that names a place gets a name by which the
// wrapper knows that it has to read it from there.
func (b *builder) resolvable(name string, n *yaml11.Node) environment {
	if n == nil {
		return nil
	}
	if n.Kind != yaml11.String || !namesPlace(n.Text) {
		return environment{setting(name, n)}
	}
	before, behind := b.resolvableNames()
	return environment{{before + prefix + name + behind, derived(n.Text, n)}}
}

// resolvableNames are the beginning and the end of the names of variables
// whose values name places.
func (b *builder) resolvableNames() (before, behind string) {
	return textOf(given(b.wrapper, "resolvable_env_var_name_prefix"), ""),
		textOf(given(b.wrapper, "resolvable_env_var_name_suffix"), "_FOR_PROC_WRAPPER_TO_RESOLVE")
}

func namesPlace(text string) bool {
	for _, start := range []string{"arn:aws:secretsmanager:", "arn:aws:s3:::", "file://", "ENV:", "CONFIG:", "PLAIN:"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// properties are the other settings of the wrapper. The deployer gives some
// of them names that the wrapper does not read, so those get both.
func (b *builder) properties() environment {
	var out environment
	for _, p := range wrapperProperties() {
		if p.since4 && b.generation == before4 {
			continue
		}
		v := setting(strings.ToUpper(p.name), field(b.wrapper, p.name))
		if v.value == nil {
			continue
		}
		if !p.unread {
			out.add(v)
		}
		if p.real == "" {
			continue
		}
		if set := given(b.config, "env", prefix+p.real); set == nil && !out.has(prefix+p.real) {
			out.add(variable{prefix + p.real, v.value})
		}
	}
	return out
}
