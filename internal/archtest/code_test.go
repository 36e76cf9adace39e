package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// calls finds the calls of x.name(…), for any of the names.
func calls(f *source, names ...string) []*ast.CallExpr {
	var out []*ast.CallExpr
	ast.Inspect(f.File, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				for _, name := range names {
					if sel.Sel.Name == name {
						out = append(out, call)
					}
				}
			}
		}
		return true
	})
	return out
}

// revealers are the packages that may see the text of a secret, and why.
func revealers() map[string]string {
	return map[string]string{
		"pkg/spec":                      "compares secrets, and checks a value's size and form offline",
		"pkg/spec/dotenv":               "expands and quotes the values of an env file",
		"pkg/spec/decrypt/ansiblevault": "derives keys from vault passwords",
		"pkg/spec/load":                 "reads the variables of an env file that becomes a secret",
		"pkg/spec/load/mapping":         "writes the values of one format in another",
		"pkg/importer/terraform":        "tells which texts of a state are secret, and seals them",
		"pkg/inject":                    "gives a process its environment",
		"pkg/reconcile/kind/secret":     "sends values to AWS and proves them",
		"pkg/reconcile/kind/parameter":  "sends values to AWS and compares them",
	}
}

// reveals are the places where a package sees the text of a secret.
func reveals(p *pkg) []string {
	var out []string
	for _, f := range p.code() {
		for _, call := range calls(f, "Reveal") {
			out = append(out, f.at(call))
		}
	}
	return out
}

func TestSecretsAreRevealedInFewPlaces(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range tree(t) {
		places := reveals(p)
		seen[p.path] = len(places) > 0
		if revealers()[p.path] == "" {
			for _, at := range places {
				report(t, []string{at + ": " + p.path + " is not among those who may see the text of a secret"})
			}
		}
	}
	for path := range revealers() {
		if !seen[path] {
			t.Errorf("%s may see the text of secrets, and does not", path)
		}
	}
	if len(reveals(broken(t, "pkg/report", "a.go", "package report\nfunc f(s spec.Secret) string { return s.Reveal() }"))) != 1 {
		t.Error("a call of Reveal is overlooked")
	}
}

// forbidden are calls that nothing makes, and why.
func forbidden(p *pkg) []string {
	var out []string
	for _, f := range p.files {
		for _, c := range []struct {
			names []string
			when  bool
			why   string
		}{
			{[]string{"Sugar", "S"}, true, "zap's sugared logger formats with %v, which can show a secret"},
			{[]string{"Skip", "Skipf", "SkipNow"}, true, "a test that is skipped tests nothing"},
			{[]string{"Exit"}, !f.test && p.path != "cmd/reconciler" && p.path != "internal/sandbox/gen", "only main ends the process"},
			{[]string{"Fatal", "Fatalf", "Fatalln"}, !f.test && !isTesting(p.path), "only main ends the process"},
			{[]string{"Print", "Printf", "Println"}, !f.test, "standard output carries results alone, and internal/cli writes them"},
		} {
			for _, call := range calls(f, c.names...) {
				if c.when && concerns(call, c.names[0]) {
					out = append(out, fmt.Sprintf("%s: %s", f.at(call), c.why))
				}
			}
		}
	}
	return out
}

// isTesting tells whether a package is there for tests alone.
func isTesting(path string) bool {
	return matchesAny([]string{"internal/testtool", "internal/sandbox/sandboxtest", "internal/sandbox/membertest", "pkg/reconcile/kind/kindtest"}, path)
}

// concerns leaves out namesakes: os.Exit and fmt.Print are meant, not methods.
func concerns(call *ast.CallExpr, rule string) bool {
	on := ""
	if x, ok := call.Fun.(*ast.SelectorExpr).X.(*ast.Ident); ok {
		on = x.Name
	}
	switch rule {
	case "Exit":
		return on == "os"
	case "Print":
		return on == "fmt" || on == "log"
	case "Sugar":
		return call.Fun.(*ast.SelectorExpr).Sel.Name == "Sugar" || on == "zap"
	case "Skip":
		return on == "t" || on == "b" || on == "f" || on == "tb"
	default:
		return true
	}
}

