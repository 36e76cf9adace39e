package conformance

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// scope is what the variables of one run of a check stand for.
type scope struct {
	account, region string
	kept            map[string]any
	fresh           map[string]string
	i               int // how often the step or the list's element came before, from 1
}

// variable finds $name, $name-x, ${name} and ${name-x}. Of the others only
// token takes a suffix, since a hyphen may follow any variable in a text.
const variable = `\$(?:\{([a-z][A-Za-z0-9_]*(?:-[a-z0-9]+)?)\}|((?:name|token)(?:-[a-z0-9]+)?\b|[a-z][A-Za-z0-9_]*))`

// expand replaces the variables in a tree. within expands what is inside of
// objects and lists, quote readies a variable's text for where it goes.
func (s *scope) expand(tree any, within func(any) (any, error), quote func(string) string) (any, error) {
	switch tree := tree.(type) {
	case string:
		return s.text(tree, quote)
	case map[string]any:
		return s.object(tree, within)
	case []any:
		out := make([]any, 0, len(tree))
		for _, element := range tree {
			made, err := within(element)
			if err != nil {
				return nil, err
			}
			out = append(out, made)
		}
		return out, nil
	default:
		return tree, nil
	}
}

// object expands keys too, for maps that AWS keys by an id or a name.
func (s *scope) object(object map[string]any, within func(any) (any, error)) (any, error) {
	out := map[string]any{}
	for key, member := range object {
		made, err := within(member)
		if err != nil {
			return nil, err
		}
		name, err := s.text(key, asItIs)
		if err != nil {
			return nil, err
		}
		out[fmt.Sprint(name)] = made
	}
	return out, nil
}

// want expands a tree of gives. A pattern's variables stand for their text,
// whatever it holds.
func (s *scope) want(tree any) (any, error) {
	if object, ok := tree.(map[string]any); ok {
		if pattern, ok := object["~matches"].(string); ok {
			made, err := s.text(pattern, regexp.QuoteMeta)
			return map[string]any{"~matches": made}, err
		}
	}
	return s.expand(tree, s.want, asItIs)
}

func asItIs(text string) string { return text }

// text replaces the variables of a text. One that is all of the text keeps its
// type, so that a number stays one.
func (s *scope) text(text string, quote func(string) string) (any, error) {
	pattern := regexp.MustCompile(variable)
	if whole := pattern.FindStringSubmatch(text); whole != nil && whole[0] == text {
		return s.value(whole[1]+whole[2], quote)
	}
	var failed error
	out := pattern.ReplaceAllStringFunc(text, func(found string) string {
		names := pattern.FindStringSubmatch(found)
		made, err := s.value(names[1]+names[2], quote)
		if err != nil {
			failed = err
		}
		return written(made)
	})
	return out, failed
}

// written is a value inside a text.
func written(of any) string {
	if number, ok := of.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(of)
}

func (s *scope) value(name string, quote func(string) string) (any, error) {
	kind, _, _ := strings.Cut(name, "-")
	switch {
	case name == "account":
		return s.account, nil
	case name == "region":
		return quote(s.region), nil
	case name == "i":
		return float64(s.i), nil
	case kind == "name" || kind == "token":
		return s.drawn(kind, name), nil
	}
	kept, ok := s.kept[name]
	if !ok {
		return nil, fmt.Errorf("$%s is not set: no step before keeps it", name)
	}
	if text, ok := kept.(string); ok {
		return quote(text), nil
	}
	return kept, nil
}

// drawn is the text of a fresh variable, the same throughout a run.
func (s *scope) drawn(kind, name string) string {
	if text, ok := s.fresh[name]; ok {
		return text
	}
	var raw [18]byte
	_, err := rand.Read(raw[:])
	text := hex.EncodeToString(raw[:])
	if err != nil {
		text = err.Error()
	}
	if kind == "name" {
		text = "check-" + text[:12]
	}
	s.fresh[name] = text
	return text
}
