package taskdefinition

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// TagSensitive is on a revision that holds values out of a vault. It names the
// variables, so that a later run hides them although its own spec may no
// longer know them: CONTAINER:VARIABLE, separated by spaces, or one of
// allVariables and everything.
const TagSensitive = "ecs-reconciler/sensitive"

// What TagSensitive says when it cannot name every place.
const (
	allVariables = "environment"
	everything   = "everything"
)

// maxTagValue is AWS's limit on a tag's value, in characters.
const maxTagValue = 256

// places are JSON pointers into a canonical task definition.
type places []string

// cover tells whether one of the places is path or holds it.
func (ps places) cover(path string) bool {
	return slices.ContainsFunc(ps, func(p string) bool { return within(path, p) })
}

// touch tells whether one of the places is path, holds it or lies in it.
func (ps places) touch(path string) bool {
	return slices.ContainsFunc(ps, func(p string) bool { return within(path, p) || within(p, path) })
}

// within tells whether the pointer path is outer, or lies in it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '/')
}

// escape makes a JSON pointer's token of a name (RFC 6901).
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// tokens takes a JSON pointer apart.
func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	out := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, t := range out {
		out[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	return out
}

// canonicalPlace turns a pointer into the document as it was written into one
// into its canonical form, where pairs go by name.
func canonicalPlace(n *node, doc any, pointer string) string {
	var b strings.Builder
	for _, token := range tokens(pointer) {
		items, isList := doc.([]any)
		if !isList {
			b.WriteString("/" + escape(token))
			n, doc = n.member(token), object(doc)[token]
			continue
		}
		i, err := strconv.Atoi(token)
		known := err == nil && i >= 0 && i < len(items)
		if known && n.isPairs() {
			token = text(object(items[i])[n.key])
		}
		b.WriteString("/" + escape(token))
		if !known || n.isPairs() {
			break
		}
		n, doc = n.element(), items[i]
	}
	return b.String()
}

// sensitiveTag is the value of TagSensitive; "" when there is nothing to hide.
func sensitiveTag(doc map[string]any, hidden places) string {
	names := make([]string, 0, len(hidden))
	for _, p := range hidden {
		name := variableAt(doc, tokens(p))
		if name == everything {
			return everything
		}
		names = append(names, name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	tag := strings.Join(names, " ")
	if len(tag) > maxTagValue || slices.ContainsFunc(names, unfitForTag) {
		return allVariables
	}
	return tag
}

// unfitForTag tells whether a name cannot stand in a tag's value, or not as
// one word of it.
func unfitForTag(name string) bool {
	const fit = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/=+@-"
	return name == allVariables || strings.Trim(name, fit) != ""
}

// variableAt is CONTAINER:VARIABLE for a place that is a variable's value.
func variableAt(doc map[string]any, place []string) string {
	if len(place) < 3 || place[0] != "containerDefinitions" || place[2] != "environment" {
		return everything
	}
	i, err := strconv.Atoi(place[1])
	containers := list(doc["containerDefinitions"])
	switch {
	case err != nil || i < 0 || i >= len(containers):
		return everything
	case len(place) == 3:
		return allVariables
	default:
		return text(object(containers[i])["name"]) + ":" + place[3]
	}
}

// redact replaces what the places cover within a canonical value.
func (ps places) redact(path string, value any) any {
	if value == nil || !ps.touch(path) {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			out[name] = ps.redact(path+"/"+escape(name), member)
		}
		return out
	case []any:
		if slices.ContainsFunc(value, func(item any) bool { return !isScalar(item) }) {
			out := make([]any, len(value))
			for i, item := range value {
				out[i] = ps.redact(path+"/"+strconv.Itoa(i), item)
			}
			return out
		}
	}
	return spec.Masked
}

// values are the texts that the places cover within a canonical value.
func (ps places) values(path string, value any) []string {
	if !ps.touch(path) {
		return nil
	}
	var out []string
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			out = append(out, ps.values(path+"/"+escape(name), value[name])...)
		}
	case []any:
		for i, item := range value {
			out = append(out, ps.values(path+"/"+strconv.Itoa(i), item)...)
		}
	case string:
		out = append(out, value)
	}
	return out
}

// hidden is what must not be shown of an observed revision.
type hidden struct {
	everything bool
	variables  bool
	unnamed    bool            // variables that the spec does not name: nothing tells what they hold
	names      map[string]bool // CONTAINER:VARIABLE
}

// hiddenBy reads a revision's tags. A revision that we did not register says
// nothing of its values.
func hiddenBy(tags map[string]string) hidden {
	h := hidden{unnamed: tags[spec.TagApplied] == "", names: map[string]bool{}}
	for name := range strings.FieldsSeq(tags[TagSensitive]) {
		h.names[name] = true
	}
	h.everything, h.variables = h.names[everything], h.names[allVariables]
	return h
}

// also adds what another revision hides by name.
func (h hidden) also(o hidden) hidden {
	names := maps.Clone(h.names)
	maps.Copy(names, o.names)
	return hidden{h.everything || o.everything, h.variables || o.variables, h.unnamed, names}
}

// variable tells whether a container's variable must not be shown.
func (h hidden) variable(container, name string, named bool) bool {
	return h.everything || h.variables || h.names[container+":"+name] || (h.unnamed && !named)
}

// redactContainer hides the variables of an observed container, in canonical
// form, that the spec does not have.
func (h hidden) redactContainer(container map[string]any) map[string]any {
	variables := object(container["environment"])
	if len(variables) == 0 {
		return container
	}
	shown := make(map[string]any, len(variables))
	for name, value := range variables {
		shown[name] = value
		if h.variable(text(container["name"]), name, false) {
			shown[name] = spec.Masked
		}
	}
	out := maps.Clone(container)
	out["environment"] = shown
	return out
}
