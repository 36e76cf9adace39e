package ansiblevault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec"
)

// theirs runs the real ansible-vault in a folder of its own.
type theirs struct {
	t       *testing.T
	program string
	folder  string
}

func ansible(t *testing.T) *theirs {
	t.Helper()
	return &theirs{t: t, program: testtool.Tool(t, "ansible-vault"), folder: t.TempDir()}
}

func (a *theirs) write(name string, content []byte) string {
	a.t.Helper()
	path := filepath.Join(a.folder, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

func (a *theirs) read(path string) []byte {
	a.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		a.t.Fatal(err)
	}
	return content
}

func (a *theirs) run(arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(a.t.Context(), a.program, arguments...)
	cmd.Dir = a.folder
	cmd.Env = append(os.Environ(), "ANSIBLE_HOME="+a.folder, "HOME="+a.folder, "LC_ALL=C.UTF-8", "ANSIBLE_NOCOLOR=1")
	return cmd.CombinedOutput()
}

func (a *theirs) mustRun(arguments ...string) {
	a.t.Helper()
	if output, err := a.run(arguments...); err != nil {
		a.t.Fatalf("ansible-vault %v: %v\n%s", arguments, err, output)
	}
}

// plaintexts are of every length around the block size, and up to 64 KiB.
func plaintexts(t *testing.T) map[string][]byte {
	t.Helper()
	texts := map[string][]byte{
		"dotenv":  []byte("A=1\nB='two words'\n"),
		"crlf":    []byte("A=1\r\nB=2\r\n"),
		"utf8":    []byte("GREETING=grüß Gott ☃\n"),
		"newline": []byte("\n"),
	}
	for _, size := range []int{1, 15, 16, 17, 31, 32, 33, 4096, 65535, 65536} {
		content := make([]byte, size)
		if _, err := rand.Read(content); err != nil {
			t.Fatal(err)
		}
		texts[fmt.Sprintf("random-%d", size)] = content
	}
	return texts
}

var ids = []string{"", "staging"}

func secret(id, text string) Password { return Password{ID: id, Text: spec.NewSecret(text)} }

func (a *theirs) flags(id, passwordFile string) []string {
	if id == "" {
		return []string{"--vault-password-file", passwordFile}
	}
	return []string{"--vault-id", id + "@" + passwordFile}
}

func TestWhatAnsibleEncryptsWeDecrypt(t *testing.T) {
	for _, id := range ids {
		a, texts := ansible(t), plaintexts(t)
		password := a.write("password", []byte("pass word ü\n"))
		arguments := append([]string{"encrypt"}, a.flags(id, password)...)
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			arguments = append(arguments, a.write(name, texts[name]))
		}
		a.mustRun(arguments...)
		for name, want := range texts {
			encrypted := a.read(filepath.Join(a.folder, name))
			if !IsEncrypted(encrypted) {
				t.Errorf("%s is not seen to be encrypted", name)
			}
			got, err := Decrypt(encrypted, []Password{secret(id, "pass word ü")})
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("id %q, %s: the plaintext differs, error %v", id, name, err)
			}
		}
	}
}

func TestWhatWeEncryptAnsibleDecrypts(t *testing.T) {
	for _, id := range ids {
		a, texts := ansible(t), plaintexts(t)
		password := a.write("password", []byte("pass word ü\n"))
		arguments := append([]string{"decrypt"}, a.flags(id, password)...)
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			encrypted, err := Encrypt(texts[name], secret(id, "pass word ü"), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			arguments = append(arguments, a.write(name, encrypted))
		}
		a.mustRun(arguments...)
		for name, want := range texts {
			if got := a.read(filepath.Join(a.folder, name)); !bytes.Equal(got, want) {
				t.Errorf("id %q, %s: Ansible's plaintext differs", id, name)
			}
		}
	}
}

func TestWrongPasswordsAreWrongToBoth(t *testing.T) {
	a := ansible(t)
	encrypted, err := Encrypt([]byte("A=1\n"), secret("staging", "right"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file, wrong := a.write("file", encrypted), a.write("password", []byte("wrong"))
	if output, err := a.run("view", "--vault-id", "staging@"+wrong, file); err == nil {
		t.Errorf("Ansible decrypts with a wrong password:\n%s", output)
	}
	if _, err := Decrypt(encrypted, []Password{secret("staging", "wrong")}); !errors.Is(err, ErrWrongPassword) {
		t.Errorf("our error is %v", err)
	}
}

// The id is a hint: a password of another id decrypts, to Ansible and to us.
func TestAnotherIDDecryptsInBoth(t *testing.T) {
	a := ansible(t)
	encrypted, err := Encrypt([]byte("A=1\n"), secret("staging", "right"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file := a.write("file", encrypted)
	wrong, right := a.write("wrong", []byte("wrong")), a.write("right", []byte("right"))
	a.mustRun("decrypt", "--vault-id", "staging@"+wrong, "--vault-id", "production@"+right, file)
	if got := a.read(file); string(got) != "A=1\n" {
		t.Error("Ansible's plaintext differs")
	}
	got, err := Decrypt(encrypted, []Password{secret("staging", "wrong"), secret("production", "right")})
	if err != nil || string(got) != "A=1\n" {
		t.Errorf("our plaintext differs, error %v", err)
	}
}

// Other line ends, indentation and digits change nothing.
func TestLineEndsAndIndentationOfAnInlineValue(t *testing.T) {
	encrypted, err := Encrypt([]byte("inline"), secret("", "right"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	crlf := bytes.ReplaceAll(encrypted, []byte("\n"), []byte("\r\n"))
	a := ansible(t)
	file, password := a.write("file", crlf), a.write("password", []byte("right"))
	a.mustRun("decrypt", "--vault-password-file", password, file)
	if got := a.read(file); string(got) != "inline" {
		t.Error("Ansible's plaintext differs")
	}
	for name, form := range map[string][]byte{
		"CRLF":           crlf,
		"CR":             bytes.ReplaceAll(encrypted, []byte("\n"), []byte("\r")),
		"indented":       append([]byte("          "), bytes.ReplaceAll(encrypted, []byte("\n"), []byte("\n          "))...),
		"without an end": bytes.TrimSpace(encrypted),
		"empty lines":    bytes.ReplaceAll(encrypted, []byte("\n"), []byte("\n\n")),
		"upper case":     append(encrypted[:len("$ANSIBLE_VAULT;1.1;AES256")], bytes.ToUpper(encrypted[len("$ANSIBLE_VAULT;1.1;AES256"):])...),
	} {
		if got, err := Decrypt(form, []Password{secret("", "right")}); err != nil || string(got) != "inline" || !IsEncrypted(form) {
			t.Errorf("%s: the plaintext differs, error %v", name, err)
		}
	}
}
