package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
)

// converse runs the program in dir at a terminal, and gives the answers to the
// questions.
func converse(t *testing.T, dir string, exchanges [][2]string, args ...string) (code int, shown string) {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", "terminal.py"))
	must(t, err)
	list, err := json.Marshal(exchanges)
	must(t, err)
	cmd := exec.CommandContext(t.Context(), testtool.Python(t), append([]string{script, string(list), "reconciler"}, args...)...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "TERM=dumb"}
	out, err := cmd.Output()
	must(t, err)
	var answer struct {
		Code  int
		Shown string
	}
	must(t, json.Unmarshal(out, &answer))
	return answer.Code, answer.Shown
}

// TestVaultAsksAtTheTerminal: passwords are asked for, twice where they are
// new, and not shown.
func TestVaultAsksAtTheTerminal(t *testing.T) {
	t.Parallel()
	const password = "typed-passw0rd"
	once := [][2]string{{"Vault password: ", password}}
	twice := [][2]string{{"New vault password: ", password}, {"Confirm new vault password: ", password}}
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a.env": "A=1\n", "pw": password})
	for _, c := range []struct {
		exchanges [][2]string
		args      []string
		code      int
		want      string
	}{
		{[][2]string{{"New vault password: ", password}, {"Confirm new vault password: ", "another"}}, []string{"encrypt", "a.env"}, 1, "the passwords differ"},
		{[][2]string{{"New vault password: ", ""}, {"Confirm new vault password: ", ""}}, []string{"encrypt", "a.env"}, 1, "the password is empty"},
		{[][2]string{{"New vault password: ", "^C"}}, []string{"encrypt", "a.env"}, 130, ""},
		{twice, []string{"encrypt", "a.env"}, 0, ""},
		{once, []string{"view", "a.env"}, 0, "A=1"},
		{once, []string{"view", "--ask-vault-pass", "a.env"}, 0, "A=1"},
		{once, []string{"view", "--ask-vault-password", "a.env"}, 0, "A=1"},
		{[][2]string{{"Vault password (dev): ", password}}, []string{"view", "--vault-id", "dev@prompt", "a.env"}, 0, "A=1"},
		{[][2]string{{"Vault password: ", "wrong"}}, []string{"view", "-J", "a.env"}, 1, "no vault password given fits"},
		{append(once[:1:1], twice...), []string{"rekey", "a.env"}, 0, ""},
		{[][2]string{{"New vault password (dev): ", password}, {"Confirm new vault password (dev): ", password}},
			[]string{"rekey", "a.env", "--vault-password-file", "pw", "--new-vault-id", "dev@prompt"}, 0, ""},
		{[][2]string{{"Variable name (enter for no name): ", "token"}, {"String to encrypt (hidden): ", canary}},
			[]string{"encrypt-string", "--prompt", "--vault-password-file", "pw"}, 0, "token: !vault |"},
		{[][2]string{{"Variable name (enter for no name): ", ""}, {"String to encrypt: ", "shown-text"}},
			[]string{"encrypt-string", "-p", "--show-input", "--vault-password-file", "pw"}, 0, "shown-text"},
	} {
		code, shown := converse(t, dir, c.exchanges, append([]string{"vault"}, c.args...)...)
		if code != c.code || !strings.Contains(shown, c.want) {
			t.Errorf("%v: exit code %d, want %d; the terminal shows:\n%s", c.args, code, c.code, shown)
		}
		for _, e := range c.exchanges {
			if !strings.Contains(shown, e[0]) {
				t.Errorf("%v: it does not ask %q", c.args, e[0])
			}
		}
		if strings.Contains(shown, password) || strings.Contains(shown, canary) {
			t.Errorf("%v: the terminal shows what was typed", c.args)
		}
	}
	if text := filesIn(t, dir)[filepath.Join(dir, "a.env")]; !strings.HasPrefix(text, "$ANSIBLE_VAULT;1.2;AES256;dev\n") {
		t.Errorf("the file begins %.40q", text)
	}
}
