package tfstate

import (
	"fmt"
	"strconv"
	"strings"
)

// address is where an attribute is.
type address struct {
	module string // module.a[0]; "" for the root
	data   bool
	kind   string // aws_db_instance
	name   string
	index  string   // [0], ["key"] or ""
	path   []string // names and numbers
}

func (a address) resource() string {
	r := resource{Module: a.module, Type: a.kind, Name: a.name}
	if a.data {
		r.Mode = "data"
	}
	return r.address()
}

// parseAddress reads one as Terraform writes it.
func parseAddress(text string) (address, error) {
	var a address
	wrong := fmt.Errorf("%q is no address of an attribute; want TYPE.NAME.ATTRIBUTE, such as aws_db_instance.main.endpoint", text)
	steps, ok := split(text)
	for ok && len(steps) > 1 && steps[0].name == "module" {
		a.module = strings.TrimPrefix(a.module+".module."+steps[1].name+strings.Join(steps[1].indexes, ""), ".")
		steps = steps[2:]
	}
	if ok && len(steps) > 0 && steps[0].name == "data" {
		a.data, steps = true, steps[1:]
	}
	const least = 3 // TYPE.NAME.ATTRIBUTE
	if !ok || len(steps) < least || len(steps[0].indexes) > 0 || len(steps[1].indexes) > 1 {
		return a, wrong
	}
	a.kind, a.name, a.index = steps[0].name, steps[1].name, strings.Join(steps[1].indexes, "")
	for _, s := range steps[2:] {
		a.path = append(a.path, s.name)
		for _, index := range s.indexes {
			a.path = append(a.path, bare(index))
		}
	}
	return a, nil
}

// bare is what stands in an index.
func bare(index string) string {
	inner := index[1 : len(index)-1]
	if text, err := strconv.Unquote(inner); err == nil {
		return text
	}
	return inner
}

// step is a name with its indexes, each [0] or ["key"].
type step struct {
	name    string
	indexes []string
}

// split takes an address apart at its dots, of which a quoted index may have
// some.
func split(text string) (steps []step, ok bool) {
	for {
		end := strings.IndexAny(text, ".[")
		if end < 0 {
			end = len(text)
		}
		s := step{name: text[:end]}
		text = text[end:]
		for strings.HasPrefix(text, "[") {
			index, rest, closed := cutIndex(text)
			if !closed {
				return nil, false
			}
			s.indexes, text = append(s.indexes, index), rest
		}
		if s.name == "" {
			return nil, false
		}
		steps = append(steps, s)
		if text == "" {
			return steps, true
		}
		if text, ok = strings.CutPrefix(text, "."); !ok {
			return nil, false
		}
	}
}

// cutIndex takes [0] or ["key"] off the front.
func cutIndex(text string) (index, rest string, ok bool) {
	if quoted, err := strconv.QuotedPrefix(text[1:]); err == nil && quoted[0] == '"' {
		rest, ok = strings.CutPrefix(text[1+len(quoted):], "]")
		return "[" + quoted + "]", rest, ok
	}
	number, rest, ok := strings.Cut(text[1:], "]")
	if _, err := strconv.ParseUint(number, 10, 32); err != nil {
		return "", "", false
	}
	return "[" + number + "]", rest, ok
}
