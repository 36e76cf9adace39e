package vault

import (
	"bytes"
	"path"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/dotenv"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// value is what a key holds: a text, or a vault text by itself.
type value struct {
	text   spec.Secret
	cipher []byte
}

// equal opens what is encrypted only where the ciphertexts differ.
func (v value) equal(other value, open Open) (bool, error) {
	if v.cipher != nil && bytes.Equal(v.cipher, other.cipher) {
		return true, nil
	}
	mine, err := v.opened(open)
	if err != nil {
		return false, err
	}
	theirs, err := other.opened(open)
	return mine.Equal(theirs), err
}

func (v value) opened(open Open) (spec.Secret, error) {
	if v.cipher == nil {
		return v.text, nil
	}
	plain, err := open(v.cipher)
	return scalar(yaml11.String, string(plain)), err
}

// scalar tells the text 1 from the number.
func scalar(kind yaml11.Kind, text string) spec.Secret {
	return spec.NewSecret(kind.String() + " " + text)
}

// keysOf are the keys of an env file or of YAML, JSON included; ok is false
// for any other text. The name decides, and the text where it does not. No
// file has no keys.
func keysOf(name string, text []byte) (keys map[string]value, ok bool) {
	if text == nil {
		return map[string]value{}, true
	}
	switch base := path.Base(name); {
	case strings.HasPrefix(base, ".env"), strings.HasSuffix(base, ".env"):
		return dotenvKeys(text)
	case strings.HasSuffix(base, ".yml"), strings.HasSuffix(base, ".yaml"), strings.HasSuffix(base, ".json"):
		return yamlKeys(name, text)
	}
	if keys, ok := dotenvKeys(text); ok {
		return keys, true
	}
	return yamlKeys(name, text)
}

func dotenvKeys(text []byte) (map[string]value, bool) {
	file := dotenv.Parse(text)
	if len(file.Check("")) > 0 {
		return nil, false
	}
	keys := map[string]value{}
	for _, e := range dotenv.Unique(file.Entries) {
		keys[e.Key] = value{text: e.Value}
	}
	return keys, true
}

// yamlKeys wants mappings: a text without any is YAML too.
func yamlKeys(name string, text []byte) (map[string]value, bool) {
	documents, _, err := yaml11.Parse(name, text, yaml11.Limits{})
	if err != nil {
		return nil, false
	}
	keys := map[string]value{}
	for i, d := range documents {
		prefix := ""
		if len(documents) > 1 {
			prefix = "[" + strconv.Itoa(i) + "]"
		}
		switch d.Kind {
		case yaml11.Map, yaml11.List:
			flatten(keys, d, prefix)
		case yaml11.Null:
		default:
			return nil, false
		}
	}
	return keys, true
}

// flatten notes every scalar below n under its path, and every list and
// mapping that is empty.
func flatten(keys map[string]value, n *yaml11.Node, at string) {
	for i, item := range n.Items {
		flatten(keys, item, at+"["+strconv.Itoa(i)+"]")
	}
	for _, f := range n.Fields {
		flatten(keys, f.Value, strings.TrimPrefix(at+"."+f.KeyText(), "."))
	}
	switch {
	case n.Vault != nil:
		keys[at] = value{cipher: n.Vault}
	case n.Kind != yaml11.List && n.Kind != yaml11.Map:
		keys[at] = value{text: scalar(n.Kind, n.Text)}
	case len(n.Items)+len(n.Fields) == 0 && at != "":
		keys[at] = value{text: scalar(n.Kind, "")}
	}
}
