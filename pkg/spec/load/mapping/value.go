package mapping

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// quote is text as a JSON string, with <, > and & as they are.
func quote(text string) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(text)
	return strings.TrimSuffix(out.String(), "\n"), err
}

func wrong(n *yaml11.Node, message string) error {
	return &dotenv.SyntaxError{Line: max(n.At.Line, 1), Column: max(n.At.Column, 1), Message: message}
}

// jsonOf is a value of YAML as JSON.
func jsonOf(n *yaml11.Node) (string, error) {
	switch n.Kind {
	case yaml11.Map:
		m, err := FromNode(n)
		if err != nil {
			return "", err
		}
		object, err := m.JSON()
		return object.Reveal(), err
	case yaml11.List:
		var items []string
		for _, item := range n.Items {
			text, err := jsonOf(item)
			if err != nil {
				return "", err
			}
			items = append(items, text)
		}
		return "[" + strings.Join(items, ",") + "]", nil
	case yaml11.String:
		if n.Vault != nil {
			return "", wrong(n, "a value that is encrypted by itself cannot be read in here: encrypt the file as a whole")
		}
		return quote(n.Text)
	default:
		return scalar(n)
	}
}

func scalar(n *yaml11.Node) (string, error) {
	switch {
	case n.Kind == yaml11.Bool && n.Bool:
		return "true", nil
	case n.Kind == yaml11.Bool:
		return "false", nil
	case n.Kind == yaml11.Int:
		return n.Int.String(), nil
	case n.Kind == yaml11.Float && (math.IsNaN(n.Float) || math.IsInf(n.Float, 0)):
		return "", wrong(n, "JSON has no such number: put it in quotes if it is a text")
	case n.Kind == yaml11.Float:
		return yaml11.PyStr(n), nil
	default:
		return "null", nil
	}
}

// textOf is what proc_wrapper makes of a JSON value in the environment:
// booleans are TRUE and FALSE, null is an empty text, numbers are as Python
// writes them. A list or an object is no text.
func textOf(value spec.Secret) (text spec.Secret, flat bool) {
	decoder := json.NewDecoder(strings.NewReader(value.Reveal()))
	decoder.UseNumber()
	token, err := decoder.Token()
	if err != nil {
		return spec.Secret{}, false
	}
	switch token := token.(type) {
	case string:
		return spec.NewSecret(token), true
	case bool:
		return spec.NewSecret(map[bool]string{true: "TRUE", false: "FALSE"}[token]), true
	case json.Number:
		return spec.NewSecret(number(token)), true
	case nil:
		return spec.NewSecret(""), true
	default:
		return spec.Secret{}, false
	}
}

// number is as Python's str() of what json.loads() makes of it.
func number(n json.Number) string {
	if i, ok := new(big.Int).SetString(n.String(), 10); ok {
		return i.String()
	}
	f, err := n.Float64()
	if err != nil && !math.IsInf(f, 0) {
		return n.String()
	}
	return yaml11.PyStr(yaml11.NewFloat(f, spec.Position{}))
}
