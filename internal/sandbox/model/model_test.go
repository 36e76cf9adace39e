package model

import "testing"

// TestEveryReferenceResolves guards against a table that was cut by hand.
func TestEveryReferenceResolves(t *testing.T) {
	for _, s := range Services() {
		for op, shapes := range s.Operations {
			if s.Shapes[shapes.Input].Kind != Structure {
				t.Errorf("%s:%s takes %q, which is no structure", s.Name, op, shapes.Input)
			}
			if shapes.Output != "" && s.Shapes[shapes.Output].Kind != Structure {
				t.Errorf("%s:%s gives %q, which is no structure", s.Name, op, shapes.Output)
			}
		}
		for name, shape := range s.Shapes {
			refs := []string{shape.Elem, shape.Key}
			for _, m := range shape.Members {
				refs = append(refs, m.Shape)
			}
			for _, ref := range refs {
				if _, ok := s.Shapes[ref]; !ok && ref != "" {
					t.Errorf("%s.%s speaks of %q, which is not there", s.Name, name, ref)
				}
			}
		}
	}
}

func TestMember(t *testing.T) {
	shape := Services()["secretsmanager"].Shapes["CreateSecretRequest"]
	if m, ok := shape.Member("Name"); !ok || !m.Required || m.Shape != "NameType" {
		t.Errorf("%v, %v", m, ok)
	}
	if _, ok := shape.Member("name"); ok {
		t.Error("the wire's names have a case")
	}
}
