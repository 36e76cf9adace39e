package yaml11

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// The patterns are those of YAML 1.1's type repository as PyYAML 6.0.3 has
// them (yaml/resolver.py), tried in its order: bool, float, int, null.
var (
	floatPattern = regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?` +
		`|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?` +
		`|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*` +
		`|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	intPattern = regexp.MustCompile(`^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)` +
		`|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
)

// maxDigits is Python's own limit on the length of a number
// (sys.get_int_max_str_digits), kept because longer ones cost quadratic time.
const maxDigits = 4300

// PlainKind is the kind that an unquoted, untagged scalar is read as. Dates
// and = are strings here.
func PlainKind(text string) Kind {
	if text == "" {
		return Null
	}
	switch c := text[0]; {
	case c == '~' || c == 'n' || c == 'N':
		if text == "~" || text == "null" || text == "Null" || text == "NULL" {
			return Null
		}
	case c == '+' || c == '-' || c == '.' || '0' <= c && c <= '9':
		return resolveNumber(text)
	}
	if isBool(text) {
		return Bool
	}
	return String
}

func resolveNumber(text string) Kind {
	switch {
	case floatPattern.MatchString(text):
		return Float
	case intPattern.MatchString(text):
		return Int
	default:
		return String
	}
}

func isBool(text string) bool {
	switch text {
	case "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
		"on", "On", "ON", "off", "Off", "OFF":
		return true
	}
	return false
}

// parseBool reads a boolean in any case, as PyYAML does once the tag is known.
func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "yes", "true", "on":
		return true, true
	case "no", "false", "off":
		return false, true
	}
	return false, false
}

// parseInt reads an integer in any of YAML 1.1's notations.
func parseInt(text string) (*big.Int, bool) {
	digits := strings.TrimSpace(strings.ReplaceAll(text, "_", ""))
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if digits == "" || len(digits) > maxDigits {
		return nil, false
	}
	i, ok := parseMagnitude(digits)
	if ok && negative {
		i.Neg(i)
	}
	return i, ok
}

func parseMagnitude(digits string) (*big.Int, bool) {
	switch {
	case digits == "0":
		return new(big.Int), true
	case strings.HasPrefix(digits, "0b"):
		return parseBase(digits[2:], 2)
	case strings.HasPrefix(digits, "0x"):
		return parseBase(digits[2:], 16)
	case digits[0] == '0':
		return parseBase(digits, 8)
	case strings.Contains(digits, ":"):
		return parseSexagesimal(digits)
	default:
		return parseBase(digits, 10)
	}
}

func parseBase(digits string, base int) (*big.Int, bool) {
	if digits == "" || strings.ContainsAny(digits, "+-") {
		return nil, false
	}
	return new(big.Int).SetString(digits, base)
}

func parseSexagesimal(digits string) (*big.Int, bool) {
	total, sixty := new(big.Int), big.NewInt(60)
	for part := range strings.SplitSeq(digits, ":") {
		i, ok := parseBase(part, 10)
		if !ok {
			return nil, false
		}
		total.Add(total.Mul(total, sixty), i)
	}
	return total, true
}

// parseFloat reads a float in any of YAML 1.1's notations.
func parseFloat(text string) (float64, bool) {
	digits := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(text, "_", "")))
	sign := 1.0
	if strings.HasPrefix(digits, "-") {
		sign = -1
	}
	if strings.HasPrefix(digits, "-") || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	switch {
	case digits == ".inf":
		return math.Inf(int(sign)), true
	case digits == ".nan":
		return math.NaN(), true
	case strings.Contains(digits, ":"):
		f, ok := parseSexagesimalFloat(digits)
		return sign * f, ok
	default:
		f, ok := parseDecimal(digits)
		return sign * f, ok
	}
}

// parseSexagesimalFloat adds from the last place to the first, as PyYAML does:
// the order shows in the last binary digit.
func parseSexagesimalFloat(digits string) (float64, bool) {
	parts := strings.Split(digits, ":")
	total, base := 0.0, 1.0
	for i := len(parts) - 1; i >= 0; i-- {
		f, ok := parseDecimal(parts[i])
		if !ok {
			return 0, false
		}
		total += f * base
		base *= 60
	}
	return total, true
}

// parseDecimal is Python's float(): no hexadecimal, and infinity for what is
// too large.
func parseDecimal(digits string) (float64, bool) {
	if strings.ContainsAny(digits, "xp+-") && !strings.Contains(digits, "e") || strings.Contains(digits, "0x") {
		return 0, false
	}
	f, err := strconv.ParseFloat(digits, 64)
	return f, err == nil || math.IsInf(f, 0)
}
