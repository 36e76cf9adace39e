package expr

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

// filterToYAML writes YAML as PyYAML does on libyaml with its defaults: a
// collection of plain scalars in one bracket, others on lines of their own,
// keys sorted, lines folded behind column 80.
func filterToYAML(ev *evaluator, in *yaml11.Node, _ []*yaml11.Node) (*yaml11.Node, error) {
	w := &yamlWriter{}
	w.write(in, -1, false)
	if w.unfit {
		return nil, ev.fail("to_yaml has no key of more than 128 characters or more than one line", "shorten the key")
	}
	if w.column > 0 {
		w.b.WriteByte('\n')
	}
	return ev.verbatim(w.b.String()), ev.spend(w.b.Len())
}

const (
	yamlWidth = 80
	yamlStep  = 2
)

type yamlWriter struct {
	b      strings.Builder
	column int
	flow   int  // brackets open
	key    bool // writing a key
	unfit  bool // something could not be written
}

func (w *yamlWriter) put(s string) {
	w.b.WriteString(s)
	w.column += utf8.RuneCountInString(s)
}

// line begins a new line.
func (w *yamlWriter) line(indent int) {
	w.b.WriteByte('\n')
	w.b.WriteString(strings.Repeat(" ", indent))
	w.column = indent
}

// deeper is the indent of what lies inside of something with that indent;
// outside of everything it is -1.
func deeper(indent int, scalarOrFlow bool) int {
	switch {
	case indent >= 0:
		return indent + yamlStep
	case scalarOrFlow:
		return yamlStep
	default:
		return 0
	}
}

// write puts a value that lies in something with that indent. With inKey set
// it follows a key: block collections begin on a new line then.
func (w *yamlWriter) write(n *yaml11.Node, indent int, inKey bool) {
	switch {
	case n.Kind != yaml11.List && n.Kind != yaml11.Map:
		w.space(inKey)
		w.scalar(n, deeper(indent, true))
	case w.flow > 0 || flowing(n):
		w.space(inKey)
		w.bracketed(n, deeper(indent, true))
	case n.Kind == yaml11.List && inKey: // below the first letter of its key
		w.items(n, indent, true)
	case n.Kind == yaml11.List:
		w.items(n, deeper(indent, false), false)
	default:
		w.fields(sortedFields(n), deeper(indent, false), inKey)
	}
}

func (w *yamlWriter) space(wanted bool) {
	if wanted {
		w.put(" ")
	}
}

// flowing tells whether a collection holds scalars only.
func flowing(n *yaml11.Node) bool {
	for _, item := range n.Items {
		if item.Kind == yaml11.List || item.Kind == yaml11.Map {
			return false
		}
	}
	for _, f := range n.Fields {
		if f.Value.Kind == yaml11.List || f.Value.Kind == yaml11.Map {
			return false
		}
	}
	return true
}

// sortedFields are the fields by key, or as they are when Python cannot order
// the keys.
func sortedFields(n *yaml11.Node) []yaml11.Field {
	out, sortable := slices.Clone(n.Fields), true
	slices.SortStableFunc(out, func(a, b yaml11.Field) int {
		order, ok := ordered(a.Key, b.Key)
		sortable = sortable && ok
		return order
	})
	if !sortable {
		return n.Fields
	}
	return out
}

func (w *yamlWriter) items(n *yaml11.Node, indent int, inKey bool) {
	for i, item := range n.Items {
		if i > 0 || inKey {
			w.line(indent)
		}
		w.put("- ")
		w.write(item, indent, false)
	}
}

func (w *yamlWriter) fields(fields []yaml11.Field, indent int, inKey bool) {
	for i, f := range fields {
		if i > 0 || inKey {
			w.line(indent)
		}
		w.writeKey(f.Key, indent)
		w.put(":")
		w.write(f.Value, indent, true)
	}
}

func (w *yamlWriter) writeKey(key *yaml11.Node, indent int) {
	text := yaml11.PyStr(key)
	if len(text) > 128 || strings.ContainsAny(text, "\n\u0085\u2028\u2029") {
		w.unfit = true
	}
	w.key = true
	w.scalar(key, indent)
	w.key = false
}

func (w *yamlWriter) bracketed(n *yaml11.Node, indent int) {
	open, end := "[", "]"
	if n.Kind == yaml11.Map {
		open, end = "{", "}"
	}
	w.put(open)
	w.flow++
	for i, item := range n.Items {
		w.separate(i, indent)
		w.write(item, indent, false)
	}
	for i, f := range sortedFields(n) {
		w.separate(i, indent)
		w.writeKey(f.Key, indent)
		w.put(":")
		w.write(f.Value, indent, true)
	}
	w.flow--
	w.put(end)
}

// separate puts the comma before all items but the first.
func (w *yamlWriter) separate(i, indent int) {
	if i == 0 {
		return
	}
	w.put(",")
	if w.column > yamlWidth {
		w.line(indent)
	} else {
		w.put(" ")
	}
}

func (w *yamlWriter) scalar(n *yaml11.Node, indent int) {
	text := yamlText(n)
	switch w.style(n, text) {
	case plainStyle:
		w.folded(text, indent, false)
	case singleStyle:
		w.single(text, indent)
	default:
		w.double(text, indent)
	}
}

var yamlExponent = regexp.MustCompile(`^(-?[0-9]+)(e.*)$`)

// yamlText is a scalar as PyYAML's representer writes it.
func yamlText(n *yaml11.Node) string {
	text := yaml11.PyStr(n)
	switch n.Kind {
	case yaml11.Null:
		return "null"
	case yaml11.Bool:
		return strings.ToLower(text)
	case yaml11.Float:
		switch text {
		case "inf", "nan":
			return "." + text
		case "-inf":
			return "-.inf"
		}
		return yamlExponent.ReplaceAllString(text, "$1.0$2")
	}
	return text
}
