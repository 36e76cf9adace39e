package cloudreactor

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// stat notes whether a file is there, for the conditions that follow.
func (h hook) stat(task, args *yaml11.Node) error {
	register := given(task, "register")
	n, err := h.argument(args, "path")
	if err != nil || n == nil || register == nil {
		return err
	}
	_, _, err = h.Read(h.inFolder(n.Text), n.At)
	there := err == nil || !errors.Is(err, fs.ErrNotExist)
	var stat, out object
	stat.set("exists", yaml11.NewBool(there, n.At))
	out.set("stat", stat.node(n.At))
	h.reader.vars.scope.Set(register.Text, out.node(n.At))
	return nil
}

// setFact sets variables for what follows. Words for yes and no become
// booleans, as Ansible has it.
func (h hook) setFact(args *yaml11.Node) error {
	values, err := h.scope.scope.Eval(args)
	if err != nil {
		return err
	}
	for _, f := range values.Fields {
		n := f.Value
		if n.Kind == yaml11.String {
			switch strings.ToLower(n.Text) {
			case "true", "yes":
				n = yaml11.NewBool(true, n.At)
			case "false", "no":
				n = yaml11.NewBool(false, n.At)
			}
		}
		if f.KeyText() != "cacheable" {
			h.reader.vars.scope.Set(f.KeyText(), n)
		}
	}
	return nil
}

// argument is an argument of a module as text; nil without it.
func (h hook) argument(args *yaml11.Node, names ...string) (*yaml11.Node, error) {
	for _, name := range names {
		raw := args.Get(name)
		if raw.IsNull() {
			continue
		}
		n, err := h.scope.scope.Eval(raw)
		if err != nil {
			return nil, err
		}
		return derived(yaml11.PyStr(n), n), nil
	}
	return nil, nil
}

// secret is a secret that the hook stores. When it stores the content of a
// file, it is known which.
func (h hook) secret(task, args *yaml11.Node) error {
	state, err := h.argument(args, "state")
	if err != nil {
		return err
	}
	if state != nil && state.Text == "absent" {
		h.notRun(task, "a secret with state: absent")
		return nil
	}
	name, err := h.argument(args, "name")
	if err != nil {
		return err
	}
	if err := open(name, task.At, "name"); err != nil {
		return err
	}
	u := source.Upload{At: task.At}
	if name == nil || hasARN(name.Text) {
		return &spec.Error{At: placeOf(name, task.At), Path: h.file, Message: "the secret has no name to be stored under", Hint: "write name: NAME, without the parts of an ARN"}
	}
	u.Name, u.At = name.Text, name.At
	if err := h.value(&u, args); err != nil {
		return err
	}
	if !u.Value.IsSet() {
		h.warn(task.At, h.file, "give it secret or json_secret", "the secret %q has no value here, so it is not managed", u.Name)
		return nil
	}
	if err := h.settings(&u, args); err != nil {
		return err
	}
	h.project.Uploads = append(h.project.Uploads, u)
	return nil
}

func (h hook) value(u *source.Upload, args *yaml11.Node) error {
	if raw := args.Get("json_secret"); !raw.IsNull() {
		n, err := h.scope.scope.Eval(raw)
		if err != nil {
			return err
		}
		text := yaml11.PyStr(n)
		if n.Kind == yaml11.Map || n.Kind == yaml11.List {
			if text, err = h.scope.json(n); err != nil {
				return err
			}
		}
		u.Value, u.Format = spec.NewSecret(text), "json"
		return nil
	}
	n, err := h.literal(args.Get("secret"))
	if err != nil || n == nil {
		return err
	}
	u.Value, u.Format = spec.NewSecret(n.Text), "text"
	h.origin(u)
	return nil
}

// literal is an argument's text. Where an expression's text reads as a list or
// mapping, Ansible would pass on Python's form of it; what was meant is the
// text.
func (h hook) literal(raw *yaml11.Node) (*yaml11.Node, error) {
	if raw.IsNull() {
		return nil, nil
	}
	n, err := h.scope.scope.Eval(raw)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(raw.Text)
	inner, opened := strings.CutPrefix(text, "{{")
	inner, closed := strings.CutSuffix(inner, "}}")
	if raw.Kind == yaml11.String && n.Kind != yaml11.String && opened && closed && !strings.Contains(inner, "{{") {
		if n, err = h.scope.scope.EvalString("{{ ("+inner+") | string }}", raw.At); err != nil {
			return nil, err
		}
	}
	return derived(yaml11.PyStr(n), n), nil
}

// origin finds the file that a secret is the content of. Expressions remember
// what they have read, so any file may be it.
func (h hook) origin(u *source.Upload) {
	for _, file := range slices.Backward(h.reader.files) {
		data, _, err := h.Read(file, u.At)
		if err == nil && u.Value.Equal(spec.NewSecret(strings.TrimRightFunc(string(data), isSpace))) {
			u.Format = formatOf(file)
			if !slices.ContainsFunc(h.opened, func(text string) bool { return strings.Contains(file, text) }) {
				u.File = file // else it would show what was encrypted
			}
			return
		}
	}
}

// formatOf tells a file's format by its name; most of those that are uploaded
// are called .env.<environment>.
func formatOf(file string) string {
	switch base := path.Base(file); {
	case strings.HasPrefix(base, ".env"), strings.HasSuffix(base, ".env"):
		return "dotenv"
	case strings.HasSuffix(base, ".json"):
		return "json"
	case strings.HasSuffix(base, ".yml"), strings.HasSuffix(base, ".yaml"):
		return "yaml"
	default:
		return "text"
	}
}

// settings are the secret's description, key and tags. What else the module
// knows is either about its own run or not kept.
func (h hook) settings(u *source.Upload, args *yaml11.Node) error {
	for _, s := range []struct {
		name string
		to   **string
	}{{"description", &u.Description}, {"kms_key_id", &u.KMSKeyID}} {
		n, err := h.argument(args, s.name)
		if err != nil {
			return err
		}
		if err := open(n, u.At, s.name); err != nil {
			return err
		}
		if n != nil && n.Text != "" {
			*s.to = &n.Text
		}
	}
	if err := h.tags(u, first(args.Get("tags"), args.Get("resource_tags"))); err != nil {
		return err
	}
	return h.otherRegion(args)
}

func (h hook) tags(u *source.Upload, raw *yaml11.Node) error {
	if raw.IsNull() {
		return nil
	}
	n, err := h.scope.scope.Eval(raw)
	if err == nil {
		n, err = asMapping(n, "tags")
	}
	if err != nil || n == nil {
		return err
	}
	u.Tags = map[string]string{}
	if err := open(n, u.At, "tags"); err != nil {
		return err
	}
	for _, f := range n.Fields {
		u.Tags[f.KeyText()] = yaml11.PyStr(f.Value)
	}
	return nil
}

// otherRegion warns of a secret that is stored elsewhere: everything here is
// of one region.
func (h hook) otherRegion(args *yaml11.Node) error {
	n, err := h.argument(args, "region", "aws_region", "ec2_region")
	if err == nil {
		err = open(n, args.At, "region")
	}
	if err == nil && n != nil && n.Text != "" && n.Text != h.project.Region {
		h.warn(n.At, h.file, "", "the hook stores the secret in %s; it is converged in %s, as all else", n.Text, h.project.Region)
	}
	return err
}
