package archtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// layers say what each package may import of ours, besides its own folder
// where that is named. The first that matches counts.
func layers() []struct {
	path string
	may  []string
} {
	return []struct {
		path string
		may  []string
	}{
		{"cmd/reconciler", []string{"internal/cli"}},
		{"e2e", nil},
		{"e2e/conformance", nil},
		{"e2e/conformance/gosdk", []string{"e2e/conformance"}},
		{"internal/archtest", nil},
		{"internal/testtool", nil},
		{"internal/cli", []string{"pkg/...", "internal/sandbox/...", "internal/vault"}},
		{"internal/vault", []string{"pkg/spec", "pkg/spec/dotenv", "pkg/spec/decrypt/...", "pkg/spec/load/yaml11"}},
		{"internal/sandbox/...", []string{"internal/sandbox/..."}},
		{"pkg/spec", nil},
		{"pkg/spec/shape", nil},
		{"pkg/spec/dotenv", []string{"pkg/spec"}},
		{"pkg/spec/words", nil},
		{"pkg/spec/taskcheck", []string{"pkg/spec", "pkg/spec/shape"}},
		{"pkg/spec/decrypt/...", []string{"pkg/spec"}},
		{"pkg/spec/load/yaml11", []string{"pkg/spec"}},
		{"pkg/spec/load/expr", []string{"pkg/spec", "pkg/spec/shape", "pkg/spec/load/yaml11"}},
		{"pkg/spec/load/manifest", []string{"pkg/spec", "pkg/spec/shape", "pkg/spec/load/yaml11"}},
		{"pkg/spec/load/vaultpass", []string{"pkg/spec", "pkg/spec/words", "pkg/spec/decrypt/..."}},
		{"pkg/spec/load/source", []string{"pkg/spec", "pkg/spec/load/manifest", "pkg/spec/load/yaml11"}},
		{"pkg/spec/load/...", []string{"pkg/spec/..."}},
		{"pkg/importer/terraform", []string{"pkg/spec", "pkg/spec/dotenv", "pkg/spec/load/manifest"}},
		{"pkg/inject", []string{"pkg/spec", "pkg/spec/dotenv", "pkg/spec/words", "pkg/spec/load/yaml11"}},
		{"pkg/daemon/source", []string{"pkg/daemon/source/signature"}},
		{"pkg/daemon/source/signature", nil},
		{"pkg/awsapi", []string{"pkg/spec", "pkg/reconcile/resource"}},
		{"pkg/daemon/lease", nil},
		{"pkg/reconcile", []string{"pkg/spec", "pkg/reconcile/resource", "pkg/reconcile/plan", "pkg/reconcile/apply"}},
		{"pkg/reconcile/resource", []string{"pkg/spec"}},
		{"pkg/reconcile/plan", []string{"pkg/spec", "pkg/reconcile/resource"}},
		{"pkg/reconcile/apply", []string{"pkg/reconcile/resource", "pkg/reconcile/plan"}},
		{"pkg/reconcile/permission", []string{"pkg/spec"}},
		{"pkg/reconcile/suspension", nil},
		{"pkg/reconcile/kind/all", []string{"pkg/reconcile/kind/...", "pkg/reconcile/resource"}},
		{"pkg/reconcile/kind/kindtest", []string{"internal/sandbox/...", "pkg/reconcile", "pkg/reconcile/apply", "pkg/reconcile/plan",
			"pkg/reconcile/resource", "pkg/spec"}},
		{"pkg/reconcile/policy", []string{"pkg/spec"}},
		{"pkg/reconcile/kind/...", []string{"pkg/reconcile/resource", "pkg/reconcile/policy", "pkg/spec", "pkg/spec/shape", "pkg/awsapi"}},
		{"pkg/daemon", []string{"pkg/daemon/status", "pkg/daemon/trace", "pkg/reconcile", "pkg/reconcile/apply", "pkg/reconcile/plan", "pkg/reconcile/resource", "pkg/spec"}},
		{"pkg/daemon/status", []string{"pkg/reconcile/apply", "pkg/reconcile/plan", "pkg/reconcile/resource", "pkg/reconcile/suspension", "pkg/report", "pkg/spec"}},
		{"pkg/daemon/page", []string{"pkg/daemon/status", "pkg/reconcile/plan", "pkg/report", "pkg/spec"}},
		{"pkg/daemon/metrics", nil},
		{"pkg/daemon/trace", nil},
		{"pkg/daemon/notify", []string{"pkg/daemon/status", "pkg/reconcile/plan", "pkg/reconcile/resource", "pkg/report"}},
		{"pkg/daemon/events", nil},
		{"pkg/report", []string{"pkg/reconcile/plan", "pkg/reconcile/apply", "pkg/reconcile/resource", "pkg/spec"}},
	}
}

