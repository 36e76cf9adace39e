package e2e

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/e2e/conformance"
	"ecs-reconciler/internal/testtool"
)

var update = flag.Bool("update", false, "rewrite the divergences of checks and the table in docs/sandbox.md")

const (
	tableBegin = "<!-- conformance: made by TestConformance -update -->\n"
	tableEnd   = "<!-- end of conformance -->\n"
)

// print writes the score to the terminal: by service, and then each check.
func (s *score) print(t *testing.T) {
	t.Helper()
	var out strings.Builder
	fmt.Fprintf(&out, "\n%-26s", "checks passed")
	for _, endpoint := range s.endpoints {
		fmt.Fprintf(&out, "%12s", endpoint)
	}
	out.WriteString("\n")
	for _, service := range append(s.services(), "") {
		s.printService(&out, service)
	}
	out.WriteString("\n")
	for _, check := range s.checks {
		s.printCheck(&out, check)
	}
	if _, err := os.Stdout.WriteString(out.String()); err != nil {
		t.Error(err)
	}
}

func (s *score) printService(out *strings.Builder, service string) {
	title := service
	if service == "" {
		title = "all"
	}
	fmt.Fprintf(out, "%-26s", title)
	for _, endpoint := range s.endpoints {
		passed, of := s.tally(endpoint, service)
		fmt.Fprintf(out, "%12s", fmt.Sprintf("%d/%d", passed, of))
	}
	out.WriteString("\n")
}

func (s *score) printCheck(out *strings.Builder, check conformance.Check) {
	for _, endpoint := range s.endpoints {
		fmt.Fprintf(out, "%s %s  ", mark(s.results[endpoint][check.Name]), endpoint)
	}
	fmt.Fprintf(out, "%s\n", check.Name)
}

func mark(result judged) string {
	if result.passes() {
		return "✓"
	}
	return "✗"
}

// document compares the table in docs/sandbox.md with the score, or writes it.
func (s *score) document(t *testing.T) {
	t.Helper()
	path := filepath.Join(testtool.Root(t), "docs", "sandbox.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tableBegin)
	documented, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("%s lacks the marks %q and %q", path, tableBegin, tableEnd)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+tableBegin+s.markdown()+tableEnd+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(documented, s.markdown()); diff != "" {
		t.Errorf("%s is out of date (-documented +found); run: go test ./e2e -run TestConformance -update\n%s", path, diff)
	}
}

// markdown is the score as tables.
func (s *score) markdown() string {
	var out strings.Builder
	out.WriteString("\n| checks passed |")
	for _, endpoint := range s.endpoints {
		fmt.Fprintf(&out, " %s |", endpoint)
	}
	out.WriteString("\n|---|" + strings.Repeat("---|", len(s.endpoints)) + "\n")
	for _, service := range append(s.services(), "") {
		s.markdownTally(&out, service)
	}
	for _, service := range s.services() {
		fmt.Fprintf(&out, "\n### %s\n\n| AWS | %s | what diverges |\n|---|%s---|\n", service,
			strings.Join(s.endpoints, " | "), strings.Repeat(":-:|", len(s.endpoints)))
		for _, check := range s.checks {
			if check.Service() == service {
				s.markdownCheck(&out, check)
			}
		}
	}
	return out.String()
}

func (s *score) markdownTally(out *strings.Builder, service string) {
	title := service
	if service == "" {
		title = "**all**"
	}
	fmt.Fprintf(out, "| %s |", title)
	for _, endpoint := range s.endpoints {
		passed, of := s.tally(endpoint, service)
		fmt.Fprintf(out, " %d of %d |", passed, of)
	}
	out.WriteString("\n")
}

func (s *score) markdownCheck(out *strings.Builder, check conformance.Check) {
	fmt.Fprintf(out, "| %s |", check.Says)
	for _, endpoint := range s.endpoints {
		fmt.Fprintf(out, " %s |", mark(s.results[endpoint][check.Name]))
	}
	fmt.Fprintf(out, " %s |\n", divergence(check))
}

// divergence is what each endpoint does instead, told once where they agree.
func divergence(check conformance.Check) string {
	byReason := map[string][]string{}
	for _, endpoint := range slices.Sorted(maps.Keys(check.Diverges)) {
		reason := check.Diverges[endpoint]
		byReason[reason] = append(byReason[reason], endpoint)
	}
	var out []string
	for reason, endpoints := range byReason {
		out = append(out, strings.Join(endpoints, ", ")+": "+reason)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}
