package e2e

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ecs-reconciler/e2e/conformance"
)

// diverge writes into each check what the emulators were seen to do instead:
// -update's part for the checks. Reasons that are there stay, those of
// endpoints that pass go, and the sandbox gets none.
func (s *score) diverge(t *testing.T) {
	t.Helper()
	for i, check := range s.checks {
		found := map[string]string{}
		for _, endpoint := range s.endpoints {
			result := s.results[endpoint][check.Name]
			if endpoint == sandbox || result.passes() {
				continue
			}
			if found[endpoint] = check.Diverges[endpoint]; found[endpoint] == "" {
				found[endpoint] = reason(result)
			}
		}
		if maps.Equal(found, check.Diverges) {
			continue
		}
		if err := writeDivergence(filepath.Join(filepath.Dir(*checksFlag), check.File), check.Name, found); err != nil {
			t.Fatal(err)
		}
		s.checks[i].Diverges = found
	}
}

// reason says in a few words what an endpoint did, without the names that the
// run has drawn.
func reason(result judged) string {
	text := strings.TrimPrefix(result.String(), "only boto3 says: ")
	text = strings.TrimPrefix(text, "only the SDK for Go says: ")
	failure := regexp.MustCompile(`^[^ ]+: [a-z]+\.(\w+): `).FindStringSubmatch(text)
	if failure == nil {
		return "fails"
	}
	operation, text := failure[1], strings.TrimPrefix(text, failure[0])
	refused := regexp.MustCompile(`^refused with (\w+)[:,]`).FindStringSubmatch(text)
	differs := regexp.MustCompile(`^((?:[A-Za-z]+|\d{1,3})(?:\.(?:[A-Za-z]+|\d{1,3}))*)(?:\.\S+)? is `).FindStringSubmatch(text)
	switch {
	case strings.HasPrefix(text, "accepted, "):
		return operation + " accepts it"
	case strings.HasPrefix(text, "refused with the message "):
		return operation + " says it in words of its own"
	case refused != nil && refused[1] != "500":
		return operation + " is refused with " + refused[1]
	case differs != nil:
		return operation + " answers otherwise in " + differs[1]
	default:
		return operation + " fails"
	}
}

// writeDivergence replaces the divergences of one check in its file.
func writeDivergence(file, name string, reasons map[string]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	edited, err := withDivergence(string(text), name, reasons)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(edited), 0o600)
}

func withDivergence(text, name string, reasons map[string]string) (string, error) {
	start := regexp.MustCompile(`(?m)^- check: ` + name + `$`).FindStringIndex(text)
	if start == nil {
		return "", errors.New("the check " + name + " is not where it was read")
	}
	before, check := text[:start[0]], text[start[0]:]
	after := ""
	if next := strings.Index(check, "\n- check: "); next >= 0 {
		check, after = check[:next+1], check[next+1:]
	}
	check = regexp.MustCompile(`(?m)^  diverges:.*\n(    .*\n)*`).ReplaceAllLiteralString(check, "")
	stated, err := statement(reasons)
	if err != nil {
		return "", err
	}
	steps := strings.Index(check, "  steps:\n")
	if steps < 0 {
		return "", errors.New("the steps of " + name + " do not stand on lines of their own")
	}
	return before + check[:steps] + stated + check[steps:] + after, nil
}

// statement is the YAML of divergences, one a line.
func statement(reasons map[string]string) (string, error) {
	if len(reasons) == 0 {
		return "", nil
	}
	out := "  diverges:\n"
	for _, endpoint := range slices.Sorted(maps.Keys(reasons)) {
		line, err := yaml.Marshal(map[string]string{endpoint: reasons[endpoint]})
		if err != nil {
			return "", err
		}
		out += "    " + string(line)
	}
	return out, nil
}

func TestDivergencesAreWrittenIntoTheirCheck(t *testing.T) {
	const text = "- check: a_b\n  source: s\n  diverges:\n    moto: x\n  steps:\n    - {call: a.B}\n\n- check: a_c\n  source: s\n  steps:\n    - {call: a.C}\n"
	got, err := withDivergence(text, "a_c", map[string]string{"moto": "takes: all", "ministack": "no"})
	want := strings.Replace(text, "a_c\n  source: s\n", "a_c\n  source: s\n  diverges:\n    ministack: \"no\"\n    moto: 'takes: all'\n", 1)
	if err != nil || got != want {
		t.Errorf("added: %v\n%s", err, got)
	}
	got, err = withDivergence(text, "a_b", nil)
	if want := strings.Replace(text, "  diverges:\n    moto: x\n", "", 1); err != nil || got != want {
		t.Errorf("removed: %v\n%s", err, got)
	}
	if _, err := withDivergence(text, "a_d", nil); err == nil {
		t.Error("an absent check is written")
	}
}

func TestReasonsAreShort(t *testing.T) {
	for complaint, want := range map[string]string{
		"f.yaml:1: ecs.RunTask: accepted, not refused with X":             "RunTask accepts it",
		"f.yaml:1: ecs.RunTask: refused with X, not Y: words":             "RunTask is refused with X",
		"f.yaml:1: ecs.RunTask: refused with X: words":                    "RunTask is refused with X",
		"f.yaml:1: ecs.RunTask: refused with 500: <html>":                 "RunTask fails",
		"f.yaml:1: ecs.RunTask: refused with the message \"a\", in which": "RunTask says it in words of its own",
		"f.yaml:1: ecs.RunTask: tasks.0.cpu is absent, not 1":             "RunTask answers otherwise in tasks.0.cpu",
		"f.yaml:1: sm.Get: Ids.1b-2c is [], and is not wanted":            "Get answers otherwise in Ids",
		"f.yaml:1: ecs.RunTask: ResponseParserError: XML":                 "RunTask fails",
		"connection refused": "fails",
	} {
		if got := reason(judged{boto3: errors.New(complaint)}); got != want {
			t.Errorf("%s: %q, not %q", complaint, got, want)
		}
	}
	if got := reason(judged{gosdk: errors.New("f.yaml:1: ecs.RunTask: accepted, not")}); got != "RunTask accepts it" {
		t.Error(got)
	}
}

// unknownEndpoints are those that checks speak of and nobody starts.
func unknownEndpoints(checks []conformance.Check) []string {
	var out []string
	for _, check := range checks {
		for endpoint := range check.Diverges {
			if !slices.Contains(everyEndpoint(), endpoint) {
				out = append(out, check.Name+": "+endpoint)
			}
		}
	}
	return out
}
