package shape

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
)

// rational is the number that doc is, exactly; ok is false for what is no
// number. One beyond float64 counts as the largest float64: no member takes
// either, and 1e999999999 must not be written out.
func rational(doc any) (number *big.Rat, ok bool) {
	if written, isNumber := doc.(json.Number); isNumber {
		return parseNumber(written.String())
	}
	switch v := reflect.ValueOf(doc); {
	case v.CanInt():
		return new(big.Rat).SetInt64(v.Int()), true
	case v.CanUint():
		return new(big.Rat).SetUint64(v.Uint()), true
	case v.CanFloat():
		return fromFloat(v.Float())
	default:
		return nil, false
	}
}

func parseNumber(text string) (*big.Rat, bool) {
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return new(big.Rat).SetInt64(whole), true
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, false
	}
	return fromFloat(value)
}

func fromFloat(value float64) (*big.Rat, bool) {
	if math.IsNaN(value) {
		return nil, false
	}
	return new(big.Rat).SetFloat64(max(-math.MaxFloat64, min(math.MaxFloat64, value))), true
}

// wholeNumber is doc in decimal digits when it is a whole number of at most
// 64 bits.
func wholeNumber(doc any) (string, bool) {
	number, ok := rational(doc)
	if !ok || !number.IsInt() || !number.Num().IsInt64() {
		return "", false
	}
	return number.Num().String(), true
}

// kindOf says what doc is in the words of a JSON user.
func kindOf(doc any) string {
	if _, ok := rational(doc); ok {
		return "a number"
	}
	switch doc.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return fmt.Sprintf("a %T", doc)
	}
}

func quoteHint(doc any) string {
	if kind := kindOf(doc); isOneOf(kind, "a number", "a boolean") {
		return "put it in quotes"
	}
	return ""
}

func unquoteHint(doc any) string {
	text, ok := doc.(string)
	if !ok {
		return ""
	}
	if _, ok := parseNumber(text); !ok {
		return ""
	}
	return "write the number without quotes"
}

func isOneOf(text string, known ...string) bool { return slices.Contains(known, text) }
