package terraform

import (
	"encoding/json"
	"fmt"
)

// fileResource is a resource in a state file.
type fileResource struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Instances []struct {
		IndexKey            any            `json:"index_key"`
		Deposed             string         `json:"deposed"`
		Attributes          map[string]any `json:"attributes"`
		SensitiveAttributes [][]step       `json:"sensitive_attributes"`
	} `json:"instances"`
}

// step is one of a path to a sensitive value.
type step struct {
	Type  string `json:"type"` // get_attr or index
	Value any    `json:"value"`
}

// modeManaged is what a resource is that is no data source.
const modeManaged = "managed"

func fileState(resources []fileResource) State {
	var s State
	for _, r := range resources {
		for _, i := range r.Instances {
			one := resource{address: r.address() + index(i.IndexKey), kind: r.Type, managed: r.Mode == modeManaged,
				attributes: &attributes{i.Attributes, marked(i.SensitiveAttributes)}}
			if i.Deposed != "" {
				s.remarks = append(s.remarks, Remark{one.address, "is deposed: it waits to be destroyed and is not taken over"})
				continue
			}
			s.resources = append(s.resources, one)
		}
	}
	return s
}

func (r fileResource) address() string {
	name := r.Type + "." + r.Name
	if r.Mode != modeManaged {
		name = r.Mode + "." + name
	}
	if r.Module != "" {
		name = r.Module + "." + name
	}
	return name
}

// index is the key of an instance as an address has it.
func index(key any) string {
	switch key := key.(type) {
	case nil:
		return ""
	case json.Number:
		return "[" + key.String() + "]"
	default:
		return fmt.Sprintf("[%q]", key)
	}
}

// marked are the attributes that paths begin with.
func marked(paths [][]step) map[string]bool {
	out := map[string]bool{}
	for _, path := range paths {
		if len(path) == 0 {
			continue
		}
		if name, ok := path[0].Value.(string); ok {
			out[name] = true
		}
	}
	return out
}