// importers say who alone imports a package, tests aside.
func importers() map[string][]string {
	return map[string][]string{
		"internal/sandbox/...":        {"internal/sandbox/...", "internal/cli", "pkg/reconcile/kind/kindtest"},
		"internal/testtool":           {},
		"internal/cli":                {"cmd/reconciler"},
		"internal/vault":              {"internal/cli"},
		"pkg/reconcile/kind/all":      {"internal/cli"},
		"pkg/reconcile/kind/kindtest": {},
	}
}

// below is the folder of the kind that a package is, or is part of; "" for
// any other package.
func below(path string) string {
	rest, ok := strings.CutPrefix(path, "pkg/reconcile/kind/")
	name, _, _ := strings.Cut(rest, "/")
	if !ok || name == "all" || name == "kindtest" {
		return ""
	}
	return "pkg/reconcile/kind/" + name + "/..."
}

// wrongImports are the imports that the layers do not know.
func wrongImports(p *pkg) []string {
	i := slices.IndexFunc(layers(), func(l struct {
		path string
		may  []string
	}) bool {
		return matches(l.path, p.path)
	})
	if i < 0 {
		return []string{fmt.Sprintf("%s stands in no layer: add it to the table here and in docs/design.md", p.path)}
	}
	may := layers()[i].may
	if own := below(p.path); own != "" {
		may = append(may, own)
	}
	var out []string
	for _, imported := range p.Imports {
		of := ours(imported)
		if of == "" {
			continue
		}
		if !matchesAny(may, of) {
			out = append(out, fmt.Sprintf("%s imports %s: it may import %v", p.path, of, may))
		}
		for target, only := range importers() {
			if matches(target, of) && !matchesAny(only, p.path) {
				out = append(out, fmt.Sprintf("%s imports %s: only tests and %v do", p.path, of, only))
			}
		}
	}
	return out
}

func TestImports(t *testing.T) {
	for _, p := range tree(t) {
		report(t, wrongImports(p))
	}
}

func TestEveryLayerExists(t *testing.T) {
	for _, l := range layers() {
		if !slices.ContainsFunc(tree(t), func(p *pkg) bool { return matches(l.path, p.path) }) {
			t.Errorf("%s is in the table and not in the tree", l.path)
		}
	}
}

func TestImportsOfABrokenTree(t *testing.T) {
	for _, c := range []struct{ path, imports string }{
		{"pkg/spec", "pkg/reconcile/resource"},
		{"pkg/reconcile/resource", "pkg/awsapi"},
		{"pkg/reconcile/plan", "pkg/awsapi"},
		{"pkg/reconcile/apply", "pkg/spec"},
		{"pkg/reconcile/kind/secret", "pkg/reconcile/kind/role"},
		{"pkg/reconcile/policy", "pkg/reconcile/resource"},
		{"pkg/reconcile/kind/secret", "pkg/reconcile/plan"},
		{"pkg/reconcile/kind/secret", "internal/sandbox"},
		{"pkg/reconcile/policy", "pkg/reconcile/kind/secret"},
		{"pkg/reconcile/kind/kindtest", "pkg/reconcile/kind/secret"},
		{"pkg/report", "pkg/awsapi"},
		{"pkg/reconcile", "pkg/reconcile/kind/all"},
		{"internal/sandbox/ecs", "pkg/spec"},
		{"internal/cli", "internal/testtool"},
		{"cmd/reconciler", "pkg/spec"},
		{"pkg/new", "pkg/spec"},
	} {
		p := &pkg{path: c.path, Imports: []string{module + "/" + c.imports}}
		if len(wrongImports(p)) == 0 {
			t.Errorf("%s may import %s", c.path, c.imports)
		}
	}
	for _, c := range []struct{ path, imports string }{{"pkg/reconcile/kind/secret", "pkg/reconcile/policy"}, {"pkg/reconcile/kind/all", "pkg/reconcile/kind/secret"}} {
		if got := wrongImports(&pkg{path: c.path, Imports: []string{module + "/" + c.imports}}); len(got) > 0 {
			t.Error(got)
		}
	}
}

