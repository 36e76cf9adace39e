package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reconciler": main})
}

// TestScripts runs the program as a user does, one folder a script.
// $ANSIBLE_VAULT is the real one, $PYTHON one that has Ansible. Beside testscript's own commands there are
// these:
//
//	code N PROGRAM ARGS…   run PROGRAM and want it to exit with N
//	example                copy the repository's deploy_config to here
//	edit FILE OLD NEW      replace the one OLD in FILE; \n in NEW ends a line
//	aws …                  change the sandbox's account behind reconciler's back
//	vault FILE PASSWORD    encrypt FILE as ansible-vault does
//	endpoint ACCOUNT       serve a sandbox of its own at AWS_ENDPOINT_URL
//	endpoint ACCOUNT L D   the same, with lists late by L and new roles by D
//	private FILE           want FILE to be its owner's alone
func TestScripts(t *testing.T) {
	testtool.System(t, "git-crypt")
	ansible, python := testtool.Tool(t, "ansible-vault"), testtool.Python(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ANSIBLE_VAULT", ansible)
			env.Setenv("PYTHON", python)
			env.Setenv("ANSIBLE_HOME", env.WorkDir)
			env.Setenv("LC_ALL", "C.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": exitsWith, "example": example, "edit": edit, "aws": behindItsBack, "endpoint": endpoint, "vault": encrypt, "private": isPrivate,
		},
	})
}

func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exited *exec.ExitError
		if !errors.As(err, &exited) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exited.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", args[1], got, want)
	}
}

func example(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: example")
	}
	ts.Check(os.CopyFS(ts.MkAbs("deploy_config"), os.DirFS(filepath.Join("..", "..", "deploy_config"))))
}

func encrypt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: vault FILE PASSWORD")
	}
	out, err := ansiblevault.Encrypt([]byte(ts.ReadFile(args[0])), ansiblevault.Password{Text: spec.NewSecret(args[1])}, rand.Reader)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o600))
}

func isPrivate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: private FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if info.Mode().Perm() != 0o600 {
		ts.Fatalf("%s has mode %v", args[0], info.Mode())
	}
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%q stands %d times in %s, want once", args[1], n, args[0])
	}
	text = strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
