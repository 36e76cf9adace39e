package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

// check holds a request against the constraints of AWS's model: required,
// length, range, pattern and enum. It reports all breaches in one error, as AWS
// does.
func (codec *Codec) check(op string, tree any) error {
	s := codec.service
	c := checker{s: s, patterns: codec.patterns}
	c.visit(s.Operations[op].Input, unlisted(s.Name, op, tree), "")
	if len(c.breaches) == 0 {
		return nil
	}
	noun := "error"
	if len(c.breaches) > 1 {
		noun = "errors"
	}
	return awserr.New(constraintCode(s.Name, op), "%d validation %s detected: %s",
		len(c.breaches), noun, strings.Join(c.breaches, "; "))
}

// unlisted is a request without what its model constrains otherwise than AWS: the
// AttributeNames of SQS's ReceiveMessage are documented to be those of messages,
// and their shape lists those of queues. The backend checks them.
func unlisted(service, op string, tree any) any {
	members, ok := tree.(map[string]any)
	if service != "sqs" || op != "ReceiveMessage" || !ok {
		return tree
	}
	members = maps.Clone(members)
	delete(members, "AttributeNames")
	return members
}

// constraintCode is the code under which a service reports breaches.
func constraintCode(service, op string) string {
	switch service {
	case "secretsmanager", "ssm", "scheduler", "events":
		return "ValidationException"
	case "ecs":
		if op == "RegisterTaskDefinition" {
			return "ClientException"
		}
		return "InvalidParameterException"
	case "sqs":
		// Beside members that are required, its model constrains the names of
		// attributes alone.
		return "InvalidAttributeName"
	case "tagging", "logs":
		return "InvalidParameterException"
	default:
		return "ValidationError"
	}
}

// checker collects breaches. The tree has been bound, so its types are right.
type checker struct {
	s        *model.Service
	patterns map[string]*regexp.Regexp
	breaches []string
}

func (c *checker) visit(shapeName string, tree any, path string) {
	shape := c.s.Shapes[shapeName]
	switch value := tree.(type) {
	case nil:
		return
	case map[string]any:
		c.object(shape, value, path)
	case []any:
		c.length(shape, len(value), tree, path)
		if c.texts(shape, value, path) {
			return
		}
		for i, item := range value {
			c.visit(shape.Elem, item, path+"."+strconv.Itoa(i+1)+".member")
		}
	case string:
		c.text(shape, value, path)
	case json.Number:
		c.number(shape, value, path)
	}
}

// quotesNothing says whether the service's breaches leave values out, as
// IAM's do: localstack's recording test_role_tag_errors.
func (c *checker) quotesNothing() bool { return c.s.Name == "iam" }

// texts checks a list of texts the way IAM does, which blames the list, with
// all that its members must satisfy, and not the member. It says whether it did.
func (c *checker) texts(list model.Shape, items []any, path string) bool {
	shape := c.s.Shapes[list.Elem]
	if !c.quotesNothing() || shape.Kind != model.String || shape.Pattern == "" || len(shape.Enum) > 0 {
		return false
	}
	inside := checker{s: c.s, patterns: c.patterns}
	for _, item := range items {
		inside.visit(list.Elem, item, path)
	}
	if len(inside.breaches) > 0 {
		c.breach(shape, items, path, fmt.Sprintf("Member must satisfy constraint: [Member must have length less than or equal to %d, "+
			"Member must have length greater than or equal to %d, Member must satisfy regular expression pattern: %s, "+
			"Member must not be null]", shape.Max, shape.Min, shape.Pattern))
	}
	return true
}

func (c *checker) object(shape model.Shape, object map[string]any, path string) {
	if shape.Kind == model.Map {
		c.length(shape, len(object), object, path)
		for _, key := range slices.Sorted(maps.Keys(object)) {
			c.visit(shape.Key, key, join(path, key+".key"))
			c.visit(shape.Elem, object[key], join(path, key+".member"))
		}
		return
	}
	for _, member := range shape.Members {
		at := join(path, pathName(member.Name))
		value := object[member.Name]
		if value == nil && member.Required && !c.defaulted(member) {
			c.breach(model.Shape{}, nil, at, "Member must not be null")
		}
		c.visit(member.Shape, value, at)
	}
}

// defaulted says whether an absent member reads as zero: an unboxed number or
// boolean, which clients leave out when it is zero.
func (c *checker) defaulted(member model.Member) bool {
	shape := c.s.Shapes[member.Shape]
	switch shape.Kind {
	case model.Boolean, model.Integer, model.Long, model.Float, model.Double:
		return !shape.Boxed && !member.Boxed
	default:
		return false
	}
}

func (c *checker) text(shape model.Shape, value, path string) {
	if shape.Kind == model.Blob {
		raw, err := base64.StdEncoding.DecodeString(value)
		if err == nil {
			c.length(shape, len(raw), value, path)
		}
		return
	}
	c.length(shape, utf8.RuneCountInString(value), value, path)
	if shape.Pattern != "" && !c.patterns[shape.Pattern].MatchString(value) {
		c.breach(shape, value, path, "Member must satisfy regular expression pattern: "+shape.Pattern)
	}
	if len(shape.Enum) > 0 && !slices.Contains(shape.Enum, value) {
		c.breach(shape, value, path, "Member must satisfy enum value set: ["+strings.Join(shape.Enum, ", ")+"]")
	}
}

func (c *checker) length(shape model.Shape, n int, value any, path string) {
	if shape.HasMin && int64(n) < shape.Min {
		c.breach(shape, value, path, fmt.Sprintf("Member must have length greater than or equal to %d", shape.Min))
	}
	if shape.HasMax && int64(n) > shape.Max {
		c.breach(shape, value, path, fmt.Sprintf("Member must have length less than or equal to %d", shape.Max))
	}
}

func (c *checker) number(shape model.Shape, value json.Number, path string) {
	n, err := value.Float64()
	if err != nil {
		return
	}
	if shape.HasMin && n < float64(shape.Min) {
		c.breach(shape, value, path, fmt.Sprintf("Member must have value greater than or equal to %d", shape.Min))
	}
	if shape.HasMax && n > float64(shape.Max) {
		c.breach(shape, value, path, fmt.Sprintf("Member must have value less than or equal to %d", shape.Max))
	}
}

// breach notes one failure in AWS's words. A sensitive value, and anything
// that holds or may hold one, is left out.
func (c *checker) breach(shape model.Shape, value any, path, constraint string) {
	shown := "Value"
	switch v := value.(type) {
	case nil:
		shown = "Value null"
	case string, json.Number:
		if !shape.Sensitive && shape.Kind != model.Blob && !c.quotesNothing() {
			shown = fmt.Sprintf("Value '%v'", v)
		}
	}
	c.breaches = append(c.breaches, fmt.Sprintf("%s at '%s' failed to satisfy constraint: %s", shown, path, constraint))
}
