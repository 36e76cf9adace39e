package gitcryptkeys

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

// keyFile is a key file with one key of a name of one letter.
func keyFile(name string) string {
	head := ""
	if name != "" {
		head = "\x00\x00\x00\x01\x00\x00\x00\x01" + name
	}
	return "\x00GITCRYPTKEY\x00\x00\x00\x02" + head + "\x00\x00\x00\x00" +
		"\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x00" +
		"\x00\x00\x00\x03\x00\x00\x00\x20" + strings.Repeat("k", 32) + "\x00\x00\x00\x05\x00\x00\x00\x40" + strings.Repeat("h", 64) + "\x00\x00\x00\x00"
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func variable(text string) func(string) (string, bool) {
	return func(name string) (string, bool) { return text, name == Variable }
}

// TestOrder: files first, then the variable, then the repository's own, of a
// worktree those that all worktrees have.
func TestOrder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), keyFile("a"))
	write(t, filepath.Join(dir, "b"), keyFile("b"))
	write(t, filepath.Join(dir, "repo", ".git", "git-crypt", "keys", "default"), keyFile(""))
	write(t, filepath.Join(dir, "repo", ".git", "git-crypt", "keys", "n"), keyFile("n"))
	write(t, filepath.Join(dir, "repo", "deploy_config", "x"), "")
	write(t, filepath.Join(dir, "tree", ".git"), "gitdir: ../repo/.git/worktrees/tree\n")
	write(t, filepath.Join(dir, "tree", "deploy_config", "x"), "")
	write(t, filepath.Join(dir, "repo", ".git", "worktrees", "tree", "commondir"), "../..\n")
	encoded := base64.StdEncoding.EncodeToString([]byte(keyFile("v")))
	for _, c := range []struct {
		folder, env string
		files, want []string
	}{
		{"", "", nil, nil},
		{"", "", []string{"a", filepath.Join(dir, "b")}, []string{"a", "b"}},
		{"", encoded[:20] + "\n" + encoded[20:] + "\n", []string{"b"}, []string{"b", "v"}},
		{"repo/deploy_config", "", nil, []string{"", "n"}},
		{"tree/deploy_config", strings.TrimRight(encoded, "="), []string{"a"}, []string{"a", "v", "", "n"}},
		{"nowhere", "", nil, nil},
	} {
		s := &Sources{Dir: dir, Files: c.files, Env: variable(c.env)}
		for range 2 {
			keys, err := s.Keys(filepath.Join(dir, c.folder))
			var got []string
			for _, k := range keys {
				got = append(got, k.Name)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q: %q, %v, want %q", c.folder, got, err, c.want)
			}
		}
	}
}

// TestSourcesThatFail: the complaint names the source, and quotes nothing of it.
func TestSourcesThatFail(t *testing.T) {
	const canary = "c4n4ry"
	dir := t.TempDir()
	write(t, filepath.Join(dir, "text"), canary)
	write(t, filepath.Join(dir, "broken", ".git", "git-crypt", "keys", "default"), canary)
	write(t, filepath.Join(dir, "odd", ".git"), canary)
	for want, s := range map[string]*Sources{
		"none: there is no such git-crypt key file (from --git-crypt-key)":                     {Files: []string{"none"}},
		"text: the git-crypt key cannot be used (from --git-crypt-key): ":                      {Files: []string{"text"}},
		"broken: the git-crypt key file cannot be read (from --git-crypt-key): is a directory": {Files: []string{"broken"}},
		"GIT_CRYPT_KEY: its value is not base64":                                               {Env: variable("!" + canary)},
		"GIT_CRYPT_KEY: the git-crypt key cannot be used (from GIT_CRYPT_KEY): ":               {Env: variable(base64.StdEncoding.EncodeToString([]byte(canary)))},
	} {
		s.Dir = dir
		if s.Env == nil {
			s.Env = variable("")
		}
		_, err := s.Keys(dir)
		if complaint, ok := errors.AsType[*spec.Error](err); !ok || !strings.HasPrefix(complaint.Error(), want) || strings.Contains(fmt.Sprintf("%+v", err), canary) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for folder, want := range map[string]string{"broken": "the repository's own key", "odd": "does not say where the git directory is"} {
		_, err := (&Sources{Env: variable("")}).Keys(filepath.Join(dir, folder))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
