package expr

import "fmt"

// postfix reads .b, [0] and calls.
func (p *parser) postfix(value node) (node, *problem) {
	var fault *problem
	for fault == nil {
		switch {
		case p.skip("."):
			value, fault = p.attribute(value)
		case p.skip("["):
			value, fault = p.subscript(value)
		case p.is("("):
			value, fault = p.call(value)
		default:
			return value, nil
		}
	}
	return nil, fault
}

func (p *parser) attribute(target node) (node, *problem) {
	t := p.peek()
	switch {
	case t.kind == nameToken:
		p.at++
		return &attributeNode{target: target, name: t.text}, nil
	case t.kind == constantToken && t.value.Int != nil:
		p.at++
		return &indexNode{target: target, index: &constantNode{value: t.value}}, nil
	}
	return nil, p.unexpected()
}

// subscript is an index or a slice.
func (p *parser) subscript(target node) (node, *problem) {
	var parts [3]node
	colons := 0
	for !p.skip("]") {
		if p.skip(":") {
			if colons++; colons > 2 {
				return nil, p.unexpected()
			}
			continue
		}
		if parts[colons] != nil {
			return nil, p.unexpected()
		}
		part, fault := p.expression()
		if fault != nil {
			return nil, fault
		}
		parts[colons] = part
	}
	switch {
	case colons > 0:
		return &sliceNode{target: target, first: parts[0], last: parts[1], by: parts[2]}, nil
	case parts[0] == nil:
		return nil, &problem{message: "an index is empty", hint: "write a key or a number between [ and ]"}
	}
	return &indexNode{target: target, index: parts[0]}, nil
}

// call is a lookup: there are no other functions.
func (p *parser) call(target node) (node, *problem) {
	args, fault := p.arguments()
	if fault != nil {
		return nil, fault
	}
	switch t := target.(type) {
	case *nameNode:
		if t.name == "lookup" {
			return &lookupNode{args: args}, nil
		}
		return nil, &problem{message: fmt.Sprintf("the function %q is not supported", t.name), hint: supportedHint}
	case *attributeNode:
		return nil, &problem{message: fmt.Sprintf("the method %q is not supported", t.name), hint: supportedHint}
	}
	return nil, &problem{message: "a call of something that is no function", hint: supportedHint}
}

func (p *parser) arguments() (arguments, *problem) {
	args := arguments{named: map[string]node{}}
	if !p.skip("(") {
		return args, nil
	}
	for count := 0; !p.skip(")"); count++ {
		if count > 0 {
			if fault := p.expect(","); fault != nil {
				return args, fault
			}
			if p.skip(")") {
				break
			}
		}
		if fault := p.argument(&args); fault != nil {
			return args, fault
		}
	}
	return args, nil
}

func (p *parser) argument(args *arguments) *problem {
	t := p.peek()
	if t.kind == nameToken && p.follows("=") {
		p.at += 2
		value, fault := p.expression()
		args.named[t.text] = value
		return fault
	}
	if len(args.named) > 0 {
		return p.unexpected()
	}
	value, fault := p.expression()
	args.positional = append(args.positional, value)
	return fault
}

// filters reads | f(…) and is t.
func (p *parser) filters(value node) (node, *problem) {
	var fault *problem
	for fault == nil {
		switch {
		case p.skip("|"):
			value, fault = p.filter(value)
		case p.is("is") && p.peek().kind == nameToken:
			p.at++
			value, fault = p.test(value)
		case p.is("("):
			value, fault = p.call(value)
		default:
			return value, nil
		}
	}
	return nil, fault
}

// dotted is a name that may be qualified, as ansible.builtin.default.
func (p *parser) dotted() (string, *problem) {
	const builtin = "ansible.builtin."
	t := p.peek()
	if t.kind != nameToken {
		return "", p.unexpected()
	}
	p.at++
	name := t.text
	for p.is(".") && p.at+1 < len(p.tokens) && p.tokens[p.at+1].kind == nameToken {
		name += "." + p.tokens[p.at+1].text
		p.at += 2
	}
	if len(name) > len(builtin) && name[:len(builtin)] == builtin {
		name = name[len(builtin):]
	}
	return name, nil
}

func (p *parser) filter(target node) (node, *problem) {
	name, fault := p.dotted()
	if fault != nil {
		return nil, fault
	}
	if _, ok := filterTable[name]; !ok {
		return nil, &problem{message: fmt.Sprintf("the filter %q is not supported", name), hint: filtersHint()}
	}
	args, fault := p.arguments()
	return &filterNode{target: target, name: name, args: args}, fault
}

func (p *parser) test(target node) (node, *problem) {
	negated := p.skip("not")
	name, fault := p.dotted()
	if fault != nil {
		return nil, fault
	}
	if _, ok := testTable[name]; !ok {
		return nil, &problem{message: fmt.Sprintf("the test %q is not supported", name), hint: testsHint()}
	}
	if p.skip("(") {
		if fault := p.expect(")"); fault != nil {
			return nil, fault
		}
	}
	return &testNode{target: target, name: name, negated: negated}, nil
}
