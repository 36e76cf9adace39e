package cloudreactor

import (
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// prefix is that of the wrapper's variables.
const prefix = "PROC_WRAPPER_"

// environment is a container's, in the deployer's order.
type environment []variable

type variable struct {
	name  string
	value *yaml11.Node // nil: not there
}

func (e *environment) add(more ...variable) { *e = append(*e, more...) }

func (e environment) has(name string) bool {
	for _, v := range e {
		if v.name == name && v.value != nil {
			return true
		}
	}
	return false
}

// environment writes AWS's list. Of two values for one name the later counts,
// as in the container: the wrapper's own over the project's.
func (b *builder) environment(e environment) *yaml11.Node {
	last := map[string]int{}
	for i, v := range e {
		if v.value == nil {
			continue
		}
		if first, ok := last[v.name]; ok {
			b.caution(e[first].value, "env."+v.name, "remove it here, or the setting of the wrapper", "%s is set by the wrapper's settings as well, and that value counts", v.name)
		}
		last[v.name] = i
	}
	before, behind := b.resolvableNames()
	var out []*yaml11.Node
	for i, v := range e {
		if n, ok := last[v.name]; ok && n == i {
			if strings.HasPrefix(v.name, before) && strings.HasSuffix(v.name, behind) && before+behind != "" {
				b.readable(v.value, "env."+v.name, spec.ProviderPlain, spec.ProviderFile)
				b.reads = append(b.reads, v.value.Text)
			}
			var entry object
			entry.set("name", final(v.name, v.value.At))
			entry.set("value", v.value)
			out = append(out, entry.node(v.value.At))
		}
	}
	return list(placeOf(field(b.config, "env"), b.at), out...)
}

// userEnvironment is what the project sets. Null takes a variable away again.
func (b *builder) userEnvironment() environment {
	var out environment
	env := given(b.config, "env")
	if env == nil {
		return nil
	}
	for _, f := range env.Fields {
		if n := given(f.Value); n != nil {
			out.add(variable{f.KeyText(), derived(yaml11.PyStr(n), n)})
		}
	}
	return out
}

// shown is a variable whose value is no secret, whatever file it is from.
func (b *builder) shown(name, value string, from *yaml11.Node) variable {
	return variable{prefix + name, made(value, placeOf(from, b.at), from)}
}

// setting is a variable made from a setting; without one it is not there.
func setting(name string, n *yaml11.Node) variable {
	if given(n) == nil {
		return variable{name: prefix + name}
	}
	return variable{prefix + name, derived(flag(n), n)}
}

// flag is Python's str, but booleans are as the wrapper writes them.
func flag(n *yaml11.Node) string {
	switch {
	case n.Kind == yaml11.Bool && n.Bool:
		return "TRUE"
	case n.Kind == yaml11.Bool:
		return "FALSE"
	default:
		return yaml11.PyStr(n)
	}
}

// command is the variable that the wrapper runs; before schema 4 there is
// another for the wrappers of old.
func (b *builder) command() environment {
	n := b.config.Get("command")
	if n == nil {
		b.fail(nil, "command", "set command", "the task %q has no command", b.name)
		return nil
	}
	n = b.text(n, "command")
	if b.generation == before4 {
		return environment{{"TASK_COMMAND", n}, {prefix + "TASK_COMMAND", n}}
	}
	return environment{{prefix + "TASK_COMMAND", n}}
}

// text is a setting that must be text: the deployer passes it on as it is, and
// AWS refuses anything else.
func (b *builder) text(n *yaml11.Node, path string) *yaml11.Node {
	if n.Kind == yaml11.String {
		return derived(n.Text, n)
	}
	b.fail(n, path, "put it in quotes", "text is wanted here, and this is read as the %s %s", n.Kind, shown(n))
	return nil
}
