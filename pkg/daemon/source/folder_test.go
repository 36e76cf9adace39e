package source_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ecs-reconciler/pkg/daemon/source"
)

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	for name, text := range map[string]string{"relative": ".", "project": dir, "deploy_config": filepath.Join(dir, "deploy_config"), "found": ""} {
		s := open(t, text, source.Options{WorkDir: dir, DeployConfig: filepath.Join(dir, "deploy_config")})
		got, again := fetch(t, s), fetch(t, s)
		if got.Dir != filepath.Join(dir, "deploy_config") || got.WorkDir != dir || got.Author != "" || got.At.IsZero() {
			t.Errorf("%s: %+v", name, got)
		}
		if got.Revision != again.Revision {
			t.Errorf("%s: nothing changed, and %s became %s", name, got.Revision, again.Revision)
		}
		got.Release()
		if _, err := os.Stat(got.Dir); err != nil {
			t.Error(err)
		}
	}
	if _, err := source.Open(source.Ref{Folder: "x"}, source.Options{}); err == nil || !strings.Contains(err.Error(), "relative") {
		t.Error(err)
	}
}

// A revision is another one whenever anything is, of the same length as well.
func TestFolderRevisions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	s := open(t, dir, source.Options{})
	seen := map[string]string{fetch(t, s).Revision: "before"}
	env := filepath.Join(dir, "deploy_config/env/.env.staging")
	for _, change := range []struct {
		what string
		do   func() error
	}{
		{"a value", func() error { return os.WriteFile(env, []byte("A=2\n"), 0o600) }},
		{"a mode", func() error { return os.Chmod(env, 0o600) }},
		{"an old date", func() error { return os.Chtimes(env, time.Unix(1e9, 0), time.Unix(1e9, 0)) }},
		{"a name", func() error { return os.Rename(env, env+"2") }},
		{"a file less", func() error { return os.Remove(env + "2") }},
		{"a link", func() error { return os.Symlink("nightly.yaml", filepath.Join(dir, "deploy_config/tasks/l.yaml")) }},
	} {
		if err := change.do(); err != nil {
			t.Fatal(err)
		}
		revision := fetch(t, s).Revision
		if before, ok := seen[revision]; ok && change.what != "a mode" {
			t.Errorf("%s: the revision is %s, as for %s", change.what, revision, before)
		}
		seen[revision] = change.what
	}
}

func TestFolderRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	s := open(t, dir, source.Options{})
	fetch(t, s)
	tasks := filepath.Join(dir, "deploy_config/tasks/nightly.yaml")
	check := func(why string, do, undo func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		refuses(t, s, why)
		if err := undo(); err != nil {
			t.Fatal(err)
		}
		fetch(t, s)
	}
	mv := func(from, to string) func() error {
		return func() error { return os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)) }
	}
	check("there is no folder deploy_config", mv("deploy_config", "away"), mv("away", "deploy_config"))
	check("nightly.yaml is empty", func() error { return os.Truncate(tasks, 0) }, func() error { return os.WriteFile(tasks, []byte("kind: Task\n"), 0o600) })
	check("no specs", func() error {
		if err := mv("deploy_config", "away")(); err != nil {
			return err
		}
		return os.Mkdir(filepath.Join(dir, "deploy_config"), 0o700)
	}, func() error {
		if err := os.Remove(filepath.Join(dir, "deploy_config")); err != nil {
			return err
		}
		return mv("away", "deploy_config")()
	})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	refuses(t, s, "cannot be opened")
}

// While somebody writes it is waited for, and not for ever.
func TestFolderThatIsBeingWritten(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	file := filepath.Join(dir, "deploy_config/tasks/log.yaml")
	n := 0
	after := func(time.Duration) <-chan time.Time {
		n++
		write(t, dir, map[string]string{"deploy_config/tasks/log.yaml": strings.Repeat("x\n", n)})
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}
	refuses(t, open(t, dir, source.Options{After: after}), "still being written; the newest file is log.yaml")
	if n != 30 {
		t.Errorf("%d tries", n)
	}
	slow := func(time.Duration) <-chan time.Time {
		if n++; n < 40 {
			return after(0)
		}
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}
	got := fetch(t, open(t, dir, source.Options{After: slow}))
	if text, err := os.ReadFile(file); err != nil || got.Dir == "" || len(text) < 60 {
		t.Errorf("%q %v", text, err)
	}
}

