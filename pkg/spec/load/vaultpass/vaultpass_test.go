package vaultpass

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

const canary = "canary-password"

// folder writes files by name; those that begin with #! become executable.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		mode := os.FileMode(0o600)
		if strings.HasPrefix(content, "#!") {
			mode = 0o700
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// show is the passwords as ID=text, opened for comparison.
func show(passwords []ansiblevault.Password) []string {
	var out []string
	for _, p := range passwords {
		out = append(out, p.ID+"="+p.Text.Reveal())
	}
	return out
}

func path() string { return "PATH=" + os.Getenv("PATH") }

func TestWherePasswordsComeFrom(t *testing.T) {
	dir := folder(t, map[string]string{
		"plain":              " \tpass word \r\n\n",
		"nbsp":               "\u00a0x\u00a0\n",
		"script":             "#!/bin/sh\necho \"  $# $DEPLOYMENT_ENVIRONMENT \"\n",
		"lines":              "#!/bin/sh\nprintf '\\n\\r\\nfirst\\nsecond\\r\\n\\n'\n",
		"keyring-client":     "#!/bin/sh\necho \"$@\"\n",
		"keyring-client.sh":  "#!/bin/sh\necho \"$@\"\n",
		"home-file":          "at home",
		"quoted file's name": "quoted",
	})
	for _, c := range []struct {
		name    string
		sources *Sources
		want    []string
	}{
		{"nothing", &Sources{}, nil},
		{"a plain file", &Sources{PasswordFiles: []string{"plain"}}, []string{"default=pass word"}},
		{"only ASCII blanks are cut", &Sources{PasswordFiles: []string{"nbsp"}}, []string{"default=\u00a0x\u00a0"}},
		{"an absolute path", &Sources{PasswordFiles: []string{filepath.Join(dir, "plain")}}, []string{"default=pass word"}},
		{"a path at home", &Sources{PasswordFiles: []string{"~/home-file"}, Environ: []string{"HOME=" + dir}}, []string{"default=at home"}},
		{"a vault id", &Sources{VaultIDs: []string{"staging@plain"}}, []string{"staging=pass word"}},
		{"a vault id without a label", &Sources{VaultIDs: []string{"plain"}}, []string{"=pass word"}},
		{"a script", &Sources{PasswordFiles: []string{"script"}, Environment: "staging", Environ: []string{path(), "DEPLOYMENT_ENVIRONMENT=other"}},
			[]string{"default=  0 staging "}},
		{"a script with the environment's own name", &Sources{PasswordFiles: []string{"script"}, Environ: []string{"DEPLOYMENT_ENVIRONMENT=other"}},
			[]string{"default=  0 other "}},
		{"a script that prints lines", &Sources{PasswordFiles: []string{"lines"}}, []string{"default=first\nsecond"}},
		{"client scripts", &Sources{VaultIDs: []string{"dev@keyring-client", "keyring-client", "a@keyring-client.sh"}, PasswordFiles: []string{"keyring-client"}},
			[]string{"dev=--vault-id dev", "a=--vault-id a", "default=--vault-id default"}},
		{"the password itself", &Sources{Environ: []string{"ANSIBLE_VAULT_PASSWORD= a  b*\r\n"}}, []string{"= a  b*"}},
		{"an empty password in the environment", &Sources{Environ: []string{"ANSIBLE_VAULT_PASSWORD="}}, nil},
		{"the last of two variables", &Sources{Environ: []string{"ANSIBLE_VAULT_PASSWORD=1", "ANSIBLE_VAULT_PASSWORD=2"}}, []string{"=2"}},
		{"a file in the environment", &Sources{Environ: []string{"ANSIBLE_VAULT_PASSWORD_FILE=plain"}}, []string{"default=pass word"}},
		{"extra options", &Sources{Environ: []string{
			"EXTRA_ANSIBLE_OPTIONS=-vv --vault-id dev@plain --vault-id=x@home-file -e a=b --vault-password-file \"quoted file's name\" --vault-pass-file=plain --diff",
		}}, []string{"dev=pass word", "x=at home", "default=quoted", "default=pass word"}},
		{"everything, in order", &Sources{
			VaultIDs: []string{"i@plain"}, PasswordFiles: []string{"home-file"},
			Environ: []string{"ANSIBLE_VAULT_PASSWORD=env", "ANSIBLE_VAULT_PASSWORD_FILE=nbsp", "EXTRA_ANSIBLE_OPTIONS=--vault-id e@plain --vault-password-file plain"},
		}, []string{"i=pass word", "e=pass word", "default=at home", "default=pass word", "default=\u00a0x\u00a0", "=env"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.sources.Dir = dir
			passwords, err := c.sources.Passwords(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, show(passwords)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatGivesNoPassword(t *testing.T) {
	dir := folder(t, map[string]string{
		"empty":         " \n",
		"silent":        "#!/bin/sh\n",
		"failing":       "#!/bin/sh\necho " + canary + "\necho 'no such key' >&2\nexit 3\n",
		"ring-client":   "#!/bin/sh\necho " + canary + "\nexit 2\n",
		"no-shebang":    "#!/no/such/interpreter\n",
		"slow":          "#!/bin/sh\necho " + canary + "\necho waiting >&2\nexec sleep 30\n",
		"leaky":         "#!/bin/sh\nsleep 30 &\nexec sleep 30\n",
		"large":         strings.Repeat("x", maxSize+1),
		"large-script":  "#!/bin/sh\nhead -c 70000 /dev/zero\n",
		"chatty":        "#!/bin/sh\nhead -c 70000 /dev/zero | tr '\\0' e >&2\nexit 1\n",
		"locked-itself": locked(t, "unknown"),
	})
	for _, c := range []struct {
		name     string
		sources  *Sources
		mentions []string
	}{
		{"no file", &Sources{PasswordFiles: []string{"absent"}}, []string{"absent", "no such vault password file", "--vault-password-file"}},
		{"a folder", &Sources{VaultIDs: []string{"a@."}}, []string{"folder", "--vault-id"}},
		{"a file below a file", &Sources{VaultIDs: []string{"a@empty/below"}}, []string{"not a directory"}},
		{"an empty file", &Sources{Environ: []string{"ANSIBLE_VAULT_PASSWORD_FILE=empty"}}, []string{"empty", "ANSIBLE_VAULT_PASSWORD_FILE"}},
		{"a silent script", &Sources{PasswordFiles: []string{"silent"}}, []string{"empty"}},
		{"a failing script", &Sources{PasswordFiles: []string{"failing"}}, []string{"exit status 3", "no such key"}},
		{"a client without that id", &Sources{VaultIDs: []string{"dev@ring-client"}}, []string{`no password for the id "dev"`}},
		{"a script that cannot run", &Sources{PasswordFiles: []string{"no-shebang"}}, []string{"cannot be run", "executable bit"}},
		{"a slow script", &Sources{PasswordFiles: []string{"slow"}, Timeout: 300 * time.Millisecond}, []string{"did not end within 300ms", "waiting"}},
		{"a slow script with a child", &Sources{PasswordFiles: []string{"leaky"}, Timeout: 300 * time.Millisecond}, []string{"did not end"}},
		{"a large file", &Sources{PasswordFiles: []string{"large"}}, []string{"65536 bytes"}},
		{"a script that prints much", &Sources{PasswordFiles: []string{"large-script"}}, []string{"65536 bytes"}},
		{"a script that complains much", &Sources{PasswordFiles: []string{"chatty"}}, []string{"exit status 1", "eee"}},
		{"a prompt", &Sources{VaultIDs: []string{"dev@prompt"}}, []string{"not asked for"}},
		{"a file encrypted itself", &Sources{PasswordFiles: []string{"locked-itself"}}, []string{"encrypted itself"}},
		{"an open quote", &Sources{Environ: []string{"EXTRA_ANSIBLE_OPTIONS=--vault-id 'a"}}, []string{"EXTRA_ANSIBLE_OPTIONS", "not closed"}},
		{"an option without a value", &Sources{Environ: []string{"EXTRA_ANSIBLE_OPTIONS=-v --vault-id"}}, []string{"--vault-id is not followed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.sources.Dir = dir
			c.sources.Environ = append(c.sources.Environ, path())
			passwords, err := c.sources.Passwords(t.Context())
			if err == nil || passwords != nil {
				t.Fatalf("no error, %d passwords", len(passwords))
			}
			for _, text := range c.mentions {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error does not mention %q: %v", text, err)
				}
			}
			if strings.Contains(err.Error(), canary) || len(err.Error()) > shownStderr+500 {
				t.Errorf("the error shows standard output or is too long: %v", err)
			}
		})
	}
}

func locked(t *testing.T, password string) string {
	t.Helper()
	text, err := ansiblevault.Encrypt([]byte("inner\n"), ansiblevault.Password{Text: spec.NewSecret(password)}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnEncryptedPasswordFileIsOpenedWithThoseBefore(t *testing.T) {
	s := Sources{Dir: folder(t, map[string]string{"key": "outer", "locked": locked(t, "outer")}), VaultIDs: []string{"key", "dev@locked"}}
	passwords, err := s.Passwords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"=outer", "dev=inner"}, show(passwords)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneGoodSourceIsEnough(t *testing.T) {
	s := Sources{Dir: folder(t, map[string]string{"good": "x"}), PasswordFiles: []string{"absent", "good"}}
	if len(s.Failures()) != 0 {
		t.Error("failures before anything was looked for")
	}
	passwords, err := s.Passwords(t.Context())
	if err != nil || len(passwords) != 1 {
		t.Errorf("%d passwords, error %v", len(passwords), err)
	}
	if failures := s.Failures(); len(failures) != 1 || failures[0].At.File != "absent" {
		t.Errorf("the failures are %v", failures)
	}
}

func TestScriptsRunOnceAndOnlyWhenAsked(t *testing.T) {
	dir := folder(t, map[string]string{"script": "#!/bin/sh\necho run >> runs\necho x\n"})
	s := Sources{Dir: dir, PasswordFiles: []string{"script"}, Environ: []string{path()}}
	runs := filepath.Join(dir, "runs")
	if _, err := os.Stat(runs); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("the script ran before it was asked")
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := s.Passwords(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	content, err := os.ReadFile(runs)
	if err != nil || string(content) != "run\n" {
		t.Errorf("the script ran %d times, error %v", strings.Count(string(content), "run"), err)
	}
}

func TestACancelledCallIsNotRemembered(t *testing.T) {
	s := Sources{Dir: folder(t, map[string]string{"script": "#!/bin/sh\necho x\n"}), PasswordFiles: []string{"script"}, Environ: []string{path()}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Passwords(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if passwords, err := s.Passwords(t.Context()); err != nil || len(passwords) != 1 {
		t.Errorf("%d passwords, error %v", len(passwords), err)
	}
}

func TestNoVerbPrintsAPassword(t *testing.T) {
	s := &Sources{Dir: folder(t, map[string]string{"plain": canary}), PasswordFiles: []string{"plain"}}
	passwords, err := s.Passwords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		if strings.Contains(fmt.Sprintf(verb, passwords)+fmt.Sprintf(verb, s), canary) {
			t.Errorf("%s prints the password", verb)
		}
	}
}

// Ansible gives the same scripts the same arguments.
func TestScriptsAreCalledAsAnsibleCallsThem(t *testing.T) {
	script := "#!/bin/sh\necho \"$(basename \"$0\"):$*\" >> \"$LOG\"\necho right\n"
	dir := folder(t, map[string]string{"plain-script": script, "ring-client": script, "other-client.sh": script, "locked": locked(t, "right")})
	ids, files := []string{"dev@ring-client", "ring-client", "x@plain-script"}, []string{"other-client.sh", "plain-script"}

	var arguments []string
	for _, id := range ids {
		arguments = append(arguments, "--vault-id", id)
	}
	for _, file := range files {
		arguments = append(arguments, "--vault-password-file", file)
	}
	theirs := exec.CommandContext(t.Context(), testtool.Tool(t, "ansible-vault"), append(append([]string{"view"}, arguments...), "locked")...)
	theirs.Dir = dir
	theirs.Env = append(os.Environ(), "LOG="+filepath.Join(dir, "theirs"), "ANSIBLE_HOME="+dir, "HOME="+dir, "LC_ALL=C.UTF-8", "PAGER=cat")
	if output, err := theirs.CombinedOutput(); err != nil {
		t.Fatalf("ansible-vault: %v\n%s", err, output)
	}

	s := Sources{Dir: dir, VaultIDs: ids, PasswordFiles: files, Environ: []string{path(), "LOG=" + filepath.Join(dir, "ours")}}
	if _, err := s.Passwords(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(t, dir, "theirs"), lines(t, dir, "ours")); diff != "" {
		t.Errorf("(-ansible +ours):\n%s", diff)
	}
}

func lines(t *testing.T, dir, name string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(content), "\n")
}

// splits are lines whose words Python's shlex is asked for.
func splits() []string {
	return []string{
		"", " ", "a", " a  b\tc\nd\r\n", "'a b'", `"a b"`, `a'b'c"d"e`, "''", `""`, "a '' b", `\a`, `\ a`, `a\ b`, `"a\"b"`, `"a\\b"`, `"a\nb"`, `"\$"`,
		`'a\'b`, `'a\b'`, "'", `"`, `"a`, `\`, `a \`, `"\`, "a#b", "# a", "a # b", "é ☃", "--vault-id dev@~/x --extra-vars '{\"a\": 1}'", `a"b c"d`, "a=b c='d e'",
		"a\\\nb", "\"a\\\nb\"", "\x0b", "a\u00a0b",
	}
}

func TestSplitIsShlex(t *testing.T) {
	input, err := json.Marshal(splits())
	if err != nil {
		t.Fatal(err)
	}
	const program = `
import json, shlex, sys
def words(line):
    try:
        return shlex.split(line)
    except ValueError:
        return None
json.dump([words(line) for line in json.load(sys.stdin)], sys.stdout)
`
	cmd := exec.CommandContext(t.Context(), testtool.Python(t), "-c", program)
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers [][]string
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	for i, line := range splits() {
		got, err := Words(line)
		if (err != nil) != (answers[i] == nil) {
			t.Errorf("%q: our error is %v, shlex makes %q of it", line, err, answers[i])
			continue
		}
		if diff := cmp.Diff(answers[i], append([]string{}, got...)); err == nil && diff != "" {
			t.Errorf("%q (-shlex +ours):\n%s", line, diff)
		}
	}
}

func FuzzExtraOptions(f *testing.F) {
	for _, line := range splits() {
		f.Add(line)
	}
	f.Add("--vault-id a@b --vault-password-file=c")
	f.Fuzz(func(t *testing.T, line string) {
		if words, err := Words(line); err != nil && words != nil {
			t.Fatal("both words and an error")
		}
		if found, err := extraOptions(line); err != nil && (found.vaultIDs != nil || found.passwordFiles != nil) {
			t.Fatal("both options and an error")
		}
	})
}
