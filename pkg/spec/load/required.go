package load

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// satisfies checks a version against a constraint such as ">= 0.1, < 2".
func satisfies(version, constraint string, at spec.Position) *spec.Error {
	for part := range strings.SplitSeq(constraint, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		operator := strings.TrimRight(part[:len(part)-len(strings.TrimLeft(part, "<>=!"))], " ")
		want := strings.TrimSpace(part[len(operator):])
		order, err := compareVersions(version, want)
		if err != nil || !isOperator(operator) {
			return &spec.Error{At: at, Path: "spec.required_version", Message: fmt.Sprintf("%q is no constraint", part), Hint: `want one such as ">= 0.1"`}
		}
		if !holds(operator, order) {
			return &spec.Error{At: at, Path: "spec.required_version", Message: fmt.Sprintf("the project wants reconciler %s and this is %s", constraint, version)}
		}
	}
	return nil
}

func isOperator(text string) bool {
	return slices.Contains([]string{"", "=", "==", "!=", ">", ">=", "<", "<="}, text)
}

func holds(operator string, order int) bool {
	switch operator {
	case ">=":
		return order >= 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	case "<":
		return order < 0
	case "!=":
		return order != 0
	default:
		return order == 0
	}
}

// compareVersions compares number by number; a part that is missing is 0.
func compareVersions(a, b string) (int, error) {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		x, err := versionPart(as, i)
		if err != nil {
			return 0, err
		}
		y, err := versionPart(bs, i)
		if err != nil {
			return 0, err
		}
		if x != y {
			return x - y, nil
		}
	}
	return 0, nil
}

func versionPart(parts []string, i int) (int, error) {
	if i >= len(parts) {
		return 0, nil
	}
	n, err := strconv.ParseUint(parts[i], 10, 31)
	return int(n), err
}
