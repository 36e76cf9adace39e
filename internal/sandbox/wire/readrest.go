package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"ecs-reconciler/internal/sandbox/model"
)

// Place is where a restJson1 request is addressed to: method, path as it was
// sent, and query.
type Place struct {
	Method, Path string
	Query        url.Values
}

// Operation finds the operation that a place means.
func (c *Codec) Operation(at Place) (name string, ok bool) {
	for name, op := range c.service.Operations {
		if _, fits := variables(op.URI, at.Path); fits && op.Method == at.Method {
			return name, true
		}
	}
	return "", false
}

// variables matches a path with an operation's, such as /tags/{ResourceArn},
// and gives what stands for each name in braces.
func variables(template, path string) (map[string]string, bool) {
	names, values := strings.Split(template, "/"), strings.Split(path, "/")
	if len(names) != len(values) {
		return nil, false
	}
	out := map[string]string{}
	for i, name := range names {
		value, err := url.PathUnescape(values[i])
		label, isLabel := strings.CutPrefix(name, "{")
		switch {
		case err != nil, !isLabel && value != name, isLabel && value == "":
			return nil, false
		case isLabel:
			out[strings.TrimSuffix(label, "}")] = value
		}
	}
	return out, true
}

// ReadREST reads a restJson1 request into an operation's input, which is a
// pointer to the SDK's type: members from the path, from the query, and from
// the body.
func (c *Codec) ReadREST(op string, at Place, body []byte, into any) error {
	tree, err := c.object(body)
	if err != nil {
		return err
	}
	input := c.service.Shapes[c.service.Operations[op].Input]
	for name := range tree {
		if member, known := input.Member(name); known && member.In != "" {
			return malformed(c.service, "%q does not travel in the body", name)
		}
	}
	labels, _ := variables(c.service.Operations[op].URI, at.Path)
	for _, member := range input.Members {
		values := at.Query[member.As]
		if member.In == "uri" {
			values = []string{labels[member.As]}
		}
		if member.In == "" || len(values) == 0 {
			continue
		}
		if tree[member.Name], err = c.located(member, values); err != nil {
			return err
		}
	}
	if err := c.checkQuery(input, at.Query); err != nil {
		return err
	}
	return c.read(op, tree, into)
}

// object reads a body that holds a JSON object, or nothing.
func (c *Codec) object(body []byte) (map[string]any, error) {
	out := map[string]any{}
	if len(bytes.TrimSpace(body)) == 0 {
		return out, nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil || out == nil {
		return nil, malformed(c.service, "the request body is not a JSON object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, malformed(c.service, "the request body goes on after its JSON object")
	}
	return out, nil
}

// located turns the texts of a member outside the body into what a JSON body
// would have held.
func (c *Codec) located(member model.Member, values []string) (any, error) {
	shape := c.service.Shapes[member.Shape]
	if shape.Kind == model.List {
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = v
		}
		return list, nil
	}
	if len(values) != 1 {
		return nil, malformed(c.service, "parameter %s is given %d times", member.As, len(values))
	}
	return former{c.service}.scalar(shape, values[0], member.As)
}

// checkQuery refuses parameters that the operation does not have.
func (c *Codec) checkQuery(input model.Shape, query url.Values) error {
	known := map[string]bool{}
	for _, member := range input.Members {
		known[member.As] = member.In == "querystring"
	}
	for name := range query {
		if !known[name] {
			return malformed(c.service, "unknown parameter %q", name)
		}
	}
	return nil
}
