package archtest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxProjects is how many projects of others the module may be built on. A
// project that is released as many modules, as AWS's SDK and chromedp are, counts once.
const maxProjects = 24

// goMod is go.mod as `go mod edit -json` prints it.
type goMod struct {
	Require []struct{ Path string }
	Replace []struct{ Old struct{ Path string } }
}

// direct are the required modules that a package of ours imports from.
func direct(m goMod, pkgs []*pkg) []string {
	used := map[string]bool{}
	for _, p := range pkgs {
		for _, imported := range concat(p.Imports, p.TestImports, p.XTestImports) {
			best := ""
			for _, r := range m.Require {
				if matches(r.Path+"/...", imported) && len(r.Path) > len(best) {
					best = r.Path
				}
			}
			used[best] = best != ""
		}
	}
	var out []string
	for path, ok := range used {
		if ok {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// project is the project that a module is part of.
func project(path string) string {
	for _, one := range []string{"github.com/aws/", "github.com/chromedp/", "go.opentelemetry.io/"} {
		if strings.HasPrefix(path, one) {
			return one
		}
	}
	return path
}

// unexplained compares the modules with the list in docs/dependencies.md, in
// which each has a row of its own with a reason.
func unexplained(modules []string, list string) []string {
	var out []string
	rows := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| *([^|]*?) *\\|").FindAllStringSubmatch(list, -1) {
		rows[row[1]] = row[2]
	}
	projects := map[string]bool{}
	for _, m := range modules {
		projects[project(m)] = true
		if len(strings.Fields(rows[m])) < 4 {
			out = append(out, fmt.Sprintf("docs/dependencies.md gives no reason for %s", m))
		}
		delete(rows, m)
	}
	for m := range rows {
		out = append(out, fmt.Sprintf("docs/dependencies.md explains %s, which is not used", m))
	}
	if len(projects) > maxProjects {
		out = append(out, fmt.Sprintf("%d projects are depended on, and %d is the most", len(projects), maxProjects))
	}
	return out
}

func TestDependenciesHaveReasons(t *testing.T) {
	edit := exec.Command("go", "mod", "edit", "-json")
	edit.Dir = root(t)
	out, err := edit.Output()
	if err != nil {
		t.Fatal(err)
	}
	var m goMod
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Replace) > 0 {
		t.Errorf("go.mod replaces %v: a program is built from what it says", m.Replace)
	}
	list, err := os.ReadFile(filepath.Join(root(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	report(t, unexplained(direct(m, tree(t)), string(list)))
}

func TestDependenciesWithoutReasons(t *testing.T) {
	if got := unexplained([]string{"a.org/x"}, ""); len(got) != 1 {
		t.Errorf("no row: %v", got)
	}
	if got := unexplained([]string{"a.org/x"}, "| `a.org/x` | yes | |\n"); len(got) != 1 {
		t.Errorf("no reason: %v", got)
	}
	if got := unexplained(nil, "| `a.org/x` | it is of great use | |\n"); len(got) != 1 {
		t.Errorf("not used: %v", got)
	}
	if got := unexplained([]string{"a.org/x"}, "| `a.org/x` | it is of great use | |\n"); len(got) != 0 {
		t.Errorf("explained: %v", got)
	}
	var many []string
	list := ""
	for i := range maxProjects + 1 {
		many = append(many, fmt.Sprintf("a.org/%d", i))
		list += fmt.Sprintf("| `a.org/%d` | it is of great use |\n", i)
	}
	if got := unexplained(many, list); len(got) != 1 {
		t.Errorf("too many: %v", got)
	}
	m := goMod{Require: []struct{ Path string }{{"a.org/x"}, {"a.org/x/sub"}, {"a.org/y"}}}
	if got := direct(m, []*pkg{{Imports: []string{"a.org/x/sub/p", "fmt"}, TestImports: []string{"a.org/y"}}}); !slices.Equal(got, []string{"a.org/x/sub", "a.org/y"}) {
		t.Errorf("direct: %v", got)
	}
}
