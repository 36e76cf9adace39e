package wire

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"

	"ecs-reconciler/internal/sandbox/model"
)

// hidden stands for every value that is not told, whatever it is.
const hidden = "***"

// MaskJSON is what an awsJson1_1 body asks of an operation, with every text
// hidden that does not name something. It is nil for a body that the operation's
// model does not explain in full.
func (c *Codec) MaskJSON(op string, body []byte) any {
	tree, err := treeOfJSON(c.service, body)
	if err != nil {
		return nil
	}
	return c.masked(op, tree)
}

// MaskForm is MaskJSON for the fields of an awsQuery request.
func (c *Codec) MaskForm(op string, form url.Values) any {
	tree, err := treeOfForm(c.service, op, form)
	if err != nil {
		return nil
	}
	return c.masked(op, tree)
}

func (c *Codec) masked(op string, tree any) any {
	m := masker{s: c.service, naming: regexp.MustCompile(naming)}
	shown, ok := m.value(c.service.Operations[op].Input, "", tree)
	if !ok {
		return nil
	}
	return shown
}

// naming are the members whose values name a thing or a place, by how they end.
// The rest may be anything: descriptions, commands, values of tags and of
// variables, policies, and external ids, which some take for passwords.
const naming = `((?i:name|names|arn|arns|arnlist|family|prefix|path|image|role|key|keys|cluster|clusters|service|services|` +
	`region|regions|stage|stages|subnets|securitygroups|capacityprovider|taskdefinition|taskdefinitions|typefilters)|` +
	`From|Token|Marker|IdList|(?:^|[a-z])I[dD])$`

// masker copies a request's tree without what may be sensitive.
type masker struct {
	s      *model.Service
	naming *regexp.Regexp
}

// value is what may be told of a member's value, and whether the model explains
// all of it.
func (m masker) value(shapeName, member string, tree any) (any, bool) {
	shape, ok := m.s.Shapes[shapeName]
	if !ok || shape.Kind == model.Document {
		return nil, false
	}
	if tree == nil {
		return nil, true
	}
	if shape.Sensitive || shape.Kind == model.Blob {
		return hidden, true
	}
	switch tree := tree.(type) {
	case map[string]any:
		return m.object(shape, member, tree)
	case []any:
		return m.list(shape, member, tree)
	case string:
		return m.text(shape, member, tree)
	case json.Number:
		_, err := tree.Float64()
		return tree, err == nil && slices.Contains([]model.Kind{model.Integer, model.Long, model.Float, model.Double, model.Timestamp}, shape.Kind)
	case bool:
		return tree, shape.Kind == model.Boolean
	default:
		return nil, false
	}
}

func (m masker) object(shape model.Shape, member string, tree map[string]any) (any, bool) {
	if shape.Kind != model.Structure && shape.Kind != model.Map {
		return nil, false
	}
	out := map[string]any{}
	for name, value := range tree {
		elem, within := shape.Elem, member+".value"
		if shape.Kind == model.Structure {
			found, known := shape.Member(name)
			if !known {
				return nil, false
			}
			elem, within = found.Shape, name
		}
		shown, ok := m.value(elem, within, value)
		if !ok {
			return nil, false
		}
		out[name] = shown
	}
	return out, true
}

func (m masker) list(shape model.Shape, member string, tree []any) (any, bool) {
	if shape.Kind != model.List {
		return nil, false
	}
	out := []any{}
	for _, item := range tree {
		shown, ok := m.value(shape.Elem, member, item)
		if !ok {
			return nil, false
		}
		out = append(out, shown)
	}
	return out, true
}

func (m masker) text(shape model.Shape, member, value string) (any, bool) {
	if shape.Kind != model.String {
		return nil, false
	}
	if slices.Contains(shape.Enum, value) || len(shape.Enum) == 0 && member != "ExternalId" && m.naming.MatchString(member) {
		return value, true
	}
	return hidden, true
}
