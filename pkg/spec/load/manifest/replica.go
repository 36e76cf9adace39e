package manifest

import (
	"encoding/json"

	"ecs-reconciler/pkg/spec"
)

// Replica is a copy of a secret in another region.
type Replica struct {
	Region   string  `json:"region"`
	KMSKeyID *string `json:"kms_key_id,omitempty"` // a key of that region; "" is AWS's own
}

// Removable is a document that null removes, and that is left alone where
// nothing is said of it.
type Removable struct {
	Given    bool
	Document spec.Document // nil: remove it
}

// IsZero tells whether nothing is said.
func (r Removable) IsZero() bool { return !r.Given }

// MarshalJSON writes the document, or null.
func (r Removable) MarshalJSON() ([]byte, error) { return json.Marshal(r.Document) }

// UnmarshalJSON reads a document or null; either says something.
func (r *Removable) UnmarshalJSON(data []byte) error {
	r.Given = true
	return json.Unmarshal(data, &r.Document)
}

// Spec is the document as a managed secret has it.
func (r Removable) Spec() *spec.Document {
	if !r.Given {
		return nil
	}
	return &r.Document
}

// ReplicasOf are a manifest's replicas as a managed secret has them.
func ReplicasOf(list *[]Replica) []spec.Replica {
	if list == nil {
		return nil
	}
	out := make([]spec.Replica, 0, len(*list))
	for _, r := range *list {
		out = append(out, spec.Replica{Region: r.Region, KMSKeyID: r.KMSKeyID})
	}
	return spec.SortReplicas(out)
}

// replicas are a managed secret's as a manifest has them.
func replicas(list []spec.Replica) *[]Replica {
	if list == nil {
		return nil
	}
	out := make([]Replica, 0, len(list))
	for _, r := range list {
		out = append(out, Replica{Region: r.Region, KMSKeyID: r.KMSKeyID})
	}
	return &out
}

func removable(doc *spec.Document) Removable {
	if doc == nil {
		return Removable{}
	}
	return Removable{Given: true, Document: *doc}
}
