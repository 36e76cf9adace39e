package expr

import (
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// eval reads from outside. Several terms are joined with commas, as Ansible
// does. The result is a text that is not rendered.
func (n *lookupNode) eval(ev *evaluator) (*yaml11.Node, error) {
	args, err := ev.values(n.args.positional)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 || args[0].Kind != yaml11.String {
		return nil, ev.fail("lookup needs the kind of lookup as a text", "write lookup('env', NAME) or lookup('file', PATH)")
	}
	terms, err := ev.terms(args[1:])
	if err != nil {
		return nil, err
	}
	read, err := n.reader(ev, strings.TrimPrefix(args[0].Text, "ansible.builtin."))
	if err != nil {
		return nil, err
	}
	found := make([]string, len(terms))
	for i, term := range terms {
		if found[i], err = read(term); err != nil {
			return nil, err
		}
	}
	out := ev.text(strings.Join(found, ","))
	out.Unsafe = true
	return out, ev.spend(len(out.Text))
}

func (n *lookupNode) reader(ev *evaluator, kind string) (func(string) (string, error), error) {
	switch {
	case kind == "env":
		missing, err := n.envDefault(ev)
		return func(name string) (string, error) { return ev.env(name, missing) }, err
	case kind != "file":
		return nil, ev.fail("only the lookups 'env' and 'file' are supported", supportedHint)
	case len(n.args.named) > 0:
		return nil, ev.fail("lookup('file', …) takes no options here", "remove them")
	}
	return ev.file, nil
}

// envDefault is the option default=… of lookup('env', …).
func (n *lookupNode) envDefault(ev *evaluator) (string, error) {
	missing := ""
	for name, arg := range n.args.named {
		if name != "default" {
			return "", ev.fail(fmt.Sprintf("lookup('env', …) has no option %q", name), "it has default")
		}
		value, err := ev.value(arg)
		if err != nil {
			return "", err
		}
		missing = yaml11.PyStr(value)
	}
	return missing, nil
}

// terms are what to look up; texts that are templates are rendered, as in
// lookup('env', '{{ name }}').
func (ev *evaluator) terms(args []*yaml11.Node) ([]string, error) {
	terms := make([]string, len(args))
	for i, arg := range args {
		value, err := ev.scope.render(arg)
		if err != nil {
			return nil, err
		}
		if value.Kind != yaml11.String || strings.TrimSpace(value.Text) == "" {
			return nil, ev.fail("what to look up must be a text that is not empty", "write lookup('env', NAME) or lookup('file', PATH)")
		}
		terms[i] = value.Text
	}
	return terms, nil
}

func (ev *evaluator) env(term, missing string) (string, error) {
	if ev.scope.run.options.Env == nil {
		return "", ev.fail("lookup('env', …) cannot be used here", "use a variable")
	}
	value, ok := ev.scope.run.options.Env(strings.Fields(term)[0])
	if !ok {
		return missing, nil
	}
	ev.marks.Outside = true
	return value, nil
}

// file reads a text file without the white space at its end. A vaulted file,
// or one that git-crypt has locked, is opened and makes the result sensitive.
func (ev *evaluator) file(path string) (string, error) {
	if ev.scope.run.options.ReadFile == nil {
		return "", ev.fail("lookup('file', …) cannot be used here", "use a variable")
	}
	data, err := ev.scope.run.options.ReadFile(path, ev.at)
	if err != nil {
		return "", err
	}
	ev.marks.Outside = true
	text := string(data)
	for _, beginning := range []string{"\x00GITCRYPT\x00", "$ANSIBLE_VAULT;"} {
		if strings.HasPrefix(text, beginning) {
			ev.marks.Sensitive, ev.marks.Inline = true, true
			if text, err = ev.scope.decrypt([]byte(text), ev.at); err != nil {
				return "", err
			}
		}
	}
	return strings.TrimRightFunc(text, isSpace), nil
}
