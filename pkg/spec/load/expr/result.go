package expr

import (
	"errors"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// onlyName is the name of the one variable that a text consists of.
func onlyName(text string) (name string, ok bool) {
	inside, opened := strings.CutPrefix(strings.TrimSuffix(text, "\n"), "{{")
	inside, closed := strings.CutSuffix(inside, "}}")
	name = strings.Trim(inside, "\t\n\f\r ")
	return name, opened && closed && strings.IndexFunc(name, notOfName) < 0
}

// renderText evaluates a template and gives the result Ansible's type: the one
// of a plain variable whose own value is a literal; a list, mapping or boolean
// where the text made reads as one; else text.
func (s *Scope) renderText(n *yaml11.Node) (*yaml11.Node, error) {
	if value := s.plainVariable(n); value != nil {
		return value, nil
	}
	p := s.run.parse(n.Text)
	if p.problem != nil {
		return nil, p.problem.at(n.At, n.Sensitive)
	}
	ev := &evaluator{scope: s, at: n.At, masked: n.Sensitive, marks: n.Marks}
	values, err := ev.pieces(p.template)
	if err != nil {
		return nil, err
	}
	out, err := ev.result(p.template, values, n.Text)
	if err != nil || ev.marks == (yaml11.Marks{}) || pathOnly(p.template) && out == values[0] {
		return out, err
	}
	return out.Marked(ev.marks), nil
}

// at makes the error for a template that stands there.
func (p *problem) at(at spec.Position, masked bool) error {
	return complaint(at, p.excerpt, masked, p.message, p.hint)
}

// plainVariable is the value of the one variable that a text consists of, if
// it was written as a number, boolean or null.
func (s *Scope) plainVariable(n *yaml11.Node) *yaml11.Node {
	name, ok := onlyName(n.Text)
	if !ok {
		return nil
	}
	raw := s.Raw(name)
	if raw == nil || raw.Kind == yaml11.String || raw.Kind == yaml11.List || raw.Kind == yaml11.Map {
		return nil
	}
	s.run.note(name, s.definition(name).level)
	out := *raw
	out.At = n.At
	out.Marks = raw.And(n.Marks)
	return &out
}

// pathOnly tells whether a template is one value of a variable: then its parts
// know by themselves which are sensitive.
func pathOnly(t *template) bool {
	return len(t.pieces) == 1 && t.pieces[0].expr != nil && isPath(t.pieces[0].expr)
}

// pieces evaluates the parts of a template. Null is an empty text.
func (ev *evaluator) pieces(t *template) ([]*yaml11.Node, error) {
	values := make([]*yaml11.Node, len(t.pieces))
	for i, p := range t.pieces {
		if p.expr == nil {
			values[i] = ev.text(p.text)
			continue
		}
		ev.source = p.source
		value, err := ev.looseValue(p.expr)
		if err != nil {
			return nil, err
		}
		if value.Kind == yaml11.Null {
			value = ev.text("")
		}
		values[i] = value
	}
	return values, nil
}

func (ev *evaluator) result(t *template, values []*yaml11.Node, source string) (*yaml11.Node, error) {
	single := len(values) == 1 && t.pieces[0].expr != nil
	if single && survives(values[0]) {
		return values[0], nil
	}
	var b strings.Builder
	for _, value := range values {
		s, err := ev.str(value)
		if err != nil {
			return nil, err
		}
		b.WriteString(s)
	}
	text := b.String()
	verbatim := single && values[0].Verbatim
	if out, ok := literal(text, ev.at); ok && !verbatim {
		return out, nil
	}
	lost := newlines(source) - newlines(text)
	out := ev.text(text + strings.Repeat("\n", max(0, lost)))
	out.Verbatim = verbatim && lost <= 0
	out.Unsafe = looksLikeTemplate(out.Text)
	return out, ev.spend(max(0, lost))
}

// newlines counts the line ends at the end of a text.
func newlines(s string) int { return len(s) - len(strings.TrimRight(s, "\n")) }

// survives tells whether a list or mapping comes out the same when Ansible
// writes it as text and reads that back.
func survives(n *yaml11.Node) bool {
	return n.Kind == yaml11.Map && survivesInside(n) || n.Kind == yaml11.List && !n.Tuple && survivesInside(n)
}

func survivesInside(n *yaml11.Node) bool {
	switch n.Kind {
	case yaml11.Float:
		return n.Float-n.Float == 0 // neither infinite nor NaN
	case yaml11.String:
		return !n.Verbatim
	}
	for _, item := range n.Items {
		if !survivesInside(item) {
			return false
		}
	}
	for _, f := range n.Fields {
		if !survivesInside(f.Key) || !survivesInside(f.Value) {
			return false
		}
	}
	return true
}

// condition evaluates a bare expression. One in braces is rendered first, and
// what it makes is the expression, as Ansible (with a warning) has it.
func (s *Scope) condition(text string, at spec.Position) (bool, error) {
	if looksLikeTemplate(text) {
		rendered, err := s.render(yaml11.NewString(text, at))
		switch {
		case err != nil:
			return false, err
		case rendered.Kind != yaml11.String:
			return yaml11.Truthy(rendered), nil
		case rendered.Unsafe || rendered.Sensitive:
			return false, &spec.Error{At: at, Message: "a condition is made from a value that must not be evaluated",
				Hint: "write the condition without braces"}
		case rendered.Text == "":
			return false, nil
		}
		text = rendered.Text
	}
	ev := &evaluator{scope: s, at: at, source: text}
	root, fault := parseCondition(text)
	if fault != nil {
		fault.excerpt = text
		return false, fault.at(at, false)
	}
	return ev.truth(root)
}

func parseCondition(text string) (node, *problem) {
	lx := &lexer{source: normalize(text)}
	if fault := lx.run(); fault != nil {
		return nil, fault
	}
	return parseTokens(lx.tokens)
}

// errUnsupportedLiteral is why a text that begins like a list stays a text.
var errUnsupportedLiteral = errors.New("not a literal")

// literal reads a text that looks like a list, mapping or boolean.
func literal(text string, at spec.Position) (*yaml11.Node, bool) {
	switch {
	case text == "True" || text == "False":
		return yaml11.NewBool(text == "True", at), true
	case !strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "{"):
		return nil, false
	}
	r := &literalReader{text: text, at: at}
	n, err := r.whole()
	return n, err == nil
}

// describe is a kind with its article.
func describe(n *yaml11.Node) string {
	switch {
	case n.Kind == yaml11.Int:
		return "an integer"
	case n.Kind == yaml11.Null:
		return "null"
	case n.Tuple:
		return "a tuple"
	}
	return "a " + n.Kind.String()
}