// bans are packages that must not be reached, not even through others.
func bans() []struct{ path, never, why string } {
	const pure = "it is pure: the same input gives the same plan"
	return []struct{ path, never, why string }{
		{"pkg/reconcile/plan", "github.com/aws/...", pure},
		{"pkg/reconcile/plan", "net/...", pure},
		{"pkg/reconcile/plan", "os/exec", pure},
		{"pkg/reconcile/resource", "github.com/aws/...", "it is a leaf"},
		{"pkg/reconcile/resource", "net/...", "it is a leaf"},
		{"pkg/spec", "net/...", "it does no I/O"},
		{"pkg/spec", "os/exec", "it does no I/O"},
		{"pkg/report", "github.com/aws/...", "it only shows"},
		{"pkg/report", "net/http", "it only shows"},
		{"cmd/reconciler", "google.golang.org/grpc/...", "it brings 20 MB along: golang.org/x/net/trace runs templates (docs/adr/0020-html-without-templates.md)"},
		{"cmd/reconciler", "golang.org/x/net/trace", "it runs templates, which cost 20 MB (docs/adr/0020-html-without-templates.md)"},
	}
}

func reachesBanned(p *pkg) []string {
	var out []string
	for _, b := range bans() {
		if !matches(b.path, p.path) {
			continue
		}
		for _, dep := range p.Deps {
			if matches(b.never, dep) {
				out = append(out, fmt.Sprintf("%s reaches %s: %s", p.path, dep, b.why))
			}
		}
	}
	return out
}

func TestWhatIsNeverReached(t *testing.T) {
	for _, p := range tree(t) {
		report(t, reachesBanned(p))
	}
	for _, b := range bans() {
		p := &pkg{path: b.path, Deps: []string{strings.TrimSuffix(b.never, "/...")}}
		if len(reachesBanned(p)) == 0 {
			t.Errorf("%s may reach %s", b.path, b.never)
		}
	}
}

// directBans are packages that fmt and the like bring along, and that must not
// be imported by name.
func directBans() map[string][]string {
	return map[string][]string{
		"pkg/spec":               {"os", "time", "io/fs", "net/http", "go.uber.org/zap"},
		"pkg/reconcile/resource": {"os", "time", "io/fs", "net/http", "go.uber.org/zap"},
		"pkg/reconcile/plan":     {"os", "time", "io/fs", "net/http", "go.uber.org/zap", "math/rand", "math/rand/v2", "crypto/rand"},
	}
}

func directlyBanned(p *pkg) []string {
	var out []string
	for _, imported := range p.Imports {
		if slices.Contains(directBans()[p.path], imported) {
			out = append(out, fmt.Sprintf("%s imports %s: it is pure, and does no I/O", p.path, imported))
		}
	}
	return out
}

func TestPurePackagesImportNoClockAndNoFiles(t *testing.T) {
	for _, p := range tree(t) {
		report(t, directlyBanned(p))
	}
	if len(directlyBanned(&pkg{path: "pkg/reconcile/plan", Imports: []string{"time"}})) == 0 {
		t.Error("a plan may have a clock")
	}
}

// templates are the imports of packages whose templates call methods by names
// that the linker cannot know, so that it keeps every exported method of every
// type that is reached: all calls of all clients of AWS. Others' packages that
// import them and run none cost nothing; TestBinary looks for that.
func templates(p *pkg) []string {
	var out []string
	for _, imported := range p.Imports {
		if imported == "text/template" || imported == "html/template" {
			out = append(out, fmt.Sprintf("%s imports %s: it doubles the program (docs/adr/0020-html-without-templates.md)", p.path, imported))
		}
	}
	return out
}

func TestNoTemplates(t *testing.T) {
	for _, p := range tree(t) {
		report(t, templates(p))
	}
	if got := templates(&pkg{path: "pkg/daemon/page", Imports: []string{"fmt", "html/template", "text/template"}}); len(got) != 2 {
		t.Errorf("a page may have templates: %v", got)
	}
}
