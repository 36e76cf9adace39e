package cli

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/report"
)

func TestImageByTask(t *testing.T) {
	for _, c := range []struct {
		given []string
		want  map[string]string
	}{
		{nil, map[string]string{}},
		{[]string{"web:1"}, map[string]string{"": "web:1"}},
		{[]string{"web=r/web:1", "other:2"}, map[string]string{"web": "r/web:1", "": "other:2"}},
		{[]string{"a=b=c"}, map[string]string{"a": "b=c"}},
		{[]string{"host:5000/x=y"}, map[string]string{"": "host:5000/x=y"}},
		{[]string{"x@sha256:0="}, map[string]string{"": "x@sha256:0="}},
		{[]string{"web=1", "web=2"}, map[string]string{"web": "2"}},
		{[]string{"web="}, nil},
		{[]string{""}, nil},
	} {
		got, err := (&global{images: c.given}).imageByTask()
		var usage *report.UsageError
		if diff := cmp.Diff(c.want, got); diff != "" || (c.want == nil) != errors.As(err, &usage) {
			t.Errorf("%q: %v (-want +got):\n%s", c.given, err, diff)
		}
	}
}

// TestStyle: flag, then NO_COLOR, then CLICOLOR_FORCE, then the terminal.
func TestStyle(t *testing.T) {
	for _, c := range []struct {
		color    string
		environ  []string
		terminal bool
		want     bool
	}{
		{"auto", nil, true, true}, {"auto", nil, false, false},
		{"always", []string{"NO_COLOR=1"}, false, true}, {"never", []string{"CLICOLOR_FORCE=1"}, true, false},
		{"auto", []string{"NO_COLOR=1", "CLICOLOR_FORCE=1"}, true, false}, {"auto", []string{"NO_COLOR="}, true, true},
		{"auto", []string{"CLICOLOR_FORCE=1"}, false, true}, {"auto", []string{"TERM=dumb"}, true, false},
	} {
		a := &app{Process: Process{Environ: c.environ, OutIsTerminal: c.terminal}, global: global{color: c.color}}
		if got := a.style().Color; got != c.want {
			t.Errorf("%+v: got %t", c, got)
		}
	}
}

func TestEnv(t *testing.T) {
	p := Process{Environ: []string{"A=1", "A=2=3", "AB=4", "EMPTY="}}
	for name, want := range map[string]string{"A": "2=3", "AB": "4", "EMPTY": ""} {
		if got, ok := p.Env(name); got != want || !ok {
			t.Errorf("%s: got %q, %t", name, got, ok)
		}
	}
	if _, ok := p.Env("B"); ok {
		t.Error("a variable is found that there is not")
	}
}

func TestPath(t *testing.T) {
	base := t.TempDir()
	p := Process{WorkDir: func() (string, error) { return base, nil }}
	for file, want := range map[string]string{"a": filepath.Join(base, "a"), "../a": filepath.Join(filepath.Dir(base), "a"), base: base} {
		if got, err := p.path(file); got != want || err != nil {
			t.Errorf("%s: got %q, %v", file, got, err)
		}
	}
	p.WorkDir = func() (string, error) { return "", errors.New("gone") }
	if _, err := p.path("a"); err == nil {
		t.Error("a lost working directory goes unnoticed")
	}
}
