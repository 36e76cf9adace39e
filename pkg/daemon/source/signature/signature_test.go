package signature_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"ecs-reconciler/pkg/daemon/source/signature"
)

// signed is a payload that ssh-keygen signed, and the line of its key.
func signed(t testing.TB, namespace, payload string) (line, armored string) {
	t.Helper()
	program, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatal("ssh-keygen is missing; Debian: apt-get install openssh-client")
	}
	dir := t.TempDir()
	key, file := filepath.Join(dir, "key"), filepath.Join(dir, "payload")
	if err := os.WriteFile(file, []byte(payload), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-q", "-t", "ed25519", "-N", "", "-f", key}, {"-q", "-Y", "sign", "-n", namespace, "-f", key, file}} {
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	sig, err := os.ReadFile(file + ".sig")
	if err != nil {
		t.Fatal(err)
	}
	return "ada " + string(public), string(sig)
}

// TestCheckSSH: a signature is of one payload, for git, and of no single byte
// more or less.
func TestCheckSSH(t *testing.T) {
	line, armored := signed(t, "git", "hello")
	_, forFiles := signed(t, "file", "hello")
	keys, err := signature.ParseKeys([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.CheckSSH([]byte("hello"), armored, time.Now()); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct{ payload, armored, why string }{
		"another payload": {"hello!", armored, "not of what it holds"},
		"for files":       {"hello", forFiles, "something else than git"},
		"nothing":         {"hello", "", "cannot be read"},
		"half":            {"hello", armored[:len(armored)/2], "cannot be read"},
	} {
		if err := keys.CheckSSH([]byte(c.payload), c.armored, time.Now()); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v; want %q", name, err, c.why)
		}
	}
	lines := strings.Split(strings.TrimSpace(armored), "\n")
	data, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-1], ""))
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 1
		flipped := lines[0] + "\n" + base64.StdEncoding.EncodeToString(data) + "\n" + lines[len(lines)-1]
		if err := keys.CheckSSH([]byte("hello"), flipped, time.Now()); err == nil {
			t.Errorf("byte %d may be another one", i)
		}
		data[i] ^= 1
	}
}

func FuzzParseKeys(f *testing.F) {
	key, err := ssh.NewPublicKey(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public())
	if err != nil {
		f.Fatal(err)
	}
	line := "ada@example.com,*@x " + `namespaces="git,file",valid-after="20260101Z" ` + string(ssh.MarshalAuthorizedKey(key))
	f.Add(line, "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----")
	f.Add("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx\n-----END PGP PUBLIC KEY BLOCK-----\n", "")
	f.Fuzz(func(t *testing.T, text, armored string) {
		keys, err := signature.ParseKeys([]byte(text))
		if err != nil {
			return
		}
		if err := keys.CheckSSH([]byte("a payload that nobody signed"), armored, time.Unix(1.8e9, 0)); err == nil {
			t.Errorf("%q signs for %q", armored, text)
		}
	})
}
