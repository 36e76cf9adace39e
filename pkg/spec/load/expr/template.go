package expr

import (
	"strings"
	"unicode"
)

// template is a text taken apart: what stands outside of braces, and the
// expressions inside.
type template struct {
	pieces []piece
}

// piece is either text, or an expression with its source, braces included.
type piece struct {
	text   string
	expr   node
	source string
}

// parsed is a template or the reason why it is none.
type parsed struct {
	template *template
	problem  *problem
}

// problem is a fault in a template's text. Its excerpt is the expression at
// fault; the rest of the text may be a secret.
type problem struct {
	message, hint, excerpt string
}

func looksLikeTemplate(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '{' && (text[i+1] == '{' || text[i+1] == '%' || text[i+1] == '#') {
			return true
		}
	}
	return false
}

// parse takes a template apart, once for each text.
func (r *run) parse(text string) parsed {
	if p, ok := r.templates[text]; ok {
		return p
	}
	s := &splitter{source: normalize(text)}
	var p parsed
	if p.problem = s.split(); p.problem == nil {
		p.template = &template{pieces: s.pieces}
	}
	r.templates[text] = p
	return p
}

// normalize makes all line ends \n and drops the last one, as Jinja does;
// Ansible puts those at the end back afterwards.
func normalize(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.TrimSuffix(text, "\n")
}

type splitter struct {
	source string
	at     int
	tokens int
	pieces []piece
}

// split walks from one opening brace to the next.
func (s *splitter) split() *problem {
	for s.at < len(s.source) {
		next := s.nextOpening()
		if next < 0 {
			s.literal(s.source[s.at:])
			return nil
		}
		text := s.source[s.at:next]
		strip, width := openingSign(s.source[next:])
		if strip {
			text = strings.TrimRightFunc(text, isSpace)
		}
		s.literal(text)
		s.at = next
		if p := s.tag(width); p != nil {
			return p
		}
	}
	return nil
}

// nextOpening is the offset of the next {{, {% or {#, -1 without.
func (s *splitter) nextOpening() int {
	for i := s.at; i+1 < len(s.source); i++ {
		if looksLikeTemplate(s.source[i : i+2]) {
			return i
		}
	}
	return -1
}

// openingSign tells whether white space before the tag goes ({{- and such) and
// how long the opening is.
func openingSign(tag string) (strip bool, width int) {
	if len(tag) > 2 && (tag[2] == '-' || tag[2] == '+') {
		return tag[2] == '-', 3
	}
	return false, 2
}

// literal adds text; neighbours join, for a comment between does not count.
func (s *splitter) literal(text string) {
	if text == "" {
		return
	}
	if n := len(s.pieces); n > 0 && s.pieces[n-1].expr == nil {
		s.pieces[n-1].text += text
		return
	}
	s.pieces = append(s.pieces, piece{text: text})
}

func (s *splitter) tag(width int) *problem {
	switch s.source[s.at+1] {
	case '{':
		return s.expression(width)
	case '#':
		return s.comment(width)
	default:
		return s.statement(width)
	}
}

func (s *splitter) expression(width int) *problem {
	begin := s.at
	lx := &lexer{source: s.source, at: begin + width, end: "}}"}
	p := lx.run()
	if s.tokens += len(lx.tokens); p == nil && s.tokens > maxTokens {
		p = &problem{message: "the template is too long", hint: "split it into variables"}
	}
	var root node
	if p == nil {
		root, p = parseTokens(lx.tokens)
	}
	if p != nil {
		p.excerpt = s.excerpt(begin, lx)
		return p
	}
	s.at = lx.at
	s.pieces = append(s.pieces, piece{expr: root, source: s.source[begin:lx.closed]})
	return nil
}

// excerpt is the tag at fault, or nothing when it does not end: what follows
// may be a password that happens to hold two braces.
func (s *splitter) excerpt(begin int, lx *lexer) string {
	if lx.closed > 0 {
		return s.source[begin:lx.closed]
	}
	if i := strings.Index(s.source[begin:], "}}"); i >= 0 {
		return s.source[begin : begin+i+2]
	}
	return ""
}

func (s *splitter) comment(width int) *problem {
	body := s.source[s.at+width:]
	i := strings.Index(body, "#}")
	if i < 0 {
		return &problem{message: "a comment that begins with {# has no #}", hint: rawHint}
	}
	s.at += width + i + 2
	s.afterBlock(i > 0 && body[i-1] == '-', i > 0 && body[i-1] == '+')
	return nil
}

// afterBlock skips what a closing sign takes along: all white space after -%},
// nothing after +%}, else one line end.
func (s *splitter) afterBlock(strip, keep bool) {
	rest := s.source[s.at:]
	switch {
	case strip:
		s.at = len(s.source) - len(strings.TrimLeftFunc(rest, isSpace))
	case !keep && strings.HasPrefix(rest, "\n"):
		s.at++
	}
}

const rawHint = "to keep braces as text, write {% raw %}…{% endraw %} around them or tag the value !unsafe"

// isSpace is Python's str.isspace.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f
}
