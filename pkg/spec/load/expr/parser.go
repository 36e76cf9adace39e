package expr

import (
	"fmt"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// parser follows Jinja's grammar (jinja2/parser.py), which differs from
// Python's: ~ binds closer than +, and filters and tests closer than any sign.
type parser struct {
	tokens []token
	at     int
	depth  int
}

// parseTokens parses a whole expression; several with commas are a tuple.
func parseTokens(tokens []token) (node, *problem) {
	p := &parser{tokens: tokens}
	if len(tokens) == 0 {
		return nil, &problem{message: "the expression is empty", hint: rawHint}
	}
	root, fault := p.tuple(false)
	if fault == nil && p.at < len(p.tokens) {
		fault = p.unexpected()
	}
	return root, fault
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{}
}

// is tells whether the next token is this sign or word.
func (p *parser) is(text string) bool {
	t := p.peek()
	return t.text == text && (t.kind == signToken || t.kind == nameToken)
}

// follows tells whether the token after the next is this sign or word.
func (p *parser) follows(text string) bool {
	if p.at+1 >= len(p.tokens) {
		return false
	}
	t := p.tokens[p.at+1]
	return t.text == text && (t.kind == signToken || t.kind == nameToken)
}

// skip consumes the next token if it is this sign or word.
func (p *parser) skip(text string) bool {
	if p.is(text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(sign string) *problem {
	if p.skip(sign) {
		return nil
	}
	fault := p.unexpected()
	fault.message += fmt.Sprintf(" where %q is expected", sign)
	return fault
}

func (p *parser) unexpected() *problem {
	if p.at >= len(p.tokens) {
		return &problem{message: "the expression ends too early", hint: "a conditional is written: a if condition else b"}
	}
	return &problem{message: fmt.Sprintf("%q is not expected here", p.peek().text), hint: supportedHint}
}

// tuple is one expression, or several with commas between.
func (p *parser) tuple(parenthesized bool) (node, *problem) {
	if parenthesized && p.is(")") {
		return &listNode{tuple: true}, nil
	}
	first, fault := p.expression()
	if fault != nil || !p.is(",") {
		return first, fault
	}
	items := []node{first}
	for p.skip(",") {
		if p.at >= len(p.tokens) || p.is(")") {
			break
		}
		item, fault := p.expression()
		if fault != nil {
			return nil, fault
		}
		items = append(items, item)
	}
	return &listNode{items: items, tuple: true}, nil
}

// expression is a conditional or what is without one.
func (p *parser) expression() (node, *problem) {
	if p.depth++; p.depth > maxNested {
		return nil, &problem{message: fmt.Sprintf("the expression is nested deeper than %d", maxNested), hint: "split it into variables"}
	}
	defer func() { p.depth-- }()
	value, fault := p.or()
	for fault == nil && p.skip("if") {
		value, fault = p.conditional(value)
	}
	return value, fault
}

func (p *parser) conditional(then node) (node, *problem) {
	condition, fault := p.or()
	if fault != nil {
		return nil, fault
	}
	out := &conditionalNode{condition: condition, then: then}
	if p.skip("else") {
		out.otherwise, fault = p.expression()
	}
	return out, fault
}

func (p *parser) or() (node, *problem) {
	left, fault := p.and()
	for fault == nil && p.skip("or") {
		var right node
		right, fault = p.and()
		left = &logicNode{or: true, left: left, right: right}
	}
	return left, fault
}

func (p *parser) and() (node, *problem) {
	left, fault := p.not()
	for fault == nil && p.skip("and") {
		var right node
		right, fault = p.not()
		left = &logicNode{left: left, right: right}
	}
	return left, fault
}

func (p *parser) not() (node, *problem) {
	negations := 0
	for p.skip("not") {
		negations++
	}
	operand, fault := p.compare()
	for ; negations > 0; negations-- {
		operand = &notNode{operand: operand}
	}
	return operand, fault
}

func (p *parser) compare() (node, *problem) {
	first, fault := p.sum()
	out := &compareNode{first: first}
	for fault == nil {
		sign := p.comparison()
		if sign == "" {
			break
		}
		var right node
		right, fault = p.sum()
		out.rest = append(out.rest, comparison{sign: sign, right: right})
	}
	if len(out.rest) == 0 {
		return first, fault
	}
	return out, fault
}

// comparison consumes a comparing sign or word, "" if there is none.
func (p *parser) comparison() string {
	for _, sign := range []string{"==", "!=", "<=", ">=", "<", ">", "in"} {
		if p.skip(sign) {
			return sign
		}
	}
	if p.is("not") && p.follows("in") {
		p.at += 2
		return "not in"
	}
	return ""
}

func (p *parser) sum() (node, *problem) { return p.arithmetic(p.concat, "+", "-") }

func (p *parser) product() (node, *problem) { return p.arithmetic(p.power, "*", "//", "/", "%") }

func (p *parser) arithmetic(operand func() (node, *problem), signs ...string) (node, *problem) {
	left, fault := operand()
	for fault == nil {
		sign := p.skipAny(signs)
		if sign == "" {
			break
		}
		var right node
		right, fault = operand()
		left = &arithmeticNode{sign: sign, left: left, right: right}
	}
	return left, fault
}

func (p *parser) skipAny(signs []string) string {
	for _, sign := range signs {
		if p.skip(sign) {
			return sign
		}
	}
	return ""
}

func (p *parser) concat() (node, *problem) {
	first, fault := p.product()
	parts := []node{first}
	for fault == nil && p.skip("~") {
		var part node
		part, fault = p.product()
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		return first, fault
	}
	return &concatNode{parts: parts}, fault
}

// power only keeps ** from being read as two signs.
func (p *parser) power() (node, *problem) {
	left, fault := p.unary(true)
	if fault == nil && p.is("**") {
		return nil, &problem{message: "** is not supported", hint: supportedHint}
	}
	return left, fault
}

func (p *parser) unary(filters bool) (node, *problem) {
	var value node
	var fault *problem
	if p.is("-") || p.is("+") {
		sign := p.peek().text
		p.at++
		if p.depth++; p.depth > maxNested {
			return nil, &problem{message: "too many signs in a row", hint: "remove them"}
		}
		value, fault = p.unary(false)
		p.depth--
		value = &negateNode{sign: sign, operand: value}
	} else {
		value, fault = p.primary()
	}
	if fault == nil {
		value, fault = p.postfix(value)
	}
	if fault == nil && filters {
		value, fault = p.filters(value)
	}
	return value, fault
}

func (p *parser) primary() (node, *problem) {
	t := p.peek()
	switch {
	case t.kind == nameToken:
		p.at++
		return named(t.text), nil
	case t.kind == constantToken:
		p.at++
		return p.constant(t.value), nil
	case p.skip("("):
		value, fault := p.tuple(true)
		if fault == nil {
			fault = p.expect(")")
		}
		return value, fault
	case p.skip("["):
		items, fault := p.sequence("]")
		return &listNode{items: items}, fault
	case p.skip("{"):
		return p.mapping()
	}
	return nil, p.unexpected()
}

// named is a literal that is a word, or a variable.
func named(word string) node {
	at := spec.Position{}
	switch word {
	case "true", "True":
		return &constantNode{value: yaml11.NewBool(true, at)}
	case "false", "False":
		return &constantNode{value: yaml11.NewBool(false, at)}
	case "none", "None":
		return &constantNode{value: yaml11.NewNull(at)}
	}
	return &nameNode{name: word}
}

// constant joins texts that stand side by side.
func (p *parser) constant(value *yaml11.Node) node {
	for value.Kind == yaml11.String && p.peek().kind == constantToken && p.peek().value.Kind == yaml11.String {
		value = yaml11.NewString(value.Text+p.peek().value.Text, value.At)
		p.at++
	}
	return &constantNode{value: value}
}

// sequence is a list of expressions up to a closing sign, which it consumes.
func (p *parser) sequence(end string) ([]node, *problem) {
	var items []node
	for !p.skip(end) {
		if len(items) > 0 {
			if fault := p.expect(","); fault != nil {
				return nil, fault
			}
			if p.skip(end) {
				break
			}
		}
		item, fault := p.expression()
		if fault != nil {
			return nil, fault
		}
		items = append(items, item)
	}
	return items, nil
}

func (p *parser) mapping() (node, *problem) {
	out := &mapNode{}
	for !p.skip("}") {
		if len(out.keys) > 0 {
			if fault := p.expect(","); fault != nil {
				return nil, fault
			}
			if p.skip("}") {
				break
			}
		}
		if fault := p.pair(out); fault != nil {
			return nil, fault
		}
	}
	return out, nil
}

func (p *parser) pair(out *mapNode) *problem {
	key, fault := p.expression()
	if fault == nil {
		fault = p.expect(":")
	}
	if fault != nil {
		return fault
	}
	value, fault := p.expression()
	out.keys, out.values = append(out.keys, key), append(out.values, value)
	return fault
}
