package source_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/source"
)

// project is a small one, by path.
func project() map[string]string {
	return map[string]string{
		"README":                              "hello",
		"deploy_config/reconciler.yaml":       "kind: Project\n",
		"deploy_config/tasks/nightly.yaml":    "kind: Task\n",
		"deploy_config/env/.env.staging":      "A=1\n",
		"deploy_config/env/locked.bin":        "\x00GITCRYPT\x00 locked",
		".gitattributes":                      "deploy_config/env/** -text\n",
		"other/deploy_config/reconciler.yaml": "kind: Project\n",
	}
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read is every file below a folder, links by their target.
func read(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if e.Type()&os.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			files[rel] = "-> " + target
			return err
		}
		data, err := os.ReadFile(path)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// environ is an environment of few variables.
func environ(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func open(t testing.TB, text string, o source.Options) source.Source {
	t.Helper()
	ref, err := source.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if o.Temp == "" {
		o.Temp = t.TempDir()
	}
	if o.WorkDir == "" {
		o.WorkDir = t.TempDir()
	}
	s, err := source.Open(ref, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func fetch(t testing.TB, s source.Source) source.Snapshot {
	t.Helper()
	got, err := s.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(got.Release)
	return got
}

// refuses fetches what must not be answered.
func refuses(t testing.TB, s source.Source, why string) {
	t.Helper()
	got, err := s.Fetch(t.Context())
	if err == nil {
		t.Fatalf("it gives %+v; want an error with %q", got, why)
	}
	if !strings.Contains(err.Error(), why) {
		t.Fatalf("%v; want %q", err, why)
	}
}

// repository is a git checkout, written by git itself.
type repository struct {
	testing.TB
	dir string
}

func newRepository(t testing.TB, files map[string]string) *repository {
	t.Helper()
	r := &repository{t, filepath.Join(t.TempDir(), "repo")}
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("init", "-q", "-b", "main")
	r.git("config", "user.name", "Ada")
	r.git("config", "user.email", "ada@example.com")
	r.git("config", "commit.gpgsign", "false")
	r.commit(files)
	return r
}

func (r *repository) git(args ...string) string {
	r.Helper()
	return r.feed("", args...)
}

// feed runs git with a text as its input.
func (r *repository) feed(input string, args ...string) string {
	r.Helper()
	cmd := exec.Command("git", args...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes files and commits them all; the commit's id.
func (r *repository) commit(files map[string]string, options ...string) string {
	r.Helper()
	write(r, r.dir, files)
	r.git("add", "-A", "-f")
	r.git(append([]string{"commit", "-q", "--allow-empty", "-m", "a change"}, options...)...)
	return r.git("rev-parse", "HEAD")
}

// load commits files without a work tree, which is quick for many of them.
func (r *repository) load(files map[string]string) {
	r.Helper()
	var stream strings.Builder
	stream.WriteString("commit refs/heads/main\ncommitter Ada <ada@example.com> 0 +0000\ndata 0\nfrom refs/heads/main^0\n")
	for name, text := range files {
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
	}
	r.feed(stream.String(), "fast-import", "--quiet")
}

func (r *repository) url() string { return "git::file://" + r.dir }

// leaks fails the test when goroutines or open files are left after it.
func leaks(t *testing.T) {
	t.Helper()
	count := func() (goroutines, files int) {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return runtime.NumGoroutine(), len(entries)
	}
	goroutines, files := count()
	t.Cleanup(func() {
		for range 100 {
			g, f := count()
			if g <= goroutines && f <= files {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		g, f := count()
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines and %d files were open before, %d and %d are after\n%s", goroutines, files, g, f, stacks[:runtime.Stack(stacks, true)])
	})
}

// entries names what is in a folder.
func entries(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

// within is a context that ends soon.
func within(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 300*time.Millisecond)
}
