package main

import (
	"strings"
	"testing"
)

// TestCommandsAskAtTheTerminal: the command of a source may put a question to
// whoever sits at the terminal, such as a passphrase.
func TestCommandsAskAtTheTerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec:\n  environments: {staging: {account_id: \"012345678901\", region: us-west-2}}\n",
		"deploy_config/tasks/web.yaml": "apiVersion: ecs-reconciler/v1\nkind: Task\nmetadata: {name: web}\nspec:\n" +
			"  env_locations: [{secret: s, from: {exec: [sh, -c, 'printf passphrase: >/dev/tty; read answer </dev/tty; test \"$answer\" = right && echo value'], timeout: 20s}}]\n",
	})
	for answer, code := range map[string]int{"right": 0, "wrong": 1} {
		got, shown := converse(t, dir, [][2]string{{"passphrase:", answer}}, "plan", "staging", "--sandbox")
		if got != code || !strings.Contains(shown, "passphrase:") {
			t.Errorf("answered %s, the exit code is %d; the terminal shows:\n%s", answer, got, shown)
		}
	}
}
