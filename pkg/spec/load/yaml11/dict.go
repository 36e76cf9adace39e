package yaml11

import (
	"math"
	"math/big"
	"strconv"

	"ecs-reconciler/pkg/spec"
)

// dict builds a mapping with the key rules of a Python dict.
type dict struct {
	fields []Field
	at     map[string]int // by KeyIdentity
}

func newDict(size int) *dict {
	return &dict{fields: make([]Field, 0, size), at: make(map[string]int, size)}
}

// put adds a field, or replaces the value of an equal key, whose place and
// form stay.
func (d *dict) put(f Field) {
	id, ok := KeyIdentity(f.Key)
	if !ok {
		d.fields = append(d.fields, f)
		return
	}
	if i, ok := d.at[id]; ok {
		d.fields[i].Value = f.Value
		return
	}
	d.at[id] = len(d.fields)
	d.fields = append(d.fields, f)
}

func (d *dict) node(at spec.Position) *Node {
	n := &Node{Kind: Map, At: at, Fields: d.fields}
	if len(d.fields) < indexFrom {
		return n
	}
	n.index = make(map[string]int, len(d.fields))
	for i, f := range d.fields {
		if f.Key.Kind == String {
			n.index[f.Key.Text] = i
		}
	}
	return n
}

// KeyIdentity is equal for two scalars exactly if Python's dict takes them for
// one key: True, 1 and 1.0 are one. It is false for what cannot be compared
// so: NaN, lists and mappings.
func KeyIdentity(n *Node) (string, bool) {
	switch n.Kind {
	case String:
		return "s" + n.Text, true
	case Null:
		return "null", true
	case Bool:
		if n.Bool {
			return "n1", true
		}
		return "n0", true
	case Int:
		return "n" + n.Int.String(), true
	case Float:
		return floatIdentity(n.Float)
	default:
		return "", false
	}
}

func floatIdentity(f float64) (string, bool) {
	switch {
	case math.IsNaN(f):
		return "", false
	case math.IsInf(f, 0) || f != math.Trunc(f):
		return "f" + strconv.FormatFloat(f, 'g', -1, 64), true
	default:
		i, _ := big.NewFloat(f).Int(nil)
		return "n" + i.String(), true
	}
}
