package events

import "strings"

// parameters are the parameters that a record of Systems Manager is about.
func (t *trail) parameters() ([]object, error) {
	switch t.EventName {
	case "DeleteParameter", "LabelParameterVersion", "PutParameter", "UnlabelParameterVersion":
		name, err := t.text("name")
		return objects(Parameter, parameterNames(name)...), err
	case "DeleteParameters":
		names, err := t.texts("names")
		var out []object
		for _, name := range names {
			out = append(out, objects(Parameter, parameterNames(name)...)...)
		}
		return out, err
	case "AddTagsToResource", "RemoveTagsFromResource":
		kind, err := t.text("resourceType")
		if err != nil || kind != "Parameter" {
			return nil, err
		}
		id, err := t.text("resourceId")
		return objects(Parameter, parameterNames(id)...), err
	default:
		return nil, nil
	}
}

// parameterNames are the names that an id may stand for. An ARN has no slash
// before the name, so that a name of one part may have one or none.
func parameterNames(id string) []string {
	if !strings.HasPrefix(id, "arn:") {
		return []string{id}
	}
	_, name, ok := strings.Cut(id, ":parameter/")
	switch {
	case !ok || name == "":
		return nil
	case strings.Contains(name, "/"):
		return []string{"/" + name}
	default:
		return []string{name, "/" + name}
	}
}

// parameter reads what Parameter Store itself tells (Systems Manager User Guide,
// "Amazon EventBridge events for Systems Manager").
func (e envelope) parameter() ([]object, trail, error) {
	var detail struct {
		Name      string `json:"name"`
		Operation string `json:"operation"`
	}
	if err := decode(e.Detail, &detail); err != nil {
		return nil, trail{}, err
	}
	return objects(Parameter, detail.Name), trail{EventName: detail.Operation, UserIdentity: identity{}}, nil
}
