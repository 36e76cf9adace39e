package policydoc

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// operators are the condition operators, without ForAnyValue:, ForAllValues:
// and IfExists. Source: IAM User Guide, "Condition operators".
func operators() []string {
	return []string{
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
		"StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
		"NumericGreaterThan", "NumericGreaterThanEquals",
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
		"DateGreaterThan", "DateGreaterThanEquals",
		"Bool", "BinaryEquals", "IpAddress", "NotIpAddress",
		"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike",
		"Null",
	}
}

// operator is a condition operator taken apart.
type operator struct {
	name     string
	set      string // ForAnyValue, ForAllValues or empty
	ifExists bool
}

// parseOperator takes an operator apart; ok is false when IAM has none such.
func parseOperator(text string) (op operator, ok bool) {
	if set, rest, found := strings.Cut(text, ":"); found {
		if set != "ForAnyValue" && set != "ForAllValues" {
			return operator{}, false
		}
		op.set, text = set, rest
	}
	op.name, op.ifExists = strings.CutSuffix(text, "IfExists")
	if op.name == "Null" && op.ifExists {
		return operator{}, false
	}
	return op, slices.Contains(operators(), op.name)
}

// conditionWellFormed tells whether a Condition block is of the grammar's shape.
// AWS accepts any operator name over an empty block, and so does this.
func conditionWellFormed(n *Node) bool {
	if n == nil {
		return true
	}
	if n.Kind != Object {
		return false
	}
	for _, m := range n.Members {
		if m.Value.Kind != Object {
			return false
		}
		if _, known := parseOperator(m.Key); !known && len(m.Value.Members) > 0 {
			return false
		}
		if !conditionValuesWellFormed(m.Value) {
			return false
		}
	}
	return true
}

func conditionValuesWellFormed(keys *Node) bool {
	for _, key := range keys.Members {
		for _, value := range key.Value.List() {
			if value.Kind != String && value.Kind != Number && value.Kind != Bool {
				return false
			}
		}
	}
	return true
}

// datePattern is W3C's ISO 8601 profile, as loosely as AWS reads it: a year
// alone, and a time without minutes, pass.
var datePattern = regexp.MustCompile(`^-?\d{1,9}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?` +
	`([Tt](\d{1,2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?([Zz]|[+-]\d{2}(:?\d{2})?)?)?)?$`)

// isDate tells whether IAM takes the text for a date: ISO 8601, or seconds since
// 1970 that fit 64 bits.
func isDate(text string) bool {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return true
	}
	return datePattern.MatchString(text)
}

// datesWellFormed tells whether every value under a Date operator is a date.
func datesWellFormed(condition *Node) bool {
	if condition == nil {
		return true
	}
	for _, m := range condition.Members {
		op, known := parseOperator(m.Key)
		if !known || !strings.HasPrefix(op.name, "Date") {
			continue
		}
		for _, key := range m.Value.Members {
			if !allDates(key.Value.Strings()) {
				return false
			}
		}
	}
	return true
}

func allDates(values []string) bool {
	for _, v := range values {
		if !isDate(v) {
			return false
		}
	}
	return true
}
