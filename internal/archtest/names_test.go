package archtest

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// vague are words that name nothing.
func vague() []string {
	return []string{"util", "utils", "helper", "helpers", "common", "manager", "handler", "stack"}
}

// words splits a name at its capitals, underscores and hyphens.
func words(name string) []string {
	var b strings.Builder
	before := rune(0)
	for _, r := range name {
		switch {
		case r == '_' || r == '-' || r == '.':
			b.WriteRune(' ')
		case unicode.IsUpper(r) && unicode.IsLower(before):
			b.WriteRune(' ')
			fallthrough
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		before = r
	}
	return strings.Fields(b.String())
}

// isVague knows that AWS calls a service Secrets Manager.
func isVague(name string) bool {
	all := words(name)
	for i, w := range all {
		if slices.Contains(vague(), w) && (w != "manager" || i == 0 || all[i-1] != "secrets") {
			return true
		}
	}
	return false
}

// vagueNames are the package, files and exported names that say nothing.
func vagueNames(p *pkg) []string {
	var out []string
	if isVague(p.Name) || slices.ContainsFunc(strings.Split(p.path, "/"), isVague) {
		out = append(out, fmt.Sprintf("the package %s is called after nothing", p.path))
	}
	for _, f := range p.files {
		if isVague(strings.TrimSuffix(f.name, ".go")) {
			out = append(out, fmt.Sprintf("%s/%s: the file is called after nothing", p.path, f.name))
		}
		for _, d := range declared(f) {
			if ast.IsExported(d.name) && isVague(d.name) && !f.generated() {
				out = append(out, fmt.Sprintf("%s: %s is called after nothing", f.at(d.node), d.name))
			}
		}
	}
	return out
}

// declaration is something a file declares at package level.
type declaration struct {
	name string
	doc  string
	node ast.Node
}

// declared are a file's functions, methods of exported types, types, constants
// and variables. A group's comment speaks for what is in it.
func declared(f *source) []declaration {
	var out []declaration
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d)) {
				out = append(out, declaration{d.Name.Name, d.Doc.Text(), d})
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				out = append(out, specs(d, s)...)
			}
		}
	}
	return out
}

func specs(d *ast.GenDecl, s ast.Spec) []declaration {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []declaration{{s.Name.Name, d.Doc.Text() + s.Doc.Text(), s}}
	case *ast.ValueSpec:
		var out []declaration
		for _, n := range s.Names {
			out = append(out, declaration{n.Name, d.Doc.Text() + s.Doc.Text() + s.Comment.Text(), s})
		}
		return out
	default:
		return nil
	}
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	for {
		switch of := t.(type) {
		case *ast.StarExpr:
			t = of.X
		case *ast.IndexExpr:
			t = of.X
		case *ast.IndexListExpr:
			t = of.X
		case *ast.Ident:
			return of.Name
		default:
			return ""
		}
	}
}

func TestNames(t *testing.T) {
	for _, p := range tree(t) {
		report(t, vagueNames(p))
	}
	for _, p := range []*pkg{
		broken(t, "pkg/util", "a.go", "package util"),
		broken(t, "pkg/x", "string_helpers.go", "package x"),
		broken(t, "pkg/x", "a.go", "package x\ntype SecretManager struct{}"),
		broken(t, "pkg/x", "a.go", "package x\nfunc NewHandler() {}"),
		broken(t, "pkg/x", "a.go", "package x\nconst CommonName = 1"),
	} {
		if len(vagueNames(p)) != 1 {
			t.Errorf("%s: %v", p.path, vagueNames(p))
		}
	}
}

// packageComments complains unless exactly one file says what a package is.
func packageComments(p *pkg) []string {
	var of []string
	for _, f := range p.files {
		if f.Doc.Text() != "" && (!f.test || len(p.code()) == 0) {
			of = append(of, f.name)
			if !strings.HasPrefix(f.Doc.Text(), "Package "+p.Name+" ") && p.Name != "main" {
				return []string{fmt.Sprintf("%s: the comment of %s must begin with \"Package %s\"", f.at(f), p.path, p.Name)}
			}
		}
	}
	if len(of) != 1 {
		return []string{fmt.Sprintf("%s has %d package comments %v; one says what it guarantees", p.path, len(of), of)}
	}
	return nil
}

func TestPackageComments(t *testing.T) {
	for _, p := range tree(t) {
		report(t, packageComments(p))
	}
	twice := broken(t, "pkg/x", "a.go", "// Package x is.\npackage x")
	twice.files = append(twice.files, twice.files...)
	for _, p := range []*pkg{twice, broken(t, "pkg/x", "a.go", "package x"), broken(t, "pkg/x", "a.go", "// Something.\npackage x")} {
		if len(packageComments(p)) != 1 {
			t.Errorf("%v", packageComments(p))
		}
	}
}

// undocumented are exported names without a comment, and how many exported
// names there are.
func undocumented(p *pkg) (missing []string, all int) {
	for _, f := range p.code() {
		if f.generated() || p.Name == "main" {
			continue
		}
		for _, d := range declared(f) {
			if !ast.IsExported(d.name) {
				continue
			}
			all++
			if d.doc == "" {
				missing = append(missing, fmt.Sprintf("%s: %s has no comment", f.at(d.node), d.name))
			}
		}
	}
	return missing, all
}

func TestExportedNamesAreDescribed(t *testing.T) {
	var missing []string
	all := 0
	for _, p := range tree(t) {
		m, n := undocumented(p)
		missing, all = append(missing, m...), all+n
	}
	if share := 100 * (all - len(missing)) / all; share < 95 {
		t.Errorf("%d %% of %d exported names are described, want 95", share, all)
		report(t, missing)
	}
	m, n := undocumented(broken(t, "pkg/x", "a.go", "package x\n// A is.\nconst A = 1\nfunc B() {}\ntype t struct{}\nfunc (t) C() {}\ntype D struct{}\nfunc (*D) E() {}"))
	if len(m) != 3 || n != 4 {
		t.Errorf("%d of %d: %v", len(m), n, m)
	}
}
