package archtest

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unproved are the tests that a document in docs names, as [TestName](file),
// and that the file does not have.
func unproved(text string, pkgs []*pkg) []string {
	var out []string
	for _, link := range regexp.MustCompile(`\[(Test\w+)\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		name, file := link[1], path.Join("docs", link[2])
		if !slices.ContainsFunc(pkgs, func(p *pkg) bool { return p.path == path.Dir(file) && p.tests(path.Base(file), name) }) {
			out = append(out, fmt.Sprintf("%s has no %s", file, name))
		}
	}
	return out
}

// tests tells whether a file of the package declares a test of that name.
func (p *pkg) tests(file, name string) bool {
	return slices.ContainsFunc(p.files, func(f *source) bool {
		return f.test && f.name == file && slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Recv == nil && f.Name.Name == name
		})
	})
}

// unprovedRows are the rows of the table below a heading that name no test.
func unprovedRows(text, heading string) []string {
	_, section, found := strings.Cut(text, heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := regexp.MustCompile(`(?m)^\| ([^-|][^|]*) \|.*$`).FindAllStringSubmatch(section, -1)
	if !found || len(rows) < 2 {
		return []string{"there is no table below " + heading}
	}
	var out []string
	for _, row := range rows[1:] {
		if !strings.Contains(row[0], "[Test") {
			out = append(out, fmt.Sprintf("no test proves the row of %q", row[1]))
		}
	}
	return out
}

const systemsHeading = "## Coming from CloudReactor's ways"

func TestWhatDocsSayIsProved(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		report(t, unproved(string(text), tree(t)))
		if filepath.Base(file) == "secrets.md" {
			report(t, unprovedRows(string(text), systemsHeading))
		}
	}
}

func TestWhatDocsSayWithoutProof(t *testing.T) {
	one := broken(t, "e2e", "a_test.go", "package e2e\nfunc TestA() {}\nfunc (x) TestB() {}\n")
	for text, want := range map[string]int{
		"[TestA](../e2e/a_test.go)": 0, "[TestA](../e2e/b_test.go)": 1, "[TestA](../pkg/a_test.go)": 1, "[TestB](../e2e/a_test.go), [TestC](../e2e/a_test.go)": 2,
	} {
		if got := unproved(text, []*pkg{one}); len(got) != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	const table = "## H\n\n| a | b |\n|---|---|\n| one | [TestA](x) |\n"
	for text, want := range map[string]int{table: 0, table + "| two | none |\n": 1, table + "\n## I\n| two | none |\n": 0, "## H\n": 1, "": 1} {
		if got := unprovedRows(text, "## H"); len(got) != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
