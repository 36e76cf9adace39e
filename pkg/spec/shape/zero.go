package shape

import (
	"math/big"
	"reflect"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
)

// A plain number or boolean cannot say that it was left out. Where the API
// requires one (ulimits[].softLimit) the SDK sends its zero, elsewhere
// (containerDefinitions[].cpu) it does not. The SDK is asked which is which:
// an empty struct is serialized, and what it writes is always sent.

// sentAsZero are the members of t that the SDK sends even when they are zero.
func sentAsZero(t reflect.Type) []string {
	serializable, ok := reflect.New(t).Interface().(smithy.Serializable)
	if !ok {
		return nil
	}
	seen := &zeros{}
	serializable.Serialize(seen)
	return seen.names
}

// isPlain tells whether t is a number or boolean without a pointer.
func isPlain(t reflect.Type) bool {
	return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Float64
}

func hasPlainZero(v reflect.Value) bool {
	for i := range v.NumField() {
		if isPlain(v.Type().Field(i).Type) && v.Field(i).IsZero() {
			return true
		}
	}
	return false
}

// zeros collects the names of the numbers and booleans written to it.
type zeros struct{ names []string }

func (z *zeros) add(s *smithy.Schema) { z.names = append(z.names, s.MemberName()) }

func (z *zeros) WriteInt8(s *smithy.Schema, _ int8)       { z.add(s) }
func (z *zeros) WriteInt16(s *smithy.Schema, _ int16)     { z.add(s) }
func (z *zeros) WriteInt32(s *smithy.Schema, _ int32)     { z.add(s) }
func (z *zeros) WriteInt64(s *smithy.Schema, _ int64)     { z.add(s) }
func (z *zeros) WriteFloat32(s *smithy.Schema, _ float32) { z.add(s) }
func (z *zeros) WriteFloat64(s *smithy.Schema, _ float64) { z.add(s) }
func (z *zeros) WriteBool(s *smithy.Schema, _ bool)       { z.add(s) }

func (*zeros) Bytes() []byte                                { return nil }
func (*zeros) WriteString(*smithy.Schema, string)           {}
func (*zeros) WriteBigInt(*smithy.Schema, *big.Int)         {}
func (*zeros) WriteBigFloat(*smithy.Schema, *big.Float)     {}
func (*zeros) WriteBlob(*smithy.Schema, []byte)             {}
func (*zeros) WriteTime(*smithy.Schema, time.Time)          {}
func (*zeros) WriteUnion(_, _ *smithy.Schema)               {}
func (*zeros) CloseUnion()                                  {}
func (*zeros) WriteDocument(*smithy.Schema, document.Value) {}
func (*zeros) WriteNil(*smithy.Schema)                      {}
func (*zeros) WriteStruct(*smithy.Schema)                   {}
func (*zeros) CloseStruct()                                 {}
func (*zeros) WriteList(*smithy.Schema)                     {}
func (*zeros) CloseList()                                   {}
func (*zeros) WriteMap(*smithy.Schema)                      {}
func (*zeros) WriteKey(*smithy.Schema, string)              {}
func (*zeros) CloseMap()                                    {}
