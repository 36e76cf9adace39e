package expr

import (
	"fmt"
	"regexp"
	"strings"

	"ecs-reconciler/pkg/spec/load/yaml11"
)

type yamlStyle int

const (
	plainStyle yamlStyle = iota
	singleStyle
	doubleStyle
)

// timestamps would be read as dates if they were not quoted.
var timestamps = regexp.MustCompile(`^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)` +
	`[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$`)

// style picks the first of plain, single and double quotes that reads back as
// the same text.
func (w *yamlWriter) style(n *yaml11.Node, text string) yamlStyle {
	if n.Kind != yaml11.String {
		return plainStyle
	}
	a := analyze(text)
	switch {
	case w.key && a.breaks || !a.singleFits:
		return doubleStyle
	case text == "" || yaml11.PlainKind(text) != yaml11.String || timestamps.MatchString(text) || text == "=" || text == "<<":
		return singleStyle
	case w.flow > 0 && !a.flowFits || w.flow == 0 && !a.blockFits:
		return singleStyle
	}
	return plainStyle
}

// analysis tells how a text may be written.
type analysis struct{ breaks, flowFits, blockFits, singleFits bool }

// analyze looks for signs that mean something in YAML, and for white space
// that a style would lose.
func analyze(text string) analysis {
	runes := []rune(text)
	a := analysis{flowFits: true, blockFits: true, singleFits: true}
	if strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") {
		a.flowFits, a.blockFits = false, false
	}
	for i, r := range runes {
		flow, block := indicator(runes, i)
		a.flowFits, a.blockFits = a.flowFits && !flow, a.blockFits && !block
		switch {
		case isBreak(r):
			a.breaks = true
			spaceBefore, spaceAfter := i > 0 && runes[i-1] == ' ', i+1 < len(runes) && runes[i+1] == ' '
			a.singleFits = a.singleFits && !spaceBefore && !spaceAfter
		case !yamlPrintable(r):
			a.singleFits = false
		}
	}
	if len(runes) > 0 && (atEdge(runes[0]) || atEdge(runes[len(runes)-1])) || a.breaks || !a.singleFits {
		a.flowFits, a.blockFits = false, false
	}
	return a
}

func atEdge(r rune) bool { return r == ' ' || isBreak(r) }

func isBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// yamlPrintable tells which characters libyaml writes without an escape.
func yamlPrintable(r rune) bool {
	return 0x20 <= r && r <= 0x7e || 0xa0 <= r && r <= 0xd7ff || 0xe000 <= r && r <= 0xfffd && r != 0xfeff
}

// indicator tells whether the sign at i means something within brackets, and
// outside of them.
func indicator(runes []rune, i int) (flow, block bool) {
	blankBefore := i == 0 || isBlank(runes[i-1])
	blankAfter := i+1 >= len(runes) || isBlank(runes[i+1])
	r := runes[i]
	switch {
	case i == 0 && strings.ContainsRune("#,[]{}&*!|>'\"%@`", r):
		return true, true
	case i == 0 && (r == '?' || r == ':'), r == ':':
		return true, blankAfter
	case i == 0 && r == '-':
		return blankAfter, blankAfter
	case strings.ContainsRune(",?[]{}", r):
		return true, false
	case r == '#':
		return blankBefore, blankBefore
	}
	return false, false
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == 0 || isBreak(r) }

// folded writes a text without line ends; a single space behind the width
// becomes a line end.
func (w *yamlWriter) folded(text string, indent int, quoted bool) {
	runes := []rune(text)
	for i, r := range runes {
		between := i > 0 && i+1 < len(runes) && runes[i-1] != ' ' && runes[i+1] != ' '
		if r == ' ' && !w.key && between && w.column > yamlWidth {
			w.line(indent)
			continue
		}
		if quoted && r == '\'' {
			w.put("'")
		}
		w.put(string(r))
	}
}

// single writes a text in single quotes. A line end takes two.
func (w *yamlWriter) single(text string, indent int) {
	w.put("'")
	for len(text) > 0 {
		i := strings.IndexFunc(text, isBreak)
		if i < 0 {
			w.folded(text, indent, true)
			break
		}
		w.folded(text[:i], indent, true)
		text = w.breaks(text[i:])
		w.b.WriteString(strings.Repeat(" ", indent))
		w.column = indent
	}
	w.put("'")
}

// breaks writes the line ends that text begins with, and returns the rest.
func (w *yamlWriter) breaks(text string) string {
	if text[0] == '\n' {
		w.b.WriteByte('\n')
	}
	rest := strings.TrimLeftFunc(text, isBreak)
	w.b.WriteString(text[:len(text)-len(rest)])
	return rest
}

// yamlEscapes are the characters with an escape of their own.
var yamlEscapes = map[rune]string{0: "0", '\a': "a", '\b': "b", '\t': "t", '\n': "n", '\v': "v", '\f': "f", '\r': "r",
	0x1b: "e", '"': `"`, '\\': `\`, 0x85: "N", 0x2028: "L", 0x2029: "P"}

func (w *yamlWriter) double(text string, indent int) {
	runes := []rune(text)
	w.put(`"`)
	for i, r := range runes {
		before := i > 0 && runes[i-1] == ' '
		if r == ' ' && !w.key && !before && w.column > yamlWidth && i > 0 && i+1 < len(runes) {
			w.line(indent)
			if runes[i+1] == ' ' {
				w.put(`\`)
			}
			continue
		}
		w.put(doubleRune(r))
	}
	w.put(`"`)
}

func doubleRune(r rune) string {
	escape, ok := yamlEscapes[r]
	switch {
	case ok:
		return `\` + escape
	case yamlPrintable(r):
		return string(r)
	case r <= 0xff:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}
