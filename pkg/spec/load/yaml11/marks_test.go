package yaml11

import (
	"testing"

	"ecs-reconciler/pkg/spec"
)

// TestMarks: a tree has the marks of all that is in it, marking it leaves the
// original as it was, and keys stay unmarked.
func TestMarks(t *testing.T) {
	text := func(m Marks) *Node {
		n := NewString("x", spec.Position{})
		n.Marks = m
		return n
	}
	tree := NewMap([]Field{{Key: text(Marks{}), Value: NewList([]*Node{text(Marks{Sensitive: true}), text(Marks{Outside: true})}, spec.Position{})}}, spec.Position{})
	if got, want := tree.AllMarks(), (Marks{Sensitive: true, Outside: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	marked := tree.Marked(Marks{Inline: true})
	if item := marked.Fields[0].Value.Items[1]; item.Marks != (Marks{Inline: true, Outside: true}) || marked.Fields[0].Key.Marks != (Marks{}) {
		t.Errorf("marked with %+v, its key with %+v", item.Marks, marked.Fields[0].Key.Marks)
	}
	if tree.AllMarks().Inline || !tree.HasSensitive() || NewNull(spec.Position{}).HasSensitive() || (*Node)(nil).AllMarks() != (Marks{}) {
		t.Error("marks are where they do not belong")
	}
}
