package source_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/pkg/daemon/source"
)

// needs is the path of a program.
func needs(t testing.TB, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is missing; Debian: apt-get install %s", program, debian)
	}
	return path
}

func run(t testing.TB, env []string, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v", program, args, err)
	}
	return string(out)
}

// sshSigner makes a key of ssh-keygen's, and its line in allowed_signers.
func sshSigner(t testing.TB, kind, options string) (file, line string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key")
	run(t, nil, needs(t, "ssh-keygen", "openssh-client"), "-q", "-t", kind, "-N", "", "-f", file)
	public, err := os.ReadFile(file + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	return file, "ada@example.com " + options + string(public)
}

// signWith has git sign with a key of ssh.
func (r *repository) signWith(key string) {
	r.git("config", "gpg.format", "ssh")
	r.git("config", "gpg.ssh.program", needs(r, "ssh-keygen", "openssh-client"))
	r.git("config", "user.signingkey", key)
}

// gnupg makes a home with one key, and the key's armored public half.
func gnupg(t testing.TB) (home, public string) {
	t.Helper()
	needs(t, "gpg", "gnupg")
	home, err := os.MkdirTemp("", "gpg") //nolint:usetesting // its agent's socket has a short path
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"GNUPGHOME=" + home}
	t.Cleanup(func() {
		run(t, env, "gpgconf", "--kill", "all")
		os.RemoveAll(home)
	})
	run(t, env, "gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "Ada <ada@example.com>", "ed25519", "sign", "never")
	return home, run(t, env, "gpg", "--armor", "--export")
}

func TestGitVerifySSH(t *testing.T) {
	key, line := sshSigner(t, "ed25519", "")
	rsaKey, rsaLine := sshSigner(t, "rsa", "")
	ecKey, ecLine := sshSigner(t, "ecdsa", `namespaces="git" `)
	_, other := sshSigner(t, "ed25519", "")
	for name, c := range map[string]struct{ key, allowed, why string }{
		"ed25519":           {key, line, ""},
		"rsa":               {rsaKey, "# mine\n\n" + other + rsaLine, ""},
		"ecdsa":             {ecKey, ecLine, ""},
		"another key":       {key, other, "no ssh key that may sign"},
		"for files":         {key, strings.Replace(line, " ", ` namespaces="file" `, 1) + other, "no ssh key that may sign"},
		"not yet":           {key, strings.Replace(line, " ", ` valid-after="29990101Z" `, 1), "no ssh key that may sign"},
		"not any more":      {key, strings.Replace(line, " ", ` valid-before="20200101" `, 1), "no ssh key that may sign"},
		"in time":           {key, strings.Replace(line, " ", ` namespaces="*,!file",valid-after="20200101",valid-before="299901010000Z" `, 1), ""},
		"an authority":      {key, strings.Replace(line, " ", ` cert-authority `, 1), "certificates of ssh"},
		"another option":    {key, strings.Replace(line, " ", ` colour="red" `, 1), "no option colour"},
		"nonsense":          {key, "hello\n", "line 1"},
		"nobody":            {key, "# nobody\n", "there is no key"},
		"a key without end": {key, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "has no end"},
	} {
		t.Run(name, func(t *testing.T) {
			allowed := t.TempDir()
			write(t, allowed, map[string]string{"allowed": c.allowed})
			r := newRepository(t, nil)
			r.signWith(c.key)
			r.commit(project(), "-S")
			s := open(t, r.url(), source.Options{Verify: filepath.Join(allowed, "allowed")})
			if c.why == "" {
				fetch(t, s)
			} else {
				refuses(t, s, c.why)
			}
		})
	}
}

func TestGitVerifyPGP(t *testing.T) {
	home, public := gnupg(t)
	_, other := gnupg(t)
	_, line := sshSigner(t, "ed25519", "")
	t.Setenv("GNUPGHOME", home)
	r := newRepository(t, nil)
	r.commit(project(), "-S")
	allowed := t.TempDir()
	write(t, allowed, map[string]string{"both": line + other + "\n" + public, "other": other, "ssh": line})
	fetch(t, open(t, r.url(), source.Options{Verify: filepath.Join(allowed, "both")}))
	refuses(t, open(t, r.url(), source.Options{Verify: filepath.Join(allowed, "other")}), "no key that may sign made its signature")
	refuses(t, open(t, r.url(), source.Options{Verify: filepath.Join(allowed, "ssh")}), "no PGP key may sign")
	refuses(t, open(t, r.url(), source.Options{Verify: filepath.Join(allowed, "gone")}), "cannot be read")
}

// What was verified is what is read: a commit that is not, is refused, and the
// specs from before it stay.
func TestGitVerifyKeepsTheLastGood(t *testing.T) {
	key, line := sshSigner(t, "ed25519", "")
	allowed := filepath.Join(t.TempDir(), "allowed")
	write(t, filepath.Dir(allowed), map[string]string{"allowed": line})
	r := newRepository(t, nil)
	r.signWith(key)
	first := r.commit(project(), "-S")
	s := open(t, r.url(), source.Options{Verify: allowed})
	good := fetch(t, s)
	r.commit(map[string]string{"deploy_config/tasks/evil.yaml": "kind: Task\n"}, "--no-gpg-sign")
	refuses(t, s, "is not signed")

	// The signature of one commit under the content of another.
	tampered := filepath.Join(t.TempDir(), "commit")
	signed := r.git("cat-file", "commit", first)
	tree := r.git("rev-parse", "HEAD^{tree}")
	write(t, filepath.Dir(tampered), map[string]string{"commit": strings.Replace(signed, r.git("rev-parse", first+"^{tree}"), tree, 1) + "\n"})
	r.git("update-ref", "refs/heads/main", r.git("hash-object", "-t", "commit", "-w", tampered))
	refuses(t, s, "not of what it holds")
	r.git("update-ref", "refs/heads/main", first)
	r.git("reset", "-q", "--hard", first)
	if diff := read(t, good.Dir); len(diff) != 4 {
		t.Errorf("%v", diff)
	}
	second := r.commit(map[string]string{"deploy_config/tasks/good.yaml": "kind: Task\n"}, "-S")
	if got := fetch(t, s); got.Revision != second {
		t.Errorf("%+v", got)
	}
}
