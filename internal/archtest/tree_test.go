package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "ecs-reconciler"

// pkg is one package of ours, as `go list` and the parser see it. Paths within
// the module are without its name.
type pkg struct {
	ImportPath                         string
	Name                               string
	Dir                                string
	GoFiles, TestGoFiles, XTestGoFiles []string
	IgnoredGoFiles                     []string
	Imports, TestImports, XTestImports []string
	Deps                               []string
	path                               string
	files                              []*source
}

// source is one file of a package.
type source struct {
	name string // its last element
	test bool
	set  *token.FileSet
	*ast.File
}

func (s *source) at(n ast.Node) string { return s.set.Position(n.Pos()).String() }

// generated tells whether a program wrote the file.
func (s *source) generated() bool { return ast.IsGenerated(s.File) }

// tree is the whole module, read once.
func tree(t *testing.T) []*pkg {
	t.Helper()
	pkgs, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

var read = sync.OnceValues(func() ([]*pkg, error) {
	const fields = "ImportPath,Name,Dir,GoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Imports,TestImports,XTestImports,Deps"
	list := exec.Command("go", "list", "-json="+fields, module+"/...")
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, &stderr)
	}
	var pkgs []*pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &pkg{}
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, err
		}
		if err := p.parse(); err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
})

func (p *pkg) parse() error {
	p.path = ours(p.ImportPath)
	for _, name := range concat(p.GoFiles, p.IgnoredGoFiles, p.TestGoFiles, p.XTestGoFiles) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went while the tree was read
		}
		if err != nil {
			return err
		}
		p.files = append(p.files, &source{name: name, test: strings.HasSuffix(name, "_test.go"), set: set, File: file})
	}
	return nil
}

// code is the package's files that are no tests.
func (p *pkg) code() []*source {
	var out []*source
	for _, f := range p.files {
		if !f.test {
			out = append(out, f)
		}
	}
	return out
}

// ours is an import path without the module's name; "" for one of others.
func ours(path string) string {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return ""
	}
	return rest
}

func concat(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// matches tells whether a path is the pattern, or below it when the pattern
// ends in /... .
func matches(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == prefix || strings.HasPrefix(path, prefix+"/")
	}
	return path == pattern
}

func matchesAny(patterns []string, path string) bool {
	for _, p := range patterns {
		if matches(p, path) {
			return true
		}
	}
	return false
}

// report fails the test with every complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(strings.TrimPrefix(c, filepath.Dir(filepath.Dir(root(t)))+"/"))
	}
}

// root is the module's folder.
func root(t *testing.T) string {
	t.Helper()
	abs, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// broken is a package with one file, to try a rule on.
func broken(t *testing.T, path, file, text string) *pkg {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return &pkg{path: path, ImportPath: module + "/" + path, Name: parsed.Name.Name,
		files: []*source{{name: filepath.Base(file), test: strings.HasSuffix(file, "_test.go"), set: set, File: parsed}}}
}
