package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ecs-reconciler/pkg/spec"
)

// State is what a state holds, each instance of a resource by itself.
type State struct {
	resources []resource
	remarks   []Remark
}

// resource is one instance. Its attributes may be secret, so they are held
// where no verb of fmt reaches them.
type resource struct {
	address    string // as in `terraform state list`
	kind       string // aws_iam_role
	managed    bool   // false for a data source
	attributes *attributes
}

// attributes are an instance's, numbers as json.Number, with the names of
// those that are marked sensitive.
type attributes struct {
	values    map[string]any
	sensitive map[string]bool
}

// document is either form of a state, as far as it is read.
type document struct {
	Version       json.Number    `json:"version"`
	FormatVersion string         `json:"format_version"`
	Encrypted     string         `json:"encrypted_data"`
	Resources     []fileResource `json:"resources"`
	Values        *struct {
		Root showModule `json:"root_module"`
	} `json:"values"`
}

// Read reads a state file of version 4, or what `terraform show -json` prints.
// name is what errors call it; they quote nothing of it.
func Read(name string, data []byte) (State, error) {
	doc, err := parse(name, data)
	if err != nil {
		return State{}, err
	}
	fail := func(message, hint string) (State, error) {
		return State{}, &spec.Error{At: spec.Position{File: name}, Message: message, Hint: hint}
	}
	switch {
	case doc.Encrypted != "":
		return fail("the state is encrypted", "print it with `tofu show -json`, and read that")
	case doc.FormatVersion != "" && doc.Values == nil:
		return fail("there is no state in it", "want what `terraform show -json` prints without a plan")
	case doc.FormatVersion != "":
		return doc.Values.Root.state(), nil
	case doc.Version == "4":
		return fileState(doc.Resources), nil
	default:
		return fail("this is no Terraform state of version 4", "`terraform state pull` prints one, of whatever backend")
	}
}

func parse(name string, data []byte) (document, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var doc document
	err := decoder.Decode(&doc)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return doc, nil
		}
		err = errors.New("text after its end")
	}
	// encoding/json's errors quote what they stumble over, which may be a value.
	message, offset := "the file is no JSON", decoder.InputOffset()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	}
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		message, offset = "this is JSON, and no Terraform state", mistyped.Offset
	}
	at := spec.Position{File: name, Line: 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))}
	return document{}, &spec.Error{At: at, Message: message, Hint: "`terraform state pull` prints a state, of whatever backend"}
}

// text is an attribute that is a text; "" for any other and for none.
func (r resource) text(name string) string {
	text, ok := r.attributes.values[name].(string)
	if !ok {
		return ""
	}
	return text
}

// number is an attribute that is a whole number.
func (r resource) number(name string) (int64, bool) {
	n, ok := r.attributes.values[name].(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}

// truth is an attribute that is a boolean; false without it.
func (r resource) truth(name string) bool { return r.attributes.values[name] == any(true) }

// texts are those of a list or set.
func (r resource) texts(name string) []string {
	var out []string
	for _, item := range list(r.attributes.values[name]) {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// tags are an object's, the provider's default tags among them.
func (r resource) tags() map[string]string {
	all := object(r.attributes.values["tags_all"])
	if len(all) == 0 {
		all = object(r.attributes.values["tags"])
	}
	out := map[string]string{}
	for key, value := range all {
		if text, ok := value.(string); ok {
			out[key] = text
		}
	}
	return out
}

// sensitive tells whether an attribute is marked so.
func (r resource) sensitive(name string) bool { return r.attributes.sensitive[name] }

// at is where an attribute stands in the state.
func (r resource) at(attribute string) string { return fmt.Sprintf("%s.%s", r.address, attribute) }

// object and list are value when it is of that type, else empty.
func object(value any) map[string]any {
	o, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	return o
}

func list(value any) []any {
	l, ok := value.([]any)
	if !ok {
		return nil
	}
	return l
}
