package gitrepo

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func repository(t *testing.T) *Repo {
	t.Helper()
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q"}, {"config", "user.name", "a"}, {"config", "user.email", "a@example.com"}} {
		git(t, dir, args...)
	}
	r, err := Find(dir)
	if err != nil || r == nil {
		t.Fatalf("%v, %v", r, err)
	}
	return r
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func put(t *testing.T, r *Repo, name, text string) {
	t.Helper()
	path := filepath.Join(r.Root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPathsMeanThemselves: names that are patterns, options or not ASCII are
// those of files.
func TestPathsMeanThemselves(t *testing.T) {
	r, ctx := repository(t), t.Context()
	names := []string{"*.env", "-v", ":(top)x", "a b\tc", "naïve.env", "sub/empty"}
	for _, name := range names {
		put(t, r, name, name)
	}
	put(t, r, "sub/empty", "")
	put(t, r, "x.env", "")
	put(t, r, ".gitignore", "ignored\n")
	git(t, r.Root, "add", ".")
	git(t, r.Root, "commit", "-qm", "one")
	commit, ok, err := r.Commit(ctx, "HEAD")
	if err != nil || !ok || len(commit) != 40 {
		t.Fatalf("HEAD is %q, %v", commit, err)
	}
	for _, ref := range []string{"none", "--help", "HEAD:x.env"} {
		if _, ok, err := r.Commit(ctx, ref); ok || err != nil {
			t.Errorf("%s is a commit, or %v", ref, err)
		}
	}
	tree, err := r.Tree(ctx, commit)
	if err != nil || len(tree) != len(names)+2 {
		t.Errorf("%v, %v", tree, err)
	}
	for _, name := range names {
		want := name
		if name == "sub/empty" {
			want = ""
		}
		data, err := r.Blob(ctx, tree[name])
		if err != nil || data == nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if data, err := r.Blob(ctx, "none"); err == nil || data != nil {
		t.Errorf("an object that there is not holds %q", data)
	}
	put(t, r, "ignored", "")
	put(t, r, "new", "")
	put(t, r, "*.env", "changed")
	changed, err := r.Changed(ctx, commit)
	if diff := cmp.Diff([]string{"*.env", "new"}, changed); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	tracked, err := r.Tracked(ctx, []string{"*.env", "new", "-v"})
	if diff := cmp.Diff([]string{"*.env", "-v"}, tracked); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	put(t, r, ".gitattributes", "*.env filter=git-crypt\n-v filter=git-crypt-team\nnew -filter\nsub/* filter=lfs\n")
	filters, err := r.Filters(ctx, append([]string{"new"}, names...))
	want := map[string]string{"*.env": "git-crypt", "naïve.env": "git-crypt", "-v": "git-crypt-team", "sub/empty": "lfs"}
	if diff := cmp.Diff(want, filters); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestFindAndPath(t *testing.T) {
	r := repository(t)
	put(t, r, "sub/file", "")
	inner, err := Find(filepath.Join(r.Root, "sub"))
	if err != nil || inner.Root != r.Root {
		t.Errorf("%v, %v", inner, err)
	}
	if r, err := Find(t.TempDir()); r != nil || err != nil {
		t.Errorf("a folder outside is in %v, %v", r, err)
	}
	for file, want := range map[string]string{"sub/file": "sub/file", "none": "none", "sub/../sub/file": "sub/file"} {
		if got, ok := r.Path(filepath.Join(r.Root, file)); !ok || got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
	if got, ok := r.Path(filepath.Join(filepath.Dir(r.Root), "x")); ok {
		t.Errorf("a file outside is %s", got)
	}
	for filter, want := range map[string]bool{"git-crypt": true, "git-crypt-team": true, "git-cryptic": false, "lfs": false, "": false} {
		if IsGitCrypt(filter) != want {
			t.Errorf("%q", filter)
		}
	}
}
