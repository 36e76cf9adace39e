package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Read reads the checks of all files that a pattern matches, in the order of
// their names. Every mistake in them is reported, each with its file and line.
func Read(pattern string) ([]Check, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s", pattern)
	}
	var all []Check
	var mistakes []error
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		checks, err := parse(file, text)
		mistakes = append(mistakes, err)
		all = append(all, checks...)
	}
	mistakes = append(mistakes, twice(all))
	return sorted(all), errors.Join(mistakes...)
}

// parse reads one file.
func parse(file string, text []byte) ([]Check, error) {
	var checks []Check
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&checks); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := locate(file, text, checks); err != nil {
		return nil, err
	}
	var mistakes []error
	for _, c := range checks {
		mistakes = append(mistakes, c.verify())
	}
	return checks, errors.Join(mistakes...)
}

// locate notes the lines of checks and steps, which a strict decoding cannot.
func locate(file string, text []byte, checks []Check) error {
	var lines []struct{ Steps []yaml.Node }
	var nodes []yaml.Node
	if err := errors.Join(yaml.Unmarshal(text, &nodes), yaml.Unmarshal(text, &lines)); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for i := range checks {
		checks[i].File, checks[i].Line = filepath.Base(file), nodes[i].Line
		for j := range checks[i].Steps {
			checks[i].Steps[j].line = lines[i].Steps[j].Line
		}
	}
	return nil
}

func twice(checks []Check) error {
	var mistakes []error
	seen := map[string]Check{}
	for _, c := range checks {
		if first, ok := seen[c.Name]; ok {
			mistakes = append(mistakes, fmt.Errorf("%s:%d: the check %s is also at %s:%d", c.File, c.Line, c.Name, first.File, first.Line))
		}
		seen[c.Name] = c
	}
	return errors.Join(mistakes...)
}

// verify finds what makes a check say nothing, or not what was meant.
func (c Check) verify() error {
	var mistakes []error
	for complaint, wrong := range map[string]bool{
		"the name is not snake_case":                       !regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)+$`).MatchString(c.Name),
		"no service has the name's prefix":                 c.Service() == "",
		"says is no sentence with a full stop":             !strings.HasSuffix(c.Says, "."),
		"it names no source":                               c.Source == "",
		"it has no steps":                                  len(c.Steps) == 0,
		"a | in says or diverges would end a table's cell": strings.Contains(c.Says+fmt.Sprint(c.Diverges), "|"),
	} {
		if wrong {
			mistakes = append(mistakes, fmt.Errorf("%s:%d: check %q: %s", c.File, c.Line, c.Name, complaint))
		}
	}
	for _, s := range c.Steps {
		if err := s.verify(); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: check %q: %w", c.at(s), c.Name, err))
		}
	}
	return errors.Join(mistakes...)
}

func (s Step) verify() error {
	var mistakes []error
	if !regexp.MustCompile(`^[a-z]+\.[A-Z][A-Za-z]+$`).MatchString(s.Call) {
		mistakes = append(mistakes, fmt.Errorf("call %q is not of the form service.Operation", s.Call))
	}
	if len(s.Refused) > 0 && (s.Gives.given || len(s.Keep) > 0) {
		mistakes = append(mistakes, errors.New("what is refused gives nothing, and nothing can be kept of it"))
	}
	if len(s.Refused) == 0 && s.Message != "" {
		mistakes = append(mistakes, errors.New("message without refused"))
	}
	if _, object := s.With.tree.(map[string]any); s.With.given && !object {
		mistakes = append(mistakes, errors.New("with is no object"))
	}
	return errors.Join(append(mistakes, knowsOperators(s.With.tree, makers()), knowsOperators(s.Gives.tree, matchers()))...)
}

// knowsOperators looks for keys that begin with ~ and mean nothing.
func knowsOperators[O any](tree any, known map[string]O) error {
	var mistakes []error
	switch tree := tree.(type) {
	case map[string]any:
		for key, member := range tree {
			if strings.HasPrefix(key, "~") && (len(tree) > 1 || !has(known, key)) {
				mistakes = append(mistakes, fmt.Errorf("%s is no operator here, or does not stand alone in its object", key))
			}
			mistakes = append(mistakes, knowsOperators(member, known))
		}
	case []any:
		for _, element := range tree {
			mistakes = append(mistakes, knowsOperators(element, known))
		}
	}
	return errors.Join(mistakes...)
}

func has[O any](m map[string]O, key string) bool {
	_, ok := m[key]
	return ok
}
