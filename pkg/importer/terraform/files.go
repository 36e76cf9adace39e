package terraform

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
)

// ProjectFile is the name of the project's file among Files.
const ProjectFile = "reconciler.yaml"

// Seal makes a text unreadable to who has no password, in ansible-vault's
// format.
type Seal func(plain []byte) ([]byte, error)

// Files are those of a deploy_config folder, by their paths in it. With a nil
// seal, sources and variables are left for the user to provide, and comments
// say where in the state they stand.
func (r Result) Files(seal Seal) (map[string][]byte, error) {
	out := map[string][]byte{}
	sealed := map[string]any{}
	for _, v := range r.Values {
		if seal == nil {
			continue
		}
		text, err := seal([]byte(v.Text.Reveal()))
		if err != nil {
			return nil, fmt.Errorf("encrypt what stands at %s: %w", v.At, err)
		}
		if v.Variable != "" {
			sealed[v.Variable] = string(text)
			continue
		}
		out[v.File] = text
	}
	project, err := r.projectYAML(sealed)
	if err != nil {
		return nil, err
	}
	out[ProjectFile] = project
	for _, t := range r.Tasks {
		text, err := r.taskYAML(t, seal == nil)
		if err != nil {
			return nil, err
		}
		out[r.TaskFile(t.Metadata.Name)] = text
	}
	return out, nil
}

// TaskFile is where a task belongs, relative to deploy_config.
func (Result) TaskFile(name string) string {
	return "tasks/" + regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(name, "-") + ".yaml"
}

// projectYAML is the project with its sealed variables, or with a comment on
// those that are to be provided.
func (r Result) projectYAML(sealed map[string]any) ([]byte, error) {
	doc := r.Project
	doc.Spec.Environments = maps.Clone(doc.Spec.Environments)
	for name, environment := range doc.Spec.Environments {
		if len(sealed) > 0 {
			environment.Variables = sealed
		}
		doc.Spec.Environments[name] = environment
	}
	text, err := manifest.YAML(doc)
	if err != nil {
		return nil, err
	}
	missing := r.variables()
	if len(missing) == 0 || len(sealed) > 0 {
		return edited(text, encrypted)
	}
	return edited(text, func(n *yaml.Node) {
		if n.Kind == yaml.DocumentNode {
			n.HeadComment = strings.Join(append([]string{"Provide these as variables of the environment, encrypted with `reconciler vault encrypt-string`:"}, missing...), "\n")
		}
	})
}

// variables are those that stand for secrets, with their places in the state.
func (r Result) variables() []string {
	var out []string
	for _, v := range r.Values {
		if v.Variable != "" {
			out = append(out, fmt.Sprintf("- %s, in %s", v.Variable, v.At))
		}
	}
	return out
}

// encrypted tags vault texts as the loader wants them.
func encrypted(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && strings.HasPrefix(n.Value, "$ANSIBLE_VAULT;") {
		n.Tag, n.Style = "!vault", yaml.LiteralStyle
	}
}

// taskYAML is a task in which our variables are evaluated and nothing else is.
func (r Result) taskYAML(t manifest.Task, comments bool) ([]byte, error) {
	text, err := manifest.YAML(t)
	if err != nil {
		return nil, err
	}
	return edited(text, func(n *yaml.Node) {
		switch {
		case n.Kind == yaml.ScalarNode && n.Tag == "!unsafe" && r.isVariable(n.Value):
			n.Tag, n.Style = "!!str", yaml.DoubleQuotedStyle
		case n.Kind == yaml.MappingNode && comments:
			r.comment(n)
		}
	})
}

func (r Result) isVariable(text string) bool {
	return slices.ContainsFunc(r.Values, func(v Value) bool { return v.Variable != "" && text == expression(v.Variable) })
}

// comment says at a secret's declaration where its value is to be found.
func (r Result) comment(n *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(r.Values, func(v Value) bool { return v.Secret != "" && v.Secret == value.Value })
		if key.Value == "secret" && at >= 0 {
			n.HeadComment = fmt.Sprintf("Provide the file: its text is %s in Terraform's state. Encrypt it with\n`reconciler vault encrypt`.", r.Values[at].At)
		}
	}
}

// edited is a YAML document with all its nodes changed.
func edited(text []byte, change func(*yaml.Node)) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, &spec.Error{Message: "a manifest that was written cannot be read", Cause: err}
	}
	walk(&doc, change)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(&doc); err != nil {
		return nil, fmt.Errorf("cannot write a manifest as YAML: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

func walk(n *yaml.Node, change func(*yaml.Node)) {
	change(n)
	for _, child := range n.Content {
		walk(child, change)
	}
}
