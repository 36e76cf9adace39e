package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

func encrypt(t *testing.T, text string) []byte {
	t.Helper()
	out, err := ansiblevault.Encrypt([]byte(text), ansiblevault.Password{Text: spec.NewSecret("pw")}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// opener opens with one Decrypter, whose derivations can be counted.
func opener(d *ansiblevault.Decrypter) Open {
	return func(data []byte) ([]byte, error) {
		return d.Decrypt(data, []ansiblevault.Password{{Text: spec.NewSecret("pw")}})
	}
}

func inline(t *testing.T, text string) string {
	return "!vault |\n  " + strings.ReplaceAll(strings.TrimSpace(string(encrypt(t, text))), "\n", "\n  ") + "\n"
}

func TestCompare(t *testing.T) {
	same := inline(t, "same")
	for name, c := range map[string]struct {
		file, before, after string
		want                string
	}{
		"nothing":                {"a.yml", "a: 1\n", "a: 1\n", "<nil>"},
		"a value":                {"a.yml", "a: 1\nb: 2\n", "a: 1\nb: 3\n", "changed [{b changed}]"},
		"another type":           {"a.yml", "a: 1\n", "a: '1'\n", "changed [{a changed}]"},
		"comments":               {"a.yml", "a: 1\nb: 2\n", "# x\nb: 2\na: 1\n", "reworded []"},
		"nested":                 {"a.json", `{"a": {"b": [1, {"c": 2}]}}`, `{"a": {"b": [1, {"c": 3}, 4]}}`, "changed [{a.b[1].c changed} {a.b[2] added}]"},
		"emptied":                {"a.yml", "a: {b: 1}\n", "a: {}\n", "changed [{a added} {a.b removed}]"},
		"documents":              {"a.yml", "a: 1\n---\nb: 1\n", "a: 1\n---\nb: 2\n", "changed [{[1].b changed}]"},
		"dotenv":                 {"x/.env.qa", "A=1\nB=1\n", "A=1\nC=1\n", "changed [{B removed} {C added}]"},
		"dotenv by its look":     {"secrets", "A=1\n", "A=2\n", "changed [{A changed}]"},
		"of no form":             {"key.pem", "x y\n", "x z\n", "changed []"},
		"no dotenv":              {".env", "{", "[", "changed []"},
		"conflicting inline":     {"a.yml", "a: " + inline(t, "x"), "a: " + inline(t, "y"), "changed [{a changed}]"},
		"encrypted anew inline":  {"a.yml", "a: " + inline(t, "x"), "a: " + inline(t, "x"), "reworded []"},
		"inline, beside another": {"a.yml", "a: " + same + "b: 1\n", "a: " + same + "b: 2\n", "changed [{b changed}]"},
		"inline from clear":      {"a.yml", "a: x\n", "a: " + inline(t, "x"), "reworded []"},
		"whole from clear":       {".env", "A=1\n", string(encrypt(t, "A=1\n")), "encrypted []"},
		"whole to clear":         {".env", string(encrypt(t, "A=1\n")), "A=2\n", "decrypted [{A changed}]"},
		"whole, anew":            {".env", string(encrypt(t, "A=1\n")), string(encrypt(t, "A=1\n")), "rekeyed []"},
		"whole, a key":           {".env", string(encrypt(t, "A=1\n")), string(encrypt(t, "A=2\n")), "changed [{A changed}]"},
	} {
		d, err := Compare(c.file, []byte(c.before), []byte(c.after), opener(&ansiblevault.Decrypter{}))
		got := "<nil>"
		if d != nil {
			got = fmt.Sprintf("%s %v", d.Change, d.Keys)
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, c.want)
		}
	}
	for want, c := range map[string][2][]byte{"added [{A added}]": {nil, []byte("A=1\n")}, "removed [{A removed}]": {[]byte("A=1\n"), nil}, "added []": {nil, {}}} {
		d, err := Compare(".env", c[0], c[1], nil)
		if err != nil || fmt.Sprintf("%s %v", d.Change, d.Keys) != want {
			t.Errorf("%v, %v, want %s", d, err, want)
		}
	}
}

// TestCompareOpensOnlyWhatDiffers: derivations are what comparing costs.
func TestCompareOpensOnlyWhatDiffers(t *testing.T) {
	d := &ansiblevault.Decrypter{}
	var before, after strings.Builder
	for i := range 10 {
		text := fmt.Sprintf("k%d: %s", i, inline(t, "x"))
		before.WriteString(text)
		after.WriteString(text)
	}
	before.WriteString("last: " + inline(t, "x"))
	after.WriteString("last: " + inline(t, "y"))
	difference, err := Compare("a.yml", []byte(before.String()), []byte(after.String()), opener(d))
	if err != nil || len(difference.Keys) != 1 {
		t.Fatalf("%v, %v", difference, err)
	}
	if n := d.Derivations(); n != 2 {
		t.Errorf("%d keys were derived, want 2", n)
	}
	wrong := errors.New("wrong password")
	if _, err := Compare("a.yml", []byte(before.String()), []byte(after.String()), func([]byte) ([]byte, error) { return nil, wrong }); !errors.Is(err, wrong) {
		t.Errorf("the error is %v", err)
	}
}

func TestConflict(t *testing.T) {
	for text, want := range map[string]string{
		"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n": "f:2: git's conflict markers",
		"<<<<<<< HEAD\r\n>>>>>>> x\r\n":               "f:1: ",
		"a\n<<<<<<< HEAD\n":                           "",
		">>>>>>> x\n<<<<<<< HEAD\n":                   "",
		" <<<<<<< HEAD\n>>>>>>> x\n":                  "",
		"":                                            "",
	} {
		err := Conflict("f", []byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestReplaceIsWholeOrNot: a folder that cannot be written to, or a file that
// moved, leaves the file as it was and nothing beside it.
func TestReplaceIsWholeOrNot(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("old"), 0o604); err != nil {
		t.Fatal(err)
	}
	file, err := Read("f", path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("theirs"), 0o604); err != nil {
		t.Fatal(err)
	}
	if err := file.Replace([]byte("new")); !errors.Is(err, ErrMoved) {
		t.Errorf("the error is %v", err)
	}
	if err := Write("f", path, []byte("new")); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o604 {
		t.Errorf("the mode is %v, %v", info, err)
	}
	if err := Write("g", filepath.Join(dir, "none", "g"), nil); err == nil || !strings.HasPrefix(err.Error(), "g: ") {
		t.Errorf("the error is %v", err)
	}
	if err := Write("d", dir, nil); err == nil {
		t.Error("a folder was written")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	content, err := os.ReadFile(path)
	if diff := cmp.Diff("new", string(content)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// TestEditCleansUpAfterAPanic: also where this program itself fails.
func TestEditCleansUpAfterAPanic(t *testing.T) {
	folder := t.TempDir()
	e := &Editor{Command: []string{"true"}, Folders: []string{folder}, OnDisk: func(string) { panic("in the middle") }}
	func() {
		defer func() { _ = recover() }()
		_, err := e.Edit("f", []byte("text"))
		t.Errorf("it returned %v", err)
	}()
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("%d entries are left, %v", len(entries), err)
	}
}

func TestEditor(t *testing.T) {
	dir := t.TempDir()
	told := ""
	e := &Editor{Command: []string{"sed", "-i", "s/a/b/"}, Folders: []string{filepath.Join(dir, "none"), dir}, OnDisk: func(dir string) { told = dir }}
	got, err := e.Edit("f", []byte("a\n"))
	if err != nil || !bytes.Equal(got, []byte("b\n")) || !strings.HasPrefix(told, dir) {
		t.Errorf("%q, %v, told of %q", got, err, told)
	}
	e.Folders = e.Folders[:1]
	if _, err := e.Edit("f", nil); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	env := func(dir string) func(string) (string, bool) {
		return func(name string) (string, bool) { return dir, name == "XDG_RUNTIME_DIR" && dir != "" }
	}
	for runtime, want := range map[string][]string{"": {"/dev/shm", os.TempDir()}, "/run/user/1": {"/run/user/1", "/dev/shm", os.TempDir()}, "relative": {"/dev/shm", os.TempDir()}} {
		if diff := cmp.Diff(want, Folders(env(runtime))); diff != "" {
			t.Error(diff)
		}
	}
}
