package expr

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

type tokenKind int

const (
	endToken tokenKind = iota
	nameToken
	constantToken // string or number
	signToken
)

// token is one word of an expression.
type token struct {
	kind  tokenKind
	text  string       // as written
	value *yaml11.Node // constantToken
}

// The forms of numbers are Jinja's (jinja2/lexer.py).
var (
	floatForm = regexp.MustCompile(`^(?i)(?:[0-9]+_)*[0-9]+(?:(?:\.(?:[0-9]+_)*[0-9]+)?e[-+]?(?:[0-9]+_)*[0-9]+|\.(?:[0-9]+_)*[0-9]+)`)
	intForm   = regexp.MustCompile(`^(?i)(?:0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[0-9a-f])+|[1-9](?:_?[0-9])*|0(?:_?0)*)`)
)

// signs are the operators, longer ones first.
var signs = []string{"//", "**", "==", "!=", ">=", "<=",
	"+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"}

// lexer splits one expression into tokens. With end set it stops behind that
// sign, once all brackets are closed; without, at the end of the source.
type lexer struct {
	source string
	at     int
	end    string
	closed int    // offset behind end, 0 until found
	open   []byte // closing brackets still to come
	tokens []token
}

func (lx *lexer) run() *problem {
	for {
		lx.skipSpace()
		if lx.ended() {
			return nil
		}
		if lx.at >= len(lx.source) {
			return lx.runsOut()
		}
		if p := lx.next(); p != nil {
			return p
		}
		if len(lx.tokens) > maxTokens {
			return &problem{message: "the expression is too long", hint: "split it into variables"}
		}
	}
}

func (lx *lexer) skipSpace() {
	rest := lx.source[lx.at:]
	lx.at += len(rest) - len(strings.TrimLeftFunc(rest, isSpace))
}

// ended consumes the closing sign. White space after -}} belongs to it.
func (lx *lexer) ended() bool {
	rest := lx.source[lx.at:]
	switch {
	case lx.end == "" || len(lx.open) > 0:
		return lx.end == "" && rest == ""
	case strings.HasPrefix(rest, lx.end):
		lx.at += len(lx.end)
		lx.closed = lx.at
		return true
	case strings.HasPrefix(rest, "-"+lx.end):
		lx.at += len(lx.end) + 1
		lx.closed = lx.at
		lx.skipSpace()
		return true
	}
	return false
}

func (lx *lexer) runsOut() *problem {
	if len(lx.open) > 0 {
		return &problem{message: fmt.Sprintf("the expression has no %q to close a bracket", lx.open[len(lx.open)-1]), hint: rawHint}
	}
	return &problem{message: "an expression that begins with {{ has no }}", hint: rawHint}
}

func (lx *lexer) next() *problem {
	rest := lx.source[lx.at:]
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case '0' <= r && r <= '9':
		return lx.number(rest)
	case r == '_' || unicode.IsLetter(r):
		lx.name(rest)
		return nil
	case r == '\'' || r == '"':
		return lx.text(rest)
	default:
		return lx.sign(rest, r)
	}
}

func (lx *lexer) add(kind tokenKind, text string, value *yaml11.Node) {
	lx.tokens = append(lx.tokens, token{kind: kind, text: text, value: value})
	lx.at += len(text)
}

func (lx *lexer) name(rest string) {
	end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		end = len(rest)
	}
	lx.add(nameToken, rest[:end], nil)
}

func (lx *lexer) number(rest string) *problem {
	afterDot := lx.at > 0 && lx.source[lx.at-1] == '.'
	if form := floatForm.FindString(rest); form != "" && !afterDot {
		f, err := strconv.ParseFloat(strings.ReplaceAll(form, "_", ""), 64)
		if err != nil {
			return &problem{message: "a number is too large", hint: "write it as a text"}
		}
		lx.add(constantToken, form, yaml11.NewFloat(f, spec.Position{}))
		return nil
	}
	form := intForm.FindString(rest)
	i, ok := new(big.Int).SetString(strings.ReplaceAll(form, "_", ""), 0)
	if !ok || i.BitLen() > maxBits {
		return &problem{message: "a number is not written as one", hint: "write it in plain decimal digits"}
	}
	lx.add(constantToken, form, yaml11.NewInt(i, spec.Position{}))
	return nil
}

// text reads a quoted text. Ansible doubles the backslashes in {{ }} before
// Jinja reads them, so that there a backslash is just one, and a quote cannot
// be escaped; a condition's texts have Python's escapes.
func (lx *lexer) text(rest string) *problem {
	end := closingQuote(rest)
	if end < 0 {
		return &problem{message: "a quoted text in an expression does not end", hint: "close it with the same quote"}
	}
	content := rest[1:end]
	if lx.end == "" {
		plain, ok := unescape(content)
		if !ok {
			return &problem{message: "an escape in a quoted text is not valid", hint: `write \\ for a backslash`}
		}
		content = plain
	} else if strings.ContainsRune(content, rune(rest[0])) {
		return &problem{message: "a quote cannot be escaped inside {{ }}", hint: "use the other kind of quote around the text"}
	}
	lx.add(constantToken, rest[:end+1], yaml11.NewString(content, spec.Position{}))
	return nil
}

// closingQuote is the offset of the quote that ends the text s begins with.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i
		}
	}
	return -1
}

func (lx *lexer) sign(rest string, r rune) *problem {
	for _, sign := range signs {
		if strings.HasPrefix(rest, sign) {
			lx.add(signToken, sign, nil)
			return lx.bracket(sign[0])
		}
	}
	return &problem{message: fmt.Sprintf("the sign %q means nothing in an expression", r), hint: supportedHint}
}

// bracket keeps account of the open brackets, which hide the end sign: }} may
// close two mappings.
func (lx *lexer) bracket(c byte) *problem {
	switch c {
	case '(':
		lx.open = append(lx.open, ')')
	case '[':
		lx.open = append(lx.open, ']')
	case '{':
		lx.open = append(lx.open, '}')
	case ')', ']', '}':
		if n := len(lx.open); n == 0 || lx.open[n-1] != c {
			return &problem{message: fmt.Sprintf("a %q closes nothing", c), hint: "check the brackets"}
		}
		lx.open = lx.open[:len(lx.open)-1]
	}
	if len(lx.open) > maxNested {
		return &problem{message: fmt.Sprintf("brackets are nested deeper than %d", maxNested), hint: "split the expression into variables"}
	}
	return nil
}
