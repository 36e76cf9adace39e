package terraform

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
)

// secrets are the texts of a state that are secret.
type secrets struct{ texts *[]string }

// The least number of bytes by which a secret is recognised, as all of a text
// and as a part of it. Shorter ones stand in other texts by chance.
const (
	leastWhole = 4
	leastPart  = 8
)

// secretAttributes are those that hold secrets whether they are marked or not:
// before Terraform 1.10 a state did not mark what a schema says is sensitive.
func secretAttributes() []string {
	return []string{"secret_string", "secret_binary", "password", "master_password", "master_user_password", "auth_token", "result", "bcrypt_hash",
		"private_key", "private_key_pem", "private_key_openssh", "secret", "ses_smtp_password_v4", "token", "client_secret"}
}

// secretTexts finds what is secret in resources and data sources.
func secretTexts(resources []resource) secrets {
	s := secrets{&[]string{}}
	for _, r := range resources {
		for name, value := range r.attributes.values {
			parameter := r.kind == "aws_ssm_parameter" && name == "value" && r.text("type") == "SecureString"
			if name == "container_definitions" || !parameter && !r.sensitive(name) && !slices.Contains(secretAttributes(), name) {
				continue
			}
			s.add(value)
		}
	}
	return s
}

// add takes texts, and what a text in JSON or of an env file holds.
func (s secrets) add(value any) {
	for _, item := range list(value) {
		s.add(item)
	}
	for _, member := range object(value) {
		s.add(member)
	}
	text, ok := value.(string)
	if !ok {
		return
	}
	*s.texts = append(*s.texts, text)
	var inner any
	if err := json.Unmarshal([]byte(text), &inner); err == nil {
		if _, plain := inner.(string); !plain {
			s.add(inner)
			return
		}
	}
	for _, e := range dotenv.Parse([]byte(text)).Entries {
		*s.texts = append(*s.texts, e.Value.Reveal())
	}
}

// in tells whether a text is a secret, or has one in it.
func (s secrets) in(text string) bool {
	return slices.ContainsFunc(*s.texts, func(known string) bool {
		return len(known) >= leastWhole && text == known || len(known) >= leastPart && strings.Contains(text, known)
	})
}

// veiled is a task definition whose secrets are variables: in the members that
// are the user's own texts, every one that a secret of the state is in, and all
// where Terraform marks the containers sensitive.
func (c *conversion) veiled(r resource, doc spec.Document) spec.Document {
	v := veil{c: c, task: r, all: r.sensitive("container_definitions")}
	if v.all {
		c.remark(r, "its container_definitions are marked sensitive, so every text in them is a variable: write plainly what need not be hidden")
	}
	for _, item := range list(doc["containerDefinitions"]) {
		container := object(item)
		name, _ := container["name"].(string)
		for _, entry := range list(container["environment"]) {
			variable, _ := object(entry)["name"].(string)
			v.member(object(entry), "value", name, "environment", variable)
		}
		v.list(list(container["command"]), name, "command")
		v.list(list(container["entryPoint"]), name, "entry_point")
		v.list(list(object(container["healthCheck"])["command"]), name, "health_check")
		v.object(object(container["dockerLabels"]), name, "label")
		v.object(object(object(container["logConfiguration"])["options"]), name, "log")
		v.object(object(object(container["firelensConfiguration"])["options"]), name, "firelens")
	}
	return doc
}

type veil struct {
	c    *conversion
	task resource
	all  bool
}

func (v veil) object(o map[string]any, names ...string) {
	for _, key := range slices.Sorted(maps.Keys(o)) {
		v.member(o, key, append(slices.Clone(names), key)...)
	}
}

func (v veil) member(o map[string]any, key string, names ...string) {
	if text, ok := o[key].(string); ok && v.hides(text) {
		o[key] = v.variable(text, names)
	}
}

func (v veil) list(items []any, names ...string) {
	for i, item := range items {
		if text, ok := item.(string); ok && v.hides(text) {
			items[i] = v.variable(text, append(slices.Clone(names), fmt.Sprint(i)))
		}
	}
}

func (v veil) hides(text string) bool { return text != "" && (v.all || v.c.secret.in(text)) }

// variable is the expression that stands for a text.
func (v veil) variable(text string, names []string) string {
	whole := strings.Join(append([]string{"tf", v.task.text("family")}, names...), "_")
	name := strings.ToLower(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(whole, "_"))
	for v.c.hasVariable(name) {
		name += "_"
	}
	v.c.values = append(v.c.values, Value{Variable: name, At: v.task.at("container_definitions") + " (" + strings.Join(names, " ") + ")", Text: spec.NewSecret(text)})
	return expression(name)
}

func (c *conversion) hasVariable(name string) bool {
	return slices.ContainsFunc(c.values, func(v Value) bool { return v.Variable == name })
}

// expression is what a variable is read by.
func expression(name string) string { return "{{ " + name + " }}" }
