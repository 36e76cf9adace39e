package expr

import (
	"errors"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// Eval evaluates every text in n, however deep, except the keys of mappings,
// which Ansible leaves as written. Vault values are opened. The result shares
// with n what needed no evaluation, keeps positions, and holds no template:
// texts that still look like one are marked Unsafe. An error is a *spec.Error
// or what a callback of Options returned.
func (s *Scope) Eval(n *yaml11.Node) (*yaml11.Node, error) {
	s.begin()
	value, err := s.render(n)
	if err == nil {
		value, err = s.open(value)
	}
	if err == nil {
		err = checkSize(value)
	}
	return finish(value, err)
}

// EvalString evaluates one text, as Eval does.
func (s *Scope) EvalString(text string, at spec.Position) (*yaml11.Node, error) {
	return s.Eval(yaml11.NewString(text, at))
}

// EvalCondition evaluates an expression without braces, as Ansible reads when:
// conditions. Its value counts as Python counts it: empty is false.
func (s *Scope) EvalCondition(text string, at spec.Position) (bool, error) {
	s.begin()
	value, err := s.condition(text, at)
	if _, err := finish(nil, err); err != nil {
		return false, err
	}
	return value, nil
}

// Value is the evaluated value of a variable, nil if it is not defined.
func (s *Scope) Value(name string) (*yaml11.Node, error) {
	raw := s.Raw(name)
	if raw == nil {
		return nil, nil
	}
	s.begin()
	value, err := s.variable(name, raw.At)
	if err == nil {
		value, err = (&evaluator{scope: s, at: raw.At}).use(value)
	}
	if err == nil {
		value, err = s.open(value)
	}
	return finish(value, err)
}

// begin resets what an earlier call may have left behind.
func (s *Scope) begin() {
	s.run.spent, s.run.active, s.run.trackers = 0, nil, nil
}

// finish strips the mark that undefined errors carry inside.
func finish(n *yaml11.Node, err error) (*yaml11.Node, error) {
	var undefined *undefinedError
	if errors.As(err, &undefined) {
		err = undefined.cause
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// render evaluates the texts in n; vault values stay closed.
func (s *Scope) render(n *yaml11.Node) (*yaml11.Node, error) {
	switch n.Kind {
	case yaml11.String:
		if n.Vault != nil || n.Unsafe || !looksLikeTemplate(n.Text) {
			return n, nil
		}
		return s.renderText(n)
	case yaml11.List, yaml11.Map:
		return mapTree(n, s.render)
	default:
		return n, nil
	}
}

// open replaces the vault values in n by what they hold.
func (s *Scope) open(n *yaml11.Node) (*yaml11.Node, error) {
	switch {
	case n.Vault != nil:
		return s.openVault(n)
	case n.Kind == yaml11.List || n.Kind == yaml11.Map:
		return mapTree(n, s.open)
	default:
		return n, nil
	}
}

func (s *Scope) openVault(n *yaml11.Node) (*yaml11.Node, error) {
	if plain := s.run.opened[n]; plain != nil {
		return plain, nil
	}
	text, err := s.decrypt(n.Vault, n.At)
	if err != nil {
		return nil, err
	}
	plain := yaml11.NewString(text, n.At)
	plain.Marks, plain.Unsafe = yaml11.Marks{Sensitive: true, Inline: true, Outside: n.Outside}, true
	s.run.opened[n] = plain
	return plain, nil
}

func (s *Scope) decrypt(cipher []byte, at spec.Position) (string, error) {
	if s.run.options.Decrypt == nil {
		return "", &spec.Error{At: at, Message: "a !vault value is used here, but there is no vault password",
			Hint: "give one with --vault-password-file or ANSIBLE_VAULT_PASSWORD_FILE"}
	}
	plain, err := s.run.options.Decrypt(cipher, at)
	return string(plain), err
}

// mapTree applies a change to the children of a list or mapping. If none
// differs, n itself is the result.
func mapTree(n *yaml11.Node, change func(*yaml11.Node) (*yaml11.Node, error)) (*yaml11.Node, error) {
	if n.Kind == yaml11.List {
		return mapItems(n, change)
	}
	var fields []yaml11.Field
	for i, f := range n.Fields {
		value, err := change(f.Value)
		if err != nil {
			return nil, err
		}
		if value != f.Value && fields == nil {
			fields = append(make([]yaml11.Field, 0, len(n.Fields)), n.Fields[:i]...)
		}
		if fields != nil {
			fields = append(fields, yaml11.Field{Key: f.Key, Value: value})
		}
	}
	if fields == nil {
		return n, nil
	}
	out := *n
	out.Fields = fields
	return &out, nil
}

func mapItems(n *yaml11.Node, change func(*yaml11.Node) (*yaml11.Node, error)) (*yaml11.Node, error) {
	var items []*yaml11.Node
	for i, item := range n.Items {
		value, err := change(item)
		if err != nil {
			return nil, err
		}
		if value != item && items == nil {
			items = append(make([]*yaml11.Node, 0, len(n.Items)), n.Items[:i]...)
		}
		if items != nil {
			items = append(items, value)
		}
	}
	if items == nil {
		return n, nil
	}
	out := *n
	out.Items = items
	return &out, nil
}
