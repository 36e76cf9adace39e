package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"reflect"

	"ecs-reconciler/internal/sandbox/model"
)

// ReadJSON reads an awsJson1_1 body into an operation's input, which is a
// pointer to the SDK's type. An empty body stands for an empty object.
func (c *Codec) ReadJSON(op string, body []byte, into any) error {
	tree, err := treeOfJSON(c.service, body)
	if err != nil {
		return err
	}
	return c.read(op, tree, into)
}

// treeOfJSON is a body as the tree that binder explains.
func treeOfJSON(s *model.Service, body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, malformed(s, "the request body is not JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, malformed(s, "the request body goes on after its JSON object")
	}
	if tree == nil {
		tree = map[string]any{}
	}
	return tree, nil
}

// ReadForm reads the fields of an awsQuery request, without Action and Version,
// into an operation's input, which is a pointer to the SDK's type.
func (c *Codec) ReadForm(op string, form url.Values, into any) error {
	tree, err := treeOfForm(c.service, op, form)
	if err != nil {
		return err
	}
	return c.read(op, tree, into)
}

// treeOfForm is a form as the tree that a JSON body would have been.
func treeOfForm(s *model.Service, op string, form url.Values) (any, error) {
	root := newNode()
	for key, values := range form {
		if key == "Action" || key == "Version" {
			continue
		}
		if len(values) != 1 {
			return nil, malformed(s, "parameter %s is given %d times", key, len(values))
		}
		root.add(key, values[0])
	}
	return former{s}.tree(s.Operations[op].Input, root, "")
}

func (c *Codec) read(op string, tree, into any) error {
	shape := c.service.Operations[op].Input
	b := binder{c.service}
	if err := b.bind(shape, tree, reflect.ValueOf(into).Elem(), ""); err != nil {
		return err
	}
	return c.check(op, tree)
}
