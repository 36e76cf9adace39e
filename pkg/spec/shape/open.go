package shape

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
)

// Some members are Go interfaces: unions, of which exactly one variant is
// given ({"nvidiaMps": {…}}), and open documents, which take any JSON. What
// implements them cannot be found by reflection, so the SDK is asked: the
// struct that has the member deserializes itself from a probe, which offers
// one variant without content or one document.

// needsParent tells whether a member of type t is filled through the struct
// that it is a member of.
func needsParent(t reflect.Type) bool {
	return t.Kind() == reflect.Interface || (t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Interface)
}

// open decodes doc into target, the member field of parent.
func (d *decoder) open(path string, doc any, parent reflect.Type, field reflect.StructField, target reflect.Value) {
	member := memberSchema(parent, field)
	switch {
	case doc == nil:
	case member == nil:
		d.report(path, "", "this member cannot be written here: the SDK does not say what it takes")
	case member.Type() == smithy.ShapeTypeDocument:
		target.Set(probed(parent, field, &probe{member: member, content: doc}))
	case field.Type.Kind() == reflect.Interface:
		d.union(path, doc, parent, field, member, member, target)
	default:
		d.unions(path, doc, parent, field, member, target)
	}
}

func (d *decoder) unions(path string, doc any, parent reflect.Type, field reflect.StructField, member *smithy.Schema, target reflect.Value) {
	items, ok := doc.([]any)
	if !ok {
		d.wanted(path, "a list", doc, "")
		return
	}
	filled := reflect.MakeSlice(field.Type, len(items), len(items))
	for i, item := range items {
		d.union(pointer(path, fmt.Sprint(i)), item, parent, field, member, member.ListMember(), filled.Index(i))
	}
	target.Set(filled)
}

func (d *decoder) union(path string, doc any, parent reflect.Type, field reflect.StructField, member, union *smithy.Schema, target reflect.Value) {
	known := slices.Sorted(maps.Keys(union.Members()))
	object, ok := doc.(map[string]any)
	if !ok || len(object) != 1 {
		d.wanted(path, "an object with one key", doc, "the key is one of "+list(known))
		return
	}
	for key, content := range object {
		at := pointer(path, key)
		variant := union.Member(key)
		if variant == nil {
			d.unknownKey(at, key, known)
			return
		}
		made := firstOf(probed(parent, field, &probe{member: member, variant: variant}))
		slot, ok := contentOf(made)
		switch {
		case !ok:
			d.report(at, "", "the SDK has no type for this key")
		case content == nil:
			d.report(at, "leave the key out", "the value is null")
		default:
			d.value(at, content, slot)
			target.Set(made)
		}
	}
}

// variantField is the field of a union's variant that holds its content.
const variantField = "Value"

// contentOf is the content of the variant that a union holds, settable when
// the union holds a pointer.
func contentOf(union reflect.Value) (reflect.Value, bool) {
	if union.IsNil() {
		return reflect.Value{}, false
	}
	variant := reflect.Indirect(union.Elem())
	if variant.Kind() != reflect.Struct {
		return reflect.Value{}, false
	}
	content := variant.FieldByName(variantField)
	return content, content.IsValid()
}

// variants are the content types of the union that field of parent is, or is
// a list of, by their names in the API; nil when it is no union.
func variants(parent reflect.Type, field reflect.StructField) map[string]reflect.Type {
	member := memberSchema(parent, field)
	union := member
	if member != nil && field.Type.Kind() == reflect.Slice {
		union = member.ListMember()
	}
	if union == nil || union.Type() != smithy.ShapeTypeUnion {
		return nil
	}
	found := map[string]reflect.Type{}
	for name, variant := range union.Members() {
		made := firstOf(probed(parent, field, &probe{member: member, variant: variant}))
		if content, ok := contentOf(made); ok {
			found[name] = content.Type()
		}
	}
	return found
}

// variantName is the API's name of the variant that a union holds: the SDK
// calls its Go type <union>Member<Variant>.
func variantName(variant reflect.Type) (string, bool) {
	_, name, ok := strings.Cut(variant.Name(), "Member")
	return wireName(name), ok && name != ""
}