func TestFolderThatGitIsChanging(t *testing.T) {
	r := newRepository(t, project())
	s := open(t, r.dir, source.Options{After: func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}})
	lock := filepath.Join(r.dir, ".git/index.lock")
	write(t, r.dir, map[string]string{".git/index.lock": ""})
	refuses(t, s, "git is changing its files")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(lock, old, old); err != nil {
		t.Fatal(err)
	}
	fetch(t, s)

	side := filepath.Join(t.TempDir(), "side")
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	r.git("worktree", "add", "-q", side)
	of := open(t, side, source.Options{After: func(time.Duration) <-chan time.Time {
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	}})
	write(t, r.dir, map[string]string{".git/worktrees/side/index.lock": ""})
	refuses(t, of, "git is changing its files")
}

// told waits for a call, and that there is a new revision.
func told(t *testing.T, s source.Source, calls chan struct{}, before source.Snapshot, what string) source.Snapshot {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case <-calls:
		case <-deadline:
			t.Fatalf("%s: nobody told", what)
		}
		got, err := s.Fetch(t.Context())
		if err == nil && got.Revision != before.Revision {
			return got
		}
	}
}

func TestWatchFolder(t *testing.T) {
	leaks(t)
	r := newRepository(t, project())
	specs := filepath.Join(r.dir, "deploy_config")
	s := open(t, r.dir, source.Options{Interval: time.Hour})
	before := fetch(t, s)
	calls := watching(t, s)
	time.Sleep(100 * time.Millisecond)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	task := filepath.Join(specs, "tasks/nightly.yaml")
	for _, change := range []struct {
		what string
		do   func()
	}{
		{"an edit in place", func() { must(os.WriteFile(task, []byte("kind: Task # 1\n"), 0o600)) }},
		{"an edit as vim does it", func() {
			must(os.WriteFile(filepath.Join(specs, "tasks/.nightly.yaml.swp"), []byte("x"), 0o600))
			must(os.WriteFile(filepath.Join(specs, "tasks/4913"), nil, 0o600))
			must(os.Remove(filepath.Join(specs, "tasks/4913")))
			must(os.Rename(task, task+"~"))
			must(os.WriteFile(task, []byte("kind: Task # 2\n"), 0o600))
			must(os.Remove(task + "~"))
		}},
		{"an edit by a temporary file", func() {
			must(os.WriteFile(task+".tmp", []byte("kind: Task # 3\n"), 0o600))
			must(os.Rename(task+".tmp", task))
		}},
		{"a new subfolder", func() { write(t, specs, map[string]string{"files/deep/er/a.txt": "1"}) }},
		{"a file in it", func() { write(t, specs, map[string]string{"files/deep/er/b.txt": "1"}) }},
		{"a file removed", func() { must(os.Remove(filepath.Join(specs, "files/deep/er/b.txt"))) }},
		{"a checkout", func() {
			r.git("checkout", "-q", "-b", "side")
			r.commit(files(200))
			r.git("checkout", "-q", "main")
		}},
		{"the folder replaced", func() {
			must(os.Rename(specs, specs+".old"))
			must(os.CopyFS(specs, os.DirFS(specs+".old")))
		}},
		{"an edit after that", func() { must(os.WriteFile(task, []byte("kind: Task # 4\n"), 0o600)) }},
	} {
		change.do()
		before = told(t, s, calls, before, change.what)
	}
}

