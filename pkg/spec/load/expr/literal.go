package expr

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// literalReader reads what Ansible makes a value of by Python's
// ast.literal_eval, with JSON's true, false and null understood as well. Sets,
// bytes, complex numbers and named characters are left as text.
type literalReader struct {
	text  string
	pos   int
	depth int
	at    spec.Position
}

// maxLiteralDepth is where Python's parser gives up on nested brackets.
const maxLiteralDepth = 199

// Numbers as Python writes them; a leading zero is not allowed.
var (
	pyFloat = regexp.MustCompile(`^(?i)(?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:e[-+]?[0-9](?:_?[0-9])*)?|^(?i)[0-9](?:_?[0-9])*e[-+]?[0-9](?:_?[0-9])*`)
	pyInt   = regexp.MustCompile(`^(?i)(?:0x(?:_?[0-9a-f])+|0o(?:_?[0-7])+|0b(?:_?[01])+|[1-9](?:_?[0-9])*|0(?:_?0)*)`)
	pyText  = regexp.MustCompile(`^(?i)(u|r)?(?:"|')`)
)

// notOfName tells whether a character ends a name.
func notOfName(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) }

// pyWord is the name that a text begins with, "" for none.
func pyWord(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); unicode.IsNumber(first) {
		return ""
	}
	if end := strings.IndexFunc(text, notOfName); end >= 0 {
		return text[:end]
	}
	return text
}

// whole reads the text to its end. Values with commas between are a tuple.
func (r *literalReader) whole() (*yaml11.Node, error) {
	first, err := r.value()
	if err != nil {
		return nil, err
	}
	items, comma := []*yaml11.Node{first}, false
	for r.skipBlanks(); err == nil && r.take(','); r.skipBlanks() {
		comma = true
		r.skipBlanks()
		if r.done() {
			break
		}
		var item *yaml11.Node
		item, err = r.value()
		items = append(items, item)
	}
	if err != nil || !r.done() {
		return nil, errUnsupportedLiteral
	}
	if !comma {
		return first, nil
	}
	return r.list(items, true), nil
}

func (r *literalReader) list(items []*yaml11.Node, tuple bool) *yaml11.Node {
	out := yaml11.NewList(items, r.at)
	out.Tuple = tuple
	return out
}

// done tells whether nothing but line ends and comments are left.
func (r *literalReader) done() bool {
	saved := r.pos
	r.skipSpace()
	if r.pos == len(r.text) {
		return true
	}
	r.pos = saved
	return false
}

// skipBlanks skips white space within a line.
func (r *literalReader) skipBlanks() {
	rest := r.text[r.pos:]
	r.pos += len(rest) - len(strings.TrimLeft(rest, " \t\f"))
}

