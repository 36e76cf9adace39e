package taskdefinition

import (
	"encoding/json"
	"slices"
)

// canonical is a task definition in the one form that all equal ones share,
// but for the order of sets: defaults are filled in, what is empty is left
// out, pairs are maps and sizes are numbers. The family and the tags, which
// are compared elsewhere, are not in it.
func canonical(rules *node, doc map[string]any) map[string]any {
	out := canonicalObject(rules, doc, true)
	delete(out, "family")
	delete(out, "tags")
	fillNetwork(out)
	return out
}

// canonicalValue is nil for what counts as absent.
func canonicalValue(n *node, value any) any {
	switch value := value.(type) {
	case map[string]any:
		if out := canonicalObject(n, value, n != nil && n.kept); out != nil {
			return out
		}
	case []any:
		return canonicalList(n, value)
	case string:
		if n != nil && n.rewrite != nil {
			value = n.rewrite(value)
		}
		if value != "" {
			return value
		}
	default:
		return value
	}
	return nil
}

// canonicalObject is nil for an empty object, unless it is to stay.
func canonicalObject(n *node, object map[string]any, stays bool) map[string]any {
	out := make(map[string]any, len(object))
	for name, value := range object {
		if text, ok := value.(string); ok && n.isFree() {
			out[name] = text
		} else if value = canonicalValue(n.member(name), value); value != nil {
			out[name] = value
		}
	}
	if len(out) == 0 && !stays {
		return nil
	}
	fill(n, out)
	return out
}

// fill adds the members that count as given.
func fill(n *node, object map[string]any) {
	if n == nil {
		return
	}
	for name, member := range n.members {
		if object[name] != nil {
			continue
		}
		if member.fill != nil {
			object[name] = member.fill
		}
		if member.implied {
			object[name] = canonicalObject(member, nil, true)
		}
	}
}

func canonicalList(n *node, list []any) any {
	if n.isPairs() {
		return canonicalPairs(n, list)
	}
	out := make([]any, 0, len(list))
	for _, item := range list {
		if text, ok := item.(string); ok {
			out = append(out, text)
		} else if item = canonicalValue(n.element(), item); item != nil {
			out = append(out, item)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func canonicalPairs(n *node, list []any) any {
	out := make(map[string]any, len(list))
	for _, item := range list {
		pair := object(item)
		if name := text(pair[n.key]); name != "" {
			out[name] = text(pair[n.value])
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// fillNetwork fills in the network mode, and the host ports that follow from
// it: Fargate knows awsvpc alone, EC2 means bridge. Where containers do not
// share the host's ports, a host port is the container's or, at 0, any.
func fillNetwork(doc map[string]any) {
	if doc["networkMode"] == nil {
		doc["networkMode"] = "bridge"
		if slices.Contains(list(doc["requiresCompatibilities"]), any("FARGATE")) {
			doc["networkMode"] = "awsvpc"
		}
	}
	mode := text(doc["networkMode"])
	same := mode == "awsvpc" || mode == "host"
	for _, container := range list(doc["containerDefinitions"]) {
		for _, port := range list(object(container)["portMappings"]) {
			fillHostPort(object(port), same)
		}
	}
}

func fillHostPort(port map[string]any, same bool) {
	const dynamic = json.Number("0")
	if port["containerPort"] == nil || (port["hostPort"] != nil && port["hostPort"] != dynamic) {
		return
	}
	port["hostPort"] = dynamic
	if same {
		port["hostPort"] = port["containerPort"]
	}
}

// object, list and text are value when it is of that type, else empty.
func object(value any) map[string]any {
	o, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	return o
}

func list(value any) []any {
	l, ok := value.([]any)
	if !ok {
		return nil
	}
	return l
}

func text(value any) string {
	t, ok := value.(string)
	if !ok {
		return ""
	}
	return t
}

// equal compares canonical values; sets in another order are not equal to it.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && equalObjects(a, b)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	default:
		return isScalar(b) && a == b
	}
}

func equalObjects(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for name, value := range a {
		other, ok := b[name]
		if !ok || !equal(value, other) {
			return false
		}
	}
	return true
}

func isScalar(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return false
	default:
		return true
	}
}

// clone is a deep copy.
func clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, member := range value {
			out[name] = clone(member)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = clone(item)
		}
		return out
	default:
		return value
	}
}