// What editors write beside the files is no change.
func TestWatchFolderLeavesScratchOut(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	s := open(t, dir, source.Options{Interval: time.Hour})
	before := fetch(t, s)
	calls := watching(t, s)
	time.Sleep(100 * time.Millisecond)
	write(t, dir, map[string]string{"deploy_config/tasks/.nightly.yaml.swp": "1", "deploy_config/tasks/nightly.yaml~": "1", "deploy_config/tasks/#nightly.yaml#": "1"})
	time.Sleep(700 * time.Millisecond)
	if got := fetch(t, s); got.Revision != before.Revision || len(calls) > 0 {
		t.Errorf("%d calls, %s instead of %s", len(calls), got.Revision, before.Revision)
	}
}

// A burst of changes is told once it is over.
func TestWatchFolderDebounces(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	s := open(t, dir, source.Options{Interval: time.Hour})
	fetch(t, s)
	calls := watching(t, s)
	time.Sleep(100 * time.Millisecond)
	for i := range 10 {
		write(t, dir, map[string]string{"deploy_config/tasks/nightly.yaml": strings.Repeat("# x\n", i+1)})
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second)
	if n := len(calls); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// configMap mounts as the kubelet does (Kubernetes, pkg/volume/util:
// AtomicWriter): files are links through ..data, which is switched.
func configMap(t testing.TB, dir, version string, files map[string]string) {
	t.Helper()
	write(t, filepath.Join(dir, ".."+version), files)
	if err := os.Symlink(".."+version, filepath.Join(dir, "..data_tmp")); err != nil {
		t.Fatal(err)
	}
	old, _ := os.Readlink(filepath.Join(dir, "..data"))
	if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	for name := range files {
		top, _, _ := strings.Cut(name, "/")
		if err := os.Symlink("..data/"+top, filepath.Join(dir, top)); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	if old != "" {
		if err := os.RemoveAll(filepath.Join(dir, old)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWatchConfigMap(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deploy_config")
	task := func(text string) map[string]string {
		return map[string]string{"reconciler.yaml": "kind: Project\n", "tasks/nightly.yaml": text}
	}
	configMap(t, dir, "2026_1", task("kind: Task\n"))
	s := open(t, dir, source.Options{Interval: time.Hour})
	before := fetch(t, s)
	calls := watching(t, s)
	time.Sleep(100 * time.Millisecond)
	for i, version := range []string{"2026_2", "2026_3", "2026_4"} {
		want := "kind: Task # " + string(rune('a'+i)) + "\n"
		configMap(t, dir, version, task(want))
		before = told(t, s, calls, before, version)
		if got, err := os.ReadFile(filepath.Join(before.Dir, "tasks/nightly.yaml")); err != nil || string(got) != want {
			t.Errorf("%q %v", got, err)
		}
	}
}

// A link on the way to the folder that is switched, as deployments do it.
func TestWatchSwitchedLink(t *testing.T) {
	root := t.TempDir()
	for _, release := range []string{"1", "2", "3"} {
		write(t, filepath.Join(root, "releases", release), map[string]string{"deploy_config/reconciler.yaml": "kind: Project # " + release + "\n"})
	}
	point := func(release string) {
		t.Helper()
		if err := os.Symlink(filepath.Join("releases", release), filepath.Join(root, "new")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(root, "new"), filepath.Join(root, "current")); err != nil {
			t.Fatal(err)
		}
	}
	point("1")
	s := open(t, filepath.Join(root, "current"), source.Options{Interval: time.Hour})
	before := fetch(t, s)
	calls := watching(t, s)
	time.Sleep(100 * time.Millisecond)
	for _, release := range []string{"2", "3"} {
		point(release)
		before = told(t, s, calls, before, release)
	}
}

// Where the system tells nothing, the interval does.
func TestWatchFolderByInterval(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	s := open(t, dir, source.Options{Interval: 100 * time.Millisecond})
	before := fetch(t, s)
	calls := watching(t, s)
	task := filepath.Join(dir, "deploy_config/tasks/nightly.yaml")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(task, old, old); err != nil { // an event that does not count
		t.Fatal(err)
	}
	told(t, s, calls, before, "a date")
}

func TestFetchEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, project())
	for name, text := range map[string]string{"folder": dir, "git": newRepository(t, project()).url()} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := open(t, text, source.Options{}).Fetch(ctx); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
