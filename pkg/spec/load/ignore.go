package load

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/shape"
)

// ignore checks that what is to be ignored can differ at all.
func (r *resolver) ignore(from source.Task, t spec.Task) {
	for i, pointer := range t.Ignore {
		if message, hint := unignorable(pointer); message != "" {
			at := "/spec/ignore/" + strconv.Itoa(i)
			r.complain(from.Place(at), dotted(at), hint, message)
		}
	}
}

// unignorable is why a pointer cannot stand under ignore, and what may have
// been meant; "" when it can.
func unignorable(pointer string) (message, hint string) {
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range tokens {
		tokens[i] = unescape.Replace(tokens[i])
	}
	if !strings.HasPrefix(pointer, "/") || len(tokens) < 2 || tokens[1] == "" {
		return fmt.Sprintf("%q cannot be ignored", pointer), "it begins with /task_definition/ or /role/"
	}
	schema := roleFields()
	switch tokens[0] {
	case "task_definition":
		schema = shape.Schema(reflect.TypeFor[ecs.RegisterTaskDefinitionInput]())
	case "role", "execution_role":
	default:
		return fmt.Sprintf("%q cannot be ignored", pointer), "it begins with /task_definition/ or /role/"
	}
	if token, hint, ok := follow(schema, tokens[1:], tokens[0]); !ok {
		return fmt.Sprintf("%q cannot be ignored: there is no %q", pointer, token), hint
	}
	return "", ""
}

// roleFields is the form of a role's settings, where each can be ignored. What
// is in a policy is the user's own.
func roleFields() map[string]any {
	named := map[string]any{"additionalProperties": map[string]any{}}
	scalar := map[string]any{"type": []any{"string"}}
	return map[string]any{"properties": map[string]any{
		"trust_policy": map[string]any{}, "inline_policies": named, "managed_policies": map[string]any{}, "tags": named,
		"permissions_boundary": scalar, "description": scalar, "max_session_duration": scalar, "path": scalar,
	}}
}

// follow goes down a JSON Schema; when it cannot, it tells at which token.
func follow(schema map[string]any, tokens []string, list string) (token, hint string, ok bool) {
	if len(tokens) == 0 || len(schema) == 0 {
		return "", "", true // an empty schema takes anything
	}
	token = tokens[0]
	if items, ok := schema["items"].(map[string]any); ok {
		if _, err := strconv.ParseUint(token, 10, 31); err != nil && !slices.Contains(listsOfPairs(), list) {
			return token, "the elements of a list are named by their index, from 0", false
		}
		return follow(items, tokens[1:], "")
	}
	properties, _ := schema["properties"].(map[string]any)
	if member, ok := properties[token].(map[string]any); ok {
		return follow(member, tokens[1:], token)
	}
	if others, ok := schema["additionalProperties"].(map[string]any); ok {
		return follow(others, tokens[1:], "")
	}
	return token, suggestion(token, slices.Collect(maps.Keys(properties))), false
}

// listsOfPairs are the lists of a task definition whose elements can also be
// named by their name.
func listsOfPairs() []string {
	return []string{"environment", "secrets", "secretOptions", "properties", "tags"}
}
