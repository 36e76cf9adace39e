package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/source"
)

func TestGitProject(t *testing.T) {
	leaks(t)
	r := newRepository(t, project())
	s := open(t, r.url()+"?ref=main", source.Options{})
	got := fetch(t, s)
	if diff := cmp.Diff(project(), read(t, got.WorkDir)); diff != "" {
		t.Error(diff)
	}
	if got.Dir != filepath.Join(got.WorkDir, "deploy_config") || got.Revision != r.git("rev-parse", "HEAD") || got.Author != "Ada <ada@example.com>" || got.At.IsZero() {
		t.Errorf("%+v", got)
	}
	for _, dir := range []string{got.WorkDir, filepath.Dir(got.WorkDir)} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v %v", dir, info.Mode(), err)
		}
	}
	if again := fetch(t, s); again.Dir != got.Dir {
		t.Errorf("nothing changed, and the folder is %s instead of %s", again.Dir, got.Dir)
	}
}

// The history stays where it is, and what git has packed as deltas is read.
func TestGitIsShallow(t *testing.T) {
	r := newRepository(t, project())
	for i := range 20 {
		r.commit(map[string]string{"deploy_config/tasks/nightly.yaml": fmt.Sprintf("kind: Task\n# %d\n%s", i, strings.Repeat("the same line\n", 500))})
	}
	r.git("gc", "-q")
	want := strings.Repeat("the same line\n", 500)
	got := fetch(t, open(t, r.url(), source.Options{}))
	if text := read(t, got.Dir)["tasks/nightly.yaml"]; !strings.HasPrefix(text, "kind: Task\n# 19\n") || !strings.HasSuffix(text, want) {
		t.Errorf("%.40q", text)
	}
}

func TestGitPaths(t *testing.T) {
	r := newRepository(t, project())
	for path, want := range map[string][]string{
		"//other":               {"deploy_config/reconciler.yaml"},
		"//other/deploy_config": {"deploy_config/reconciler.yaml"},
		"//deploy_config":       {"deploy_config/env/.env.staging", "deploy_config/env/locked.bin", "deploy_config/reconciler.yaml", "deploy_config/tasks/nightly.yaml"},
	} {
		got := fetch(t, open(t, r.url()+path, source.Options{}))
		files := read(t, got.WorkDir)
		for _, name := range want {
			if _, ok := files[name]; !ok || len(files) != len(want) {
				t.Errorf("%s: %v", path, files)
			}
		}
	}
	refuses(t, open(t, r.url()+"//missing", source.Options{}), "there is no folder missing")
	refuses(t, open(t, r.url()+"//deploy_config/env", source.Options{}), "there is no deploy_config there")
}

func TestGitRefs(t *testing.T) {
	r := newRepository(t, project())
	first := r.git("rev-parse", "HEAD")
	r.git("tag", "light")
	r.git("tag", "-a", "-m", "a tag", "heavy")
	between := r.commit(map[string]string{"more": "1"})
	second := r.commit(map[string]string{"more": "2"})
	r.git("config", "uploadpack.allowReachableSHA1InWant", "true")
	for ref, want := range map[string]string{"": second, "?ref=main": second, "?ref=refs/heads/main": second, "?ref=light": first, "?ref=heavy": first,
		"?ref=refs/tags/heavy": first, "?ref=" + first: first, "?ref=" + between: between, "?ref=" + second: second} {
		if got := fetch(t, open(t, r.url()+ref, source.Options{})); got.Revision != want {
			t.Errorf("%s: %s, want %s", ref, got.Revision, want)
		}
	}
	refuses(t, open(t, r.url()+"?ref=gone", source.Options{}), "no branch or tag gone")
	refuses(t, open(t, r.url()+"?ref=0123456789012345678901234567890123456789", source.Options{}), "not our ref")
	r.git("config", "uploadpack.allowReachableSHA1InWant", "false")
	refuses(t, open(t, r.url()+"?ref="+between, source.Options{}), "gives no commits by their id")
}

