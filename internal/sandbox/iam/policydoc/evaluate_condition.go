package policydoc

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// conditions tells whether all blocks of a Condition hold. All are looked at, so
// that every missing key is known.
func (e *evaluation) conditions(condition *Node) truth {
	holds := yes
	if condition == nil {
		return holds
	}
	for _, block := range condition.Members {
		op, known := parseOperator(block.Key)
		for _, key := range block.Value.Members {
			e.doubt = !known
			met := e.condition(op, key.Key, key.Value.Strings())
			switch {
			case e.doubt:
				holds = min(holds, doubtful)
			case !met:
				holds = no
			}
		}
	}
	return holds
}

func (e *evaluation) condition(op operator, key string, wanted []string) bool {
	have := e.values(key)
	if op.name == "Null" {
		return anyOf(wanted, func(w string) bool { return strings.EqualFold(w, "true") == (len(have) == 0) })
	}
	positive, negated := positiveOf(op.name)
	if len(have) == 0 {
		return op.ifExists || op.set == "ForAllValues" || negated && op.set == ""
	}
	one := func(value string) bool {
		return negated != anyOf(wanted, func(w string) bool { return e.compare(positive, w, value) })
	}
	if op.set == "ForAllValues" || op.set == "" && negated {
		return !anyOf(have, func(value string) bool { return !one(value) })
	}
	return anyOf(have, one)
}

// positiveOf turns an operator with Not into the one without.
func positiveOf(name string) (positive string, negated bool) {
	if name == "NotIpAddress" {
		return "IpAddress", true
	}
	if before, after, found := strings.Cut(name, "Not"); found {
		return before + after, true
	}
	return name, false
}

func (e *evaluation) compare(op, wanted, value string) bool {
	switch {
	case strings.HasPrefix(op, "String"), strings.HasPrefix(op, "Arn"):
		expanded, known := e.expand(wanted)
		return known && compareText(op, expanded, value)
	case strings.HasPrefix(op, "Numeric"):
		return compareNumbers(strings.TrimPrefix(op, "Numeric"), wanted, value)
	case strings.HasPrefix(op, "Date"):
		return compareDates(strings.TrimPrefix(op, "Date"), wanted, value)
	case op == "IpAddress":
		return inNetwork(wanted, value)
	case op == "Bool":
		return strings.EqualFold(wanted, value)
	default:
		return wanted == value
	}
}

func compareText(op, wanted, value string) bool {
	switch op {
	case "StringEqualsIgnoreCase":
		return strings.EqualFold(wanted, value)
	case "StringLike":
		return glob(wanted, value)
	case "ArnEquals", "ArnLike":
		return globARN(wanted, value)
	default:
		return wanted == value
	}
}

// globARN matches the six parts of two ARNs one by one: a wildcard does not
// reach past a colon, save in the last part.
func globARN(pattern, arn string) bool {
	wanted, have := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(wanted) != 6 || len(have) != 6 {
		return pattern == "*"
	}
	for i := range wanted {
		if !glob(wanted[i], have[i]) {
			return false
		}
	}
	return true
}

func compareNumbers(relation, wanted, value string) bool {
	w, errW := strconv.ParseFloat(wanted, 64)
	v, errV := strconv.ParseFloat(value, 64)
	return errW == nil && errV == nil && related(relation, v < w, v == w)
}

func compareDates(relation, wanted, value string) bool {
	w, okW := parseDate(wanted)
	v, okV := parseDate(value)
	return okW && okV && related(relation, v.Before(w), v.Equal(w))
}

func parseDate(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// related puts an operator's suffix to a comparison of value with wanted.
func related(relation string, less, equal bool) bool {
	switch relation {
	case "LessThan":
		return less
	case "LessThanEquals":
		return less || equal
	case "GreaterThan":
		return !less && !equal
	case "GreaterThanEquals":
		return !less
	default:
		return equal
	}
}

func inNetwork(wanted, value string) bool {
	address, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	if network, err := netip.ParsePrefix(wanted); err == nil {
		return network.Contains(address)
	}
	single, err := netip.ParseAddr(wanted)
	return err == nil && single == address
}
