package load

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ecs-reconciler/pkg/spec"
)

// TestFolderSafety: nothing outside of the folder is read, and nothing that is
// no plain file is opened.
func TestFolderSafety(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, folderName)
	for _, err := range []error{
		os.MkdirAll(filepath.Join(root, "env"), 0o755),
		os.WriteFile(filepath.Join(dir, "outside"), []byte("secret"), 0o600),
		os.WriteFile(filepath.Join(root, "inside"), []byte("text"), 0o600),
		os.Symlink("../outside", filepath.Join(root, "out")),
		os.Symlink(filepath.Join(dir, "outside"), filepath.Join(root, "absolute")),
		os.Symlink("../inside", filepath.Join(root, "env", "in")),
		os.Symlink("nowhere", filepath.Join(root, "dangling")),
		os.Symlink("..", filepath.Join(root, "env", "up")),
		os.Symlink("loop", filepath.Join(root, "loop")),
		syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600),
		os.WriteFile(filepath.Join(root, "huge"), make([]byte, maxFile+1), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := openFolder(Options{WorkDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer f.root.Close()
	for _, c := range []struct{ file, want, complaint string }{
		{"inside", "text", ""},
		{"./env/../inside", "text", ""},
		{"env/in", "text", ""},
		{"env/up/inside", "text", ""},
		{"out", "", `"out" leads out of deploy_config`},
		{"absolute", "", "leads out of deploy_config"},
		{"../outside", "", "leads out of deploy_config"},
		{"env/../../outside", "", "leads out of deploy_config"},
		{filepath.Join(dir, "outside"), "", "leads out of deploy_config"},
		{"/etc/hostname", "", "leads out of deploy_config"},
		{"missing", "", "there is no file deploy_config/missing (in deploy_config there is "},
		{"no/folder", "", "(paths are relative to deploy_config)"},
		{"dangling", "", "there is no file deploy_config/dangling"},
		{"loop", "", "deploy_config/loop is a link that leads to itself"},
		{"env", "", "deploy_config/env is not a file"},
		{"pipe", "", "deploy_config/pipe is not a file"},
		{"inside/below", "", "deploy_config/inside/below"},
		{"huge", "", "larger than 10 MB"},
		{"", "", "cannot be read: empty path"},
		{"in\x00side", "", ""},
	} {
		data, err := f.read(c.file, spec.Position{})
		if c.want != "" {
			if err != nil || string(data) != c.want {
				t.Errorf("%s: got %q, %v", c.file, data, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.complaint) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %q, %v, want a complaint with %q", c.file, data, err, c.complaint)
		}
	}
}

// TestSearchUpward finds the nearest folder, and no file of its name.
func TestSearchUpward(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(deep, folderName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(Options{WorkDir: deep}); err == nil {
		t.Error("a file is taken for the folder")
	}
	if err := os.Mkdir(filepath.Join(dir, "a", folderName), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := openFolder(Options{WorkDir: deep})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.root.Close(); err != nil {
		t.Error(err)
	}
	if want := filepath.Join(dir, "a", folderName); f.path != want {
		t.Errorf("found %s, want %s", f.path, want)
	}
}

// TestWithin: a path that an expression made absolute is one in the folder.
func TestWithin(t *testing.T) {
	f := &folder{path: "/p/deploy_config"}
	for file, want := range map[string]string{"env/a": "env/a", "/p/deploy_config/env/a": "env/a", "/etc/x": "../../etc/x"} {
		if got := f.within(file); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
	}
}
