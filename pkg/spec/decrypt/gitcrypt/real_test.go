package gitcrypt

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
)

// checkout is a git repository with two keys of the real git-crypt: its
// default one locks *.secret, and the one called team *.team.
type checkout struct {
	t   *testing.T
	dir string
}

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	testtool.System(t, "git-crypt")
	c := &checkout{t: t, dir: t.TempDir()}
	c.run("git", "init", "-q")
	c.run("git-crypt", "init")
	c.run("git-crypt", "init", "-k", "team")
	c.write(".gitattributes", []byte("*.secret filter=git-crypt diff=git-crypt\n*.team filter=git-crypt-team diff=git-crypt-team\n"))
	return c
}

func (c *checkout) run(program string, args ...string) []byte {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), testtool.System(c.t, program), args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "HOME="+c.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("%s %v: %v\n%s", program, args, err, stderr.Bytes())
	}
	return out
}

func (c *checkout) write(name string, content []byte) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), content, 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// exported is the key called name as git-crypt exports it.
func (c *checkout) exported(name string) []Key {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "key")
	args := []string{"export-key", file}
	if name != "" {
		args = []string{"export-key", "-k", name, file}
	}
	c.run("git-crypt", args...)
	data, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	keys, err := ParseKeys(data)
	if err != nil || len(keys) != 1 || keys[0].Name != name {
		c.t.Fatalf("the exported key %q: %v, %v", name, keys, err)
	}
	return keys
}

// contents are of sizes around a block and beyond, text and binary.
func contents(t *testing.T) map[string][]byte {
	t.Helper()
	binary := make([]byte, 300_000)
	if _, err := rand.Read(binary); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"dotenv": []byte("A=1\nB='two words'\n"), "crlf": []byte("A=1\r\nB=2\r\n"), "utf8": []byte("GREETING=grüß Gott ☃\n"), "newline": []byte("\n"),
		"empty": {}, "one": {0}, "fifteen": binary[:15], "sixteen": binary[:16], "seventeen": binary[:17], "binary": binary,
		"looks locked": []byte("\x00GITCRYPT\x00and is not"),
	}
}

func TestWhatGitCryptLocksWeDecrypt(t *testing.T) {
	c := newCheckout(t)
	texts := contents(t)
	for name, text := range texts {
		c.write(name+".secret", text)
		c.write(name+".team", text)
	}
	c.run("git", "add", ".")
	for suffix, keys := range map[string][]Key{"secret": c.exported(""), "team": c.exported("team")} {
		both := append(c.exported("team"), c.exported("")...)
		for name, text := range texts {
			locked := c.run("git", "cat-file", "blob", ":"+name+"."+suffix)
			if !IsLocked(locked) {
				t.Errorf("%s.%s is not seen to be locked", name, suffix)
			}
			for _, with := range [][]Key{keys, both} {
				if got, err := Decrypt(locked, with); err != nil || !bytes.Equal(got, text) {
					t.Errorf("%s.%s: the text differs, error %v", name, suffix, err)
				}
			}
		}
	}
}

func TestWrongKeysAreWrongToBoth(t *testing.T) {
	c := newCheckout(t)
	c.write("a.secret", []byte(canary))
	c.run("git", "add", ".")
	locked := c.run("git", "cat-file", "blob", ":a.secret")
	if _, err := Decrypt(locked, c.exported("team")); !errors.Is(err, ErrWrongKey) {
		t.Errorf("with the key of another name: %v", err)
	}
	if _, err := Decrypt(locked, newCheckout(t).exported("")); !errors.Is(err, ErrWrongKey) {
		t.Errorf("with the key of another repository: %v", err)
	}
	locked[len(locked)-1] ^= 1
	if _, err := Decrypt(locked, c.exported("")); !errors.Is(err, ErrWrongKey) {
		t.Errorf("changed: %v", err)
	}
	smudge := exec.CommandContext(t.Context(), testtool.System(t, "git-crypt"), "smudge")
	smudge.Dir, smudge.Stdin = c.dir, bytes.NewReader(locked)
	if out, err := smudge.CombinedOutput(); err == nil && !strings.Contains(string(out), "tampered") {
		t.Error("git-crypt takes a changed file")
	}
}

// The keys of an unlocked repository lie in its git directory.
func TestKeysOfARepository(t *testing.T) {
	c := newCheckout(t)
	for name, want := range map[string]string{"default": "", "team": "team"} {
		data, err := os.ReadFile(filepath.Join(c.dir, ".git", "git-crypt", "keys", name))
		if err != nil {
			t.Fatal(err)
		}
		if keys, err := ParseKeys(data); err != nil || len(keys) != 1 || keys[0].Name != want {
			t.Errorf("%s: %v, %v", name, keys, err)
		}
	}
}

// A key from before key files had fields is migrated to an equal one.
func TestMigratedKeyIsTheSame(t *testing.T) {
	bare := make([]byte, encryptionSize+proofSize)
	if _, err := rand.Read(bare); err != nil {
		t.Fatal(err)
	}
	c := newCheckout(t)
	c.write("bare", bare)
	c.run("git-crypt", "migrate-key", "bare", "migrated")
	migrated, err := os.ReadFile(filepath.Join(c.dir, "migrated"))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := ParseKeys(bare)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := ParseKeys(migrated)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := Decrypt(lock(t, canary, ours[0]), theirs); err != nil || string(text) != canary {
		t.Errorf("error %v", err)
	}
}