// skipSpace skips white space, line ends and comments, as inside brackets.
func (r *literalReader) skipSpace() {
	for {
		rest := r.text[r.pos:]
		r.pos += len(rest) - len(strings.TrimLeft(rest, " \t\f\r\n"))
		switch rest = r.text[r.pos:]; {
		case strings.HasPrefix(rest, "\\\n"):
			r.pos += 2
		case strings.HasPrefix(rest, "#"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			r.pos += end
		default:
			return
		}
	}
}

func (r *literalReader) take(c byte) bool {
	if r.pos < len(r.text) && r.text[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

func (r *literalReader) value() (*yaml11.Node, error) {
	switch {
	case r.take('['):
		items, _, err := r.items(']')
		return r.list(items, false), err
	case r.take('('):
		return r.parenthesized()
	case r.take('{'):
		return r.mapping()
	case pyText.MatchString(r.text[r.pos:]):
		return r.quoted()
	case r.take('-'):
		r.skipBlanks()
		return r.number(true)
	case r.take('+'):
		r.skipBlanks()
		return r.number(false)
	}
	if word := pyWord(r.text[r.pos:]); word != "" {
		return r.word(word)
	}
	return r.number(false)
}

func (r *literalReader) word(word string) (*yaml11.Node, error) {
	r.pos += len(word)
	switch word {
	case "True", "true":
		return yaml11.NewBool(true, r.at), nil
	case "False", "false":
		return yaml11.NewBool(false, r.at), nil
	case "None", "null":
		return yaml11.NewNull(r.at), nil
	}
	return nil, errUnsupportedLiteral
}

func (r *literalReader) enter() error {
	if r.depth++; r.depth > maxLiteralDepth {
		return errUnsupportedLiteral
	}
	r.skipSpace()
	return nil
}

// items reads up to the closing bracket and tells whether there was a comma.
func (r *literalReader) items(end byte) (items []*yaml11.Node, comma bool, err error) {
	if err := r.enter(); err != nil {
		return nil, false, err
	}
	for !r.take(end) {
		if len(items) > 0 {
			if !r.take(',') {
				return nil, false, errUnsupportedLiteral
			}
			comma = true
			if r.skipSpace(); r.take(end) {
				break
			}
		}
		item, err := r.value()
		if err != nil {
			return nil, false, err
		}
		items = append(items, item)
		r.skipSpace()
	}
	r.depth--
	return items, comma, nil
}

func (r *literalReader) parenthesized() (*yaml11.Node, error) {
	items, comma, err := r.items(')')
	if err == nil && len(items) == 1 && !comma {
		return items[0], nil
	}
	return r.list(items, true), err
}

func (r *literalReader) mapping() (*yaml11.Node, error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	var fields []yaml11.Field
	for !r.take('}') {
		if len(fields) > 0 {
			if !r.take(',') {
				return nil, errUnsupportedLiteral
			}
			if r.skipSpace(); r.take('}') {
				break
			}
		}
		f, err := r.field()
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	r.depth--
	return yaml11.NewMap(fields, r.at), nil
}

func (r *literalReader) field() (yaml11.Field, error) {
	key, err := r.value()
	if err != nil || key.Kind == yaml11.List || key.Kind == yaml11.Map {
		return yaml11.Field{}, errUnsupportedLiteral
	}
	if r.skipSpace(); !r.take(':') {
		return yaml11.Field{}, errUnsupportedLiteral
	}
	r.skipSpace()
	value, err := r.value()
	r.skipSpace()
	return yaml11.Field{Key: key, Value: value}, err
}

func (r *literalReader) number(negative bool) (*yaml11.Node, error) {
	rest := r.text[r.pos:]
	form := pyFloat.FindString(rest)
	isFloat := form != ""
	if !isFloat {
		form = pyInt.FindString(rest)
	}
	r.pos += len(form)
	digits := strings.ReplaceAll(form, "_", "")
	if form == "" || len(digits) > 4300 || pyWord(r.text[r.pos:]) != "" || r.digitFollows() {
		return nil, errUnsupportedLiteral
	}
	if isFloat {
		return r.float(digits, negative)
	}
	i, ok := new(big.Int).SetString(digits, 0)
	if !ok {
		return nil, errUnsupportedLiteral
	}
	if negative {
		i.Neg(i)
	}
	return yaml11.NewInt(i, r.at), nil
}

// digitFollows is true behind the zero of 012, which Python refuses.
func (r *literalReader) digitFollows() bool {
	return r.pos < len(r.text) && '0' <= r.text[r.pos] && r.text[r.pos] <= '9'
}

func (r *literalReader) float(digits string, negative bool) (*yaml11.Node, error) {
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil && f == 0 {
		return nil, errUnsupportedLiteral
	}
	if negative {
		f = -f
	}
	return yaml11.NewFloat(f, r.at), nil
}

// quoted reads a text; several side by side are one.
func (r *literalReader) quoted() (*yaml11.Node, error) {
	var b strings.Builder
	for {
		match := pyText.FindString(r.text[r.pos:])
		if match == "" {
			break
		}
		r.pos += len(match) - 1
		part, err := r.part(strings.HasPrefix(strings.ToLower(match), "r"))
		if err != nil {
			return nil, err
		}
		b.WriteString(part)
		if r.depth > 0 {
			r.skipSpace()
		} else {
			r.skipBlanks()
		}
	}
	return yaml11.NewString(b.String(), r.at), nil
}

func (r *literalReader) part(raw bool) (string, error) {
	rest := r.text[r.pos:]
	quote := rest[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(rest, triple) {
		quote = triple
	}
	content, ok := upTo(rest[len(quote):], quote)
	if !ok || len(quote) == 1 && strings.Contains(strings.ReplaceAll(content, "\\\n", ""), "\n") {
		return "", errUnsupportedLiteral
	}
	r.pos += len(content) + 2*len(quote)
	if raw {
		return content, nil
	}
	if content, ok = unescape(content); !ok {
		return "", errUnsupportedLiteral
	}
	return content, nil
}

// upTo is what stands before the closing quote.
func upTo(s, quote string) (string, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if strings.HasPrefix(s[i:], quote) {
			return s[:i], true
		}
	}
	return "", false
}