// A branch that moves, back as well, is followed; one that goes is not taken
// for specs that were deleted.
func TestGitMoves(t *testing.T) {
	r := newRepository(t, project())
	first := r.git("rev-parse", "HEAD")
	s := open(t, r.url()+"?ref=main", source.Options{})
	before := fetch(t, s)
	second := r.commit(map[string]string{"deploy_config/tasks/second.yaml": "kind: Task\n"})
	if got := fetch(t, s); got.Revision != second || len(read(t, got.Dir)) != 5 {
		t.Errorf("%+v: %v", got, read(t, got.Dir))
	}
	r.git("reset", "-q", "--hard", first)
	forced := r.commit(map[string]string{"deploy_config/tasks/forced.yaml": "kind: Task\n"}, "--amend")
	if got := fetch(t, s); got.Revision != forced {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(project()["README"], read(t, before.WorkDir)["README"]); diff != "" {
		t.Errorf("what is still read changed: %s", diff)
	}

	r.git("checkout", "-q", "-b", "side")
	r.git("branch", "-D", "main")
	refuses(t, s, "no branch or tag main")
	r.git("branch", "main", forced)
	if got := fetch(t, s); got.Revision != forced {
		t.Errorf("%+v", got)
	}
	if err := os.Rename(r.dir, r.dir+".away"); err != nil {
		t.Fatal(err)
	}
	refuses(t, s, "does not appear to be a git repository")
}

func TestGitRefusesCommits(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		links map[string]string
		why   string
	}{
		"no specs":         {map[string]string{"deploy_config/README": "1"}, nil, "no specs"},
		"an empty task":    {map[string]string{"deploy_config/reconciler.yaml": "a: 1", "deploy_config/tasks/x.yaml": ""}, nil, "x.yaml is empty"},
		"no deploy_config": {map[string]string{"tasks/main.yml": "a: 1"}, nil, "no deploy_config there"},
		"git lfs": {map[string]string{"deploy_config/reconciler.yaml": "a: 1",
			"deploy_config/x.env": "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"}, nil, "Git LFS"},
		"a link out":      {project(), map[string]string{"deploy_config/x": "../../../etc/passwd"}, "deploy_config/x leads out"},
		"an absolute one": {project(), map[string]string{"deploy_config/x": "/etc/passwd"}, "deploy_config/x leads out"},
		"by another link": {project(), map[string]string{"deploy_config/a/b/x": "y/../..", "deploy_config/a/b/y": "../../.."}, "leads out"},
		"too many":        {files(30), nil, "more than 20 files"},
		"too much":        {map[string]string{"deploy_config/reconciler.yaml": strings.Repeat("x", 2<<20)}, nil, "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t, c.files)
			for link, target := range c.links {
				write(t, r.dir, map[string]string{filepath.Dir(link) + "/keep": "1"})
				if err := os.Symlink(target, filepath.Join(r.dir, link)); err != nil {
					t.Fatal(err)
				}
			}
			r.commit(nil)
			temp := t.TempDir()
			s := open(t, r.url(), source.Options{Temp: temp, MaxFiles: 20, MaxBytes: 1 << 20})
			refuses(t, s, c.why)
			if got := entries(t, shelfOf(t, temp)); len(got) > 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
}

func files(n int) map[string]string {
	out := map[string]string{"deploy_config/reconciler.yaml": "kind: Project\n"}
	for i := range n {
		out[fmt.Sprintf("deploy_config/tasks/d%d/%d.yaml", i%100, i)] = fmt.Sprintf("n: %d\n", i)
	}
	return out
}

func TestGitLinksModesAndSubmodules(t *testing.T) {
	inner := newRepository(t, map[string]string{"x": "1"})
	r := newRepository(t, project())
	for link, target := range map[string]string{"deploy_config/tasks/link.yaml": "nightly.yaml", "deploy_config/back": "../README", "out": "/etc/passwd", "up": "../../x", "dangling": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(r.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, r.dir, map[string]string{"run": "#!/bin/sh\n"})
	if err := os.Chmod(filepath.Join(r.dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.dir, "sub")
	r.commit(nil)
	got := fetch(t, open(t, r.url(), source.Options{}))
	files := read(t, got.WorkDir)
	want := map[string]string{"deploy_config/tasks/link.yaml": "-> nightly.yaml", "deploy_config/back": "-> ../README", "dangling": "-> nowhere", "out": "", "up": "", "sub/x": ""}
	for name, text := range want {
		if files[name] != text {
			t.Errorf("%s is %q, want %q", name, files[name], text)
		}
	}
	if info, err := os.Stat(filepath.Join(got.WorkDir, "run")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
	if info, err := os.Stat(filepath.Join(got.WorkDir, "README")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	r.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.dir, "deploy_config/sub")
	r.commit(nil)
	refuses(t, open(t, r.url(), source.Options{}), "submodule")
}

// A project whose deploy_config went is not read as one that is another.
func TestGitStaysWhatItWas(t *testing.T) {
	files := project()
	files["reconciler.yaml"] = "kind: Project\n"
	r := newRepository(t, files)
	s := open(t, r.url(), source.Options{})
	fetch(t, s)
	r.git("rm", "-q", "-r", "deploy_config", "other")
	r.commit(nil)
	refuses(t, s, "another folder than before")
}

func TestGitTenThousandFiles(t *testing.T) {
	r := newRepository(t, nil)
	r.load(files(9_999))
	got := fetch(t, open(t, r.url(), source.Options{}))
	if n := len(read(t, got.WorkDir)); n != 10_000 {
		t.Errorf("%d files", n)
	}
}

func TestGitEmptyRepository(t *testing.T) {
	dir := t.TempDir()
	r := &repository{t, dir}
	r.git("init", "-q")
	refuses(t, open(t, r.url(), source.Options{}), "no commit")
}
