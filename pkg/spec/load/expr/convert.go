package expr

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

func (ev *evaluator) integer(i int) *yaml11.Node { return yaml11.NewInt(big.NewInt(int64(i)), ev.at) }

// filterInt is Jinja's int: what is no number becomes the default.
func filterInt(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	base := int64(10)
	if args[1] != nil {
		var ok bool
		if base, ok = smallInt(args[1]); !ok || base < 2 || base > 36 {
			return nil, ev.fail("int's base must be from 2 to 36", "remove it")
		}
	}
	if i, ok := toInt(in, int(base)); ok {
		return yaml11.NewInt(i, ev.at), nil
	}
	if args[0] != nil {
		return args[0], nil
	}
	return ev.integer(0), nil
}

func toInt(in *yaml11.Node, base int) (*big.Int, bool) {
	if i, ok := integer(in); ok {
		return i, true
	}
	if in.Kind == yaml11.String {
		if i, ok := textToInt(in.Text, base); ok {
			return i, true
		}
	}
	f, ok := toFloat(in)
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, false
	}
	i, _ := big.NewFloat(f).Int(nil)
	return i, true
}

var underscores = regexp.MustCompile(`^_|__|_$|_\.|\._`)

// textToInt is Python's int(text, base).
func textToInt(text string, base int) (*big.Int, bool) {
	text = strings.ToLower(strings.TrimFunc(text, isSpace))
	sign := ""
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		sign, text = text[:1], text[1:]
	}
	prefix := map[int]string{2: "0b", 8: "0o", 16: "0x"}[base]
	if prefix != "" && strings.HasPrefix(text, prefix) {
		text = strings.TrimPrefix(text[len(prefix):], "_")
	}
	if underscores.MatchString(text) || len(text) > 4300 || strings.ContainsAny(text, "+-") {
		return nil, false
	}
	return new(big.Int).SetString(sign+strings.ReplaceAll(text, "_", ""), base)
}

func filterFloat(ev *evaluator, in *yaml11.Node, args []*yaml11.Node) (*yaml11.Node, error) {
	if f, ok := toFloat(in); ok {
		return yaml11.NewFloat(f, ev.at), nil
	}
	if args[0] != nil {
		return args[0], nil
	}
	return yaml11.NewFloat(0, ev.at), nil
}

// toFloat is Python's float().
func toFloat(in *yaml11.Node) (float64, bool) {
	if in.Kind != yaml11.String {
		return float(in)
	}
	text := strings.TrimFunc(in.Text, isSpace)
	if underscores.MatchString(text) || strings.ContainsAny(text, "xXpP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return f, err == nil || math.IsInf(f, 0)
}

// filterBool is Ansible's bool: null stays null, and what is not a word for
// true is false.
func filterBool(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	switch in.Kind {
	case yaml11.Null, yaml11.Bool:
		return in, nil
	case yaml11.String:
		switch strings.ToLower(in.Text) {
		case "yes", "on", "1", "true":
			return ev.bool(true), nil
		}
		return ev.bool(false), nil
	}
	return ev.bool(equal(in, ev.integer(1))), nil
}
