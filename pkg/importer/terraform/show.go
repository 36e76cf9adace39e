package terraform

import "slices"

// showModule is a module in what `terraform show -json` prints.
type showModule struct {
	Resources []struct {
		Address    string         `json:"address"`
		Mode       string         `json:"mode"`
		Type       string         `json:"type"`
		DeposedKey string         `json:"deposed_key"`
		Values     map[string]any `json:"values"`
		Sensitive  map[string]any `json:"sensitive_values"`
	} `json:"resources"`
	Children []showModule `json:"child_modules"`
}

func (m showModule) state() State {
	var s State
	for _, r := range m.Resources {
		if r.DeposedKey != "" {
			s.remarks = append(s.remarks, Remark{r.Address, "is deposed: it waits to be destroyed and is not taken over"})
			continue
		}
		s.resources = append(s.resources, resource{address: r.Address, kind: r.Type, managed: r.Mode == modeManaged, attributes: &attributes{r.Values, sensitiveIn(r.Sensitive)}})
	}
	for _, child := range m.Children {
		of := child.state()
		s.resources, s.remarks = append(s.resources, of.resources...), append(s.remarks, of.remarks...)
	}
	return s
}

// sensitiveIn are the attributes with something sensitive in them.
func sensitiveIn(values map[string]any) map[string]bool {
	out := map[string]bool{}
	for name, value := range values {
		out[name] = holdsTrue(value)
	}
	return out
}

func holdsTrue(value any) bool {
	if value == any(true) {
		return true
	}
	for _, member := range object(value) {
		if holdsTrue(member) {
			return true
		}
	}
	return slices.ContainsFunc(list(value), holdsTrue)
}