// memberSchema is the SDK's schema of a member, nil when there is none.
func memberSchema(parent reflect.Type, field reflect.StructField) *smithy.Schema {
	p := &probe{onlySchema: true}
	probed(parent, field, p)
	if p.parent == nil {
		return nil
	}
	return p.parent.Member(wireName(field.Name))
}

// probed is the field of a fresh parent after it deserialized itself from p.
// The probe's own errors stop that early on purpose; a field that was not
// filled is the zero value.
func probed(parent reflect.Type, field reflect.StructField, p *probe) reflect.Value {
	fresh := reflect.New(parent)
	filled := fresh.Elem().FieldByIndex(field.Index)
	deserializable, ok := fresh.Interface().(smithy.Deserializable)
	if !ok {
		return filled
	}
	if err := deserializable.Deserialize(p); err != nil && !errors.Is(err, errSeen) {
		return reflect.Zero(field.Type)
	}
	return filled
}

// firstOf is v itself, or its first item when it is a list.
func firstOf(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Slice {
		return v
	}
	if v.Len() == 0 {
		return reflect.Zero(v.Type().Elem())
	}
	return v.Index(0)
}

var errSeen = errors.New("the schema was seen")

// probe offers a struct one member with one variant or document in it, and
// nothing deeper.
type probe struct {
	onlySchema bool
	parent     *smithy.Schema // of the struct that reads from the probe
	member     *smithy.Schema // the member to offer
	variant    *smithy.Schema // the variant to offer when member is a union or a list of them
	content    any            // to offer when member is a document

	memberRead, itemRead, variantRead bool
}

func (p *probe) ReadStruct(s *smithy.Schema) error {
	if p.parent == nil {
		p.parent = s
	}
	if p.onlySchema {
		return errSeen
	}
	return nil
}

func (p *probe) ReadStructMember() (*smithy.Schema, error) { return once(&p.memberRead, p.member), nil }

func (p *probe) ReadUnion(*smithy.Schema) (*smithy.Schema, error) {
	return once(&p.variantRead, p.variant), nil
}

func (p *probe) ReadDocument(_ *smithy.Schema, v *document.Value) error {
	*v = document.Opaque{Value: p.content}
	return nil
}

func (p *probe) ReadListItem(*smithy.Schema) (bool, error) {
	return once(&p.itemRead, p.member) != nil, nil
}

func once(done *bool, s *smithy.Schema) *smithy.Schema {
	if *done {
		return nil
	}
	*done = true
	return s
}

func (*probe) ReadList(*smithy.Schema) error                   { return nil }
func (*probe) ReadMap(*smithy.Schema) error                    { return nil }
func (*probe) ReadMapKey(*smithy.Schema) (string, bool, error) { return "", false, nil }
func (*probe) ReadNil(*smithy.Schema) (bool, error)            { return false, nil }
func (*probe) ReadInt8(*smithy.Schema, *int8) error            { return nil }
func (*probe) ReadInt16(*smithy.Schema, *int16) error          { return nil }
func (*probe) ReadInt32(*smithy.Schema, *int32) error          { return nil }
func (*probe) ReadInt64(*smithy.Schema, *int64) error          { return nil }
func (*probe) ReadFloat32(*smithy.Schema, *float32) error      { return nil }
func (*probe) ReadFloat64(*smithy.Schema, *float64) error      { return nil }
func (*probe) ReadBool(*smithy.Schema, *bool) error            { return nil }
func (*probe) ReadString(*smithy.Schema, *string) error        { return nil }
func (*probe) ReadBlob(*smithy.Schema, *[]byte) error          { return nil }
func (*probe) ReadTime(*smithy.Schema, *time.Time) error       { return nil }
func (*probe) ReadBigInt(*smithy.Schema, *big.Int) error       { return nil }
func (*probe) ReadBigFloat(*smithy.Schema, *big.Float) error   { return nil }
