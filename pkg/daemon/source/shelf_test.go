package source_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/source"
)

// shelfOf is the one shelf below a folder.
func shelfOf(t testing.TB, temp string) string {
	t.Helper()
	names := entries(t, temp)
	if len(names) != 1 {
		t.Fatalf("want one shelf: %v", names)
	}
	return filepath.Join(temp, names[0])
}

func TestSnapshotsGoWhenTheyAreNotUsed(t *testing.T) {
	r := newRepository(t, project())
	temp := t.TempDir()
	s := open(t, r.url(), source.Options{Temp: temp})
	first, again := fetch(t, s), fetch(t, s)
	shelf := shelfOf(t, temp)
	r.commit(map[string]string{"x": "1"})
	second := fetch(t, s)
	if got := entries(t, shelf); !cmp.Equal(got, []string{"1", "2"}) {
		t.Errorf("both are used: %v", got)
	}
	first.Release()
	first.Release()
	if got := entries(t, shelf); !cmp.Equal(got, []string{"1", "2"}) {
		t.Errorf("the first is used once more: %v", got)
	}
	again.Release()
	second.Release()
	if got := entries(t, shelf); !cmp.Equal(got, []string{"2"}) {
		t.Errorf("the first is used no more, and the second is the present one: %v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := entries(t, temp); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
	refuses(t, s, "closed")
}

// child fetches, tells where, and waits to be killed.
const child = "RECONCILER_SOURCE_TEST_CHILD"

func TestKilledProcessesLeaveNothing(t *testing.T) {
	if url := os.Getenv(child); url != "" {
		got := fetch(t, open(t, url, source.Options{Temp: os.Getenv(child + "_TEMP")}))
		if _, err := os.Stdout.WriteString("\nready " + got.Dir + "\n"); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	r := newRepository(t, project())
	temp := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcessesLeaveNothing$")
	cmd.Env = append(os.Environ(), child+"="+r.url(), child+"_TEMP="+temp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for buffer := make([]byte, 1000); !strings.Contains(said, "ready"); {
		n, err := out.Read(buffer)
		said += string(buffer[:n])
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	shelf := shelfOf(t, temp)
	write(t, temp, map[string]string{"reconciler-source-file": "not a folder", "other/file": ""})
	open(t, r.url(), source.Options{Temp: temp}).Close()
	if _, err := os.Stat(shelf); err != nil {
		t.Errorf("the folder of a process that lives is gone: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	open(t, r.url(), source.Options{Temp: temp}).Close()
	if got := entries(t, temp); !cmp.Equal(got, []string{"other", "reconciler-source-file"}) {
		t.Errorf("left: %v", got)
	}
}

// What was removed by somebody else is fetched again.
func TestSnapshotsThatWereRemoved(t *testing.T) {
	r := newRepository(t, project())
	s := open(t, r.url(), source.Options{})
	first := fetch(t, s)
	if err := os.RemoveAll(first.WorkDir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(project(), read(t, fetch(t, s).WorkDir)); diff != "" {
		t.Error(diff)
	}
}