func TestForbiddenCalls(t *testing.T) {
	for _, p := range tree(t) {
		report(t, forbidden(p))
	}
	for _, text := range []string{"func f() { log.Sugar() }", "func f() { zap.S() }", "func TestX(t *testing.T) { t.Skip() }", "func f() { os.Exit(1) }",
		"func f() { log.Fatal() }", "func f() { fmt.Println() }"} {
		if got := forbidden(broken(t, "pkg/x", "a.go", "package x\n"+text)); len(got) != 1 {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// surprises are what happens without being called for: init functions, panics,
// and package-level variables that are written.
func surprises(p *pkg) []string {
	var out []string
	vars := packageVars(p)
	for _, f := range p.code() {
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					out = append(out, fmt.Sprintf("%s: an init function runs before anybody asks for it", f.at(n)))
				}
			case *ast.CallExpr:
				if called, ok := n.Fun.(*ast.Ident); ok && called.Name == "panic" && called.Obj == nil && !isTesting(p.path) {
					out = append(out, fmt.Sprintf("%s: a panic ends everybody's work: return an error", f.at(n)))
				}
			}
			for _, target := range written(n) {
				if name := rootOf(target); name != nil && vars[name.Name] && !local(f, name) {
					out = append(out, fmt.Sprintf("%s: the package-level variable %s is written", f.at(n), name.Name))
				}
			}
			return true
		})
	}
	return out
}

func packageVars(p *pkg) map[string]bool {
	vars := map[string]bool{}
	for _, f := range p.code() {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, s := range g.Specs {
					for _, n := range s.(*ast.ValueSpec).Names {
						vars[n.Name] = n.Name != "_"
					}
				}
			}
		}
	}
	return vars
}

// written are the expressions that a statement writes to.
func written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
			return n.Args[:1]
		}
	}
	return nil
}

// rootOf is a in a, a.b, a[i] and *a.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch of := e.(type) {
		case *ast.Ident:
			return of
		case *ast.SelectorExpr:
			e = of.X
		case *ast.IndexExpr:
			e = of.X
		case *ast.StarExpr:
			e = of.X
		case *ast.ParenExpr:
			e = of.X
		default:
			return nil
		}
	}
}

// local tells whether a name is declared inside a function. The parser resolves
// names within their file; what it cannot is in another one, at package level.
func local(f *source, name *ast.Ident) bool {
	return name.Obj != nil && f.Scope.Lookup(name.Name) != name.Obj
}

func TestNothingHappensUnasked(t *testing.T) {
	for _, p := range tree(t) {
		report(t, surprises(p))
	}
	for _, text := range []string{"func init() {}", "func f() { panic(1) }", "var v int\nfunc f() { v = 1 }", "var v = map[int]int{}\nfunc f() { v[1] = 1 }",
		"var v = map[int]int{}\nfunc f() { delete(v, 1) }", "var v int\nfunc f() { v++ }", "var v struct{ a []int }\nfunc f() { v.a[0] = 1 }"} {
		if got := surprises(broken(t, "pkg/x", "a.go", "package x\n"+text)); len(got) != 1 {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, text := range []string{"var v int\nfunc f() { v := 1; v = 2; _ = v }", "var v int\nfunc f(v int) { v = 2 }", "var v int\nfunc f() { var v int; v = 2 }"} {
		if got := surprises(broken(t, "pkg/x", "a.go", "package x\n"+text)); len(got) != 0 {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// unfinished are comments that put something off.
func unfinished(p *pkg) []string {
	mark := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)
	var out []string
	for _, f := range p.files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				if mark.MatchString(c.Text) {
					out = append(out, fmt.Sprintf("%s: do it, or open an issue: %s", f.at(c), strings.TrimSpace(c.Text)))
				}
			}
		}
	}
	return out
}

func TestNothingIsPutOff(t *testing.T) {
	for _, p := range tree(t) {
		report(t, unfinished(p))
	}
	if len(unfinished(broken(t, "pkg/x", "a.go", "package x\n// TO"+"DO: later"))) != 1 {
		t.Error("something may be put off")
	}
}
