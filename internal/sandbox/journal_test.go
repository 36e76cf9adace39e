package sandbox

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"
)

// crashed is a folder with a state file as a process leaves it that dies now.
func crashed(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// dump is all of a server's account.
func dump(t *testing.T, s *Server) string {
	t.Helper()
	out, err := s.Dump()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// put gives a secret a value.
func put(t *testing.T, s *Server, name, value string) {
	t.Helper()
	in := &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &value}
	if _, err := secretsClient(s, "us-west-2").PutSecretValue(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// TestEachWriteIsALine, and closing leaves the snapshot alone.
func TestEachWriteIsALine(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Seed: 1}
	lines := func() int { return strings.Count(stateOf(t, opts.Dir), "\n") }
	session(t, opts, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		if n := lines(); n != 1 {
			t.Errorf("the first write makes %d lines, not a snapshot", n)
		}
		for i := range 3 {
			put(t, s, "s", "y")
			if n := lines(); n != i+2 {
				t.Errorf("write %d makes %d lines", i, n)
			}
		}
	})
	if n := lines(); n != 1 {
		t.Errorf("closing leaves %d lines", n)
	}
	session(t, opts, func(s *Server) {
		put(t, s, "s", "z")
		if n := lines(); n != 2 {
			t.Errorf("a write after opening makes %d lines", n)
		}
	})
}

// TestTornLine cuts the last line off in many places: what came before it is
// there.
func TestTornLine(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Seed: 1}
	var before, after, whole string
	session(t, opts, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		put(t, s, "s", "y")
		before = dump(t, s)
		put(t, s, "s", "z")
		after, whole = dump(t, s), stateOf(t, opts.Dir)
	})
	start := strings.LastIndex(whole[:len(whole)-1], "\n") + 1
	cuts := []int{start, len(whole) - 1, len(whole)}
	for cut := start + 1; cut < len(whole); cut += 19 {
		cuts = append(cuts, cut)
	}
	for _, cut := range cuts {
		opts.Dir = crashed(t, whole[:cut])
		session(t, opts, func(s *Server) {
			want := before
			if cut == len(whole) {
				want = after
			}
			if diff := cmp.Diff(want, dump(t, s)); diff != "" {
				t.Fatalf("cut at %d of %d: %s", cut, len(whole), diff)
			}
			if text := stateOf(t, opts.Dir); cut > start && strings.Count(text, "\n") != 1 {
				t.Fatalf("cut at %d: the file was not compacted", cut)
			}
		})
	}
}

// TestLinesThatCannotBeRead tells which, and nothing of what they hold.
func TestLinesThatCannotBeRead(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Seed: 1}
	var whole string
	session(t, opts, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		put(t, s, "s", "hidden")
		whole = stateOf(t, opts.Dir)
	})
	for name, edit := range map[string][3]string{
		"no JSON":           {`{"at"`, `"hidden"`, "has a line 2 that cannot be read"},
		"no region":         {`"us-west-2","service"`, `"hidden","service"`, "has a line 2 that cannot be performed again"},
		"no service":        {`"service":"secretsmanager"`, `"service":"hidden"`, "has a line 2 that cannot be performed again"},
		"no operation":      {"PutSecretValue", "PutHiddenValue", "has a line 2 that cannot be performed again"},
		"odd input":         {`"SecretString"`, `"hidden"`, "has a line 2 that cannot be performed again"},
		"odd entropy":       {`"entropy":"cmVh`, `"entropy":"Ahid`, "has a line 2 that cannot be performed again"},
		"another outcome":   {`"SecretId":"s"`, `"SecretId":"t"`, "has a line 2 that does not do what it did"},
		"first, no entropy": {`"entropy":"cmVh`, `"entropy":"AAAA`, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			head, tail, _ := strings.Cut(whole, "\n")
			if strings.HasPrefix(name, "first") {
				head = replaced(t, head, edit[0], edit[1])
			} else {
				tail = replaced(t, tail, edit[0], edit[1])
			}
			_, err := New(Options{Dir: crashed(t, head+"\n"+tail)})
			if err == nil || !strings.Contains(err.Error(), edit[2]) || !strings.Contains(err.Error(), "delete it to start with an empty sandbox") {
				t.Fatalf("%v", err)
			}
			if strings.Contains(err.Error(), "idden") {
				t.Errorf("the error repeats the file: %v", err)
			}
		})
	}
}

func replaced(t *testing.T, text, old, with string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is not once in %s", old, text)
	}
	return strings.Replace(text, old, with, 1)
}

// TestAJournalIsBounded writes more than the bound and finds a snapshot.
func TestAJournalIsBounded(t *testing.T) {
	s := newBusy(t, t.TempDir(), 1)
	snapshots := 0
	for range 200 {
		s.must(t, "secretsmanager", "PutSecretValue", fields{
			"SecretId": "s0", "SecretString": strings.Repeat("y", 60_000), "ClientRequestToken": s.token(),
		})
		if s.store.journal == 0 {
			snapshots++
		}
		if s.store.journal > 2*s.store.snapshot+4<<20+100_000 {
			t.Fatalf("%d bytes follow a snapshot of %d", s.store.journal, s.store.snapshot)
		}
	}
	if snapshots == 0 || snapshots > 3 {
		t.Errorf("the file was compacted %d times", snapshots)
	}
}

// TestAnOlderFileIsRead: format 1 had a snapshot alone, without its line's end.
func TestAnOlderFileIsRead(t *testing.T) {
	dir := crashed(t, `{"format":1,"account":"012345678901","services":{"iam":{"Roles":{"r":{"Name":"r","Path":"/"}}}}}`)
	session(t, Options{Dir: dir}, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		if text := dump(t, s); !strings.Contains(text, `"Roles":{"r"`) || !strings.Contains(text, `"s"`) {
			t.Errorf("%s", text)
		}
	})
}

// TestSettingsOfThen: what was performed with a KMS key is performed again with
// it, though the next process has none.
func TestSettingsOfThen(t *testing.T) {
	const key = "alias/mine"
	opts := Options{Dir: t.TempDir(), KMSKeys: []string{key}, Region: "eu-west-1"}
	var whole string
	session(t, opts, func(s *Server) {
		for _, name := range []string{"a", "b"} {
			in := &secretsmanager.CreateSecretInput{Name: &name, KmsKeyId: aws.String(key)}
			if _, err := secretsClient(s, "us-west-2").CreateSecret(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		whole = stateOf(t, opts.Dir)
	})
	session(t, Options{Dir: crashed(t, whole)}, func(s *Server) {
		in := &secretsmanager.CreateSecretInput{Name: aws.String("c"), KmsKeyId: aws.String(key)}
		if _, err := secretsClient(s, "us-west-2").CreateSecret(t.Context(), in); err == nil {
			t.Error("the key of the process before is still there")
		}
		out, err := secretsClient(s, "us-west-2").ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
		if err != nil || len(out.SecretList) != 2 {
			t.Errorf("%v, %v", out, err)
		}
	})
}

// TestWhatNoRequestDoesIsKept: owning a secret, resetting and loading.
func TestWhatNoRequestDoesIsKept(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Seed: 1}
	var states [3]struct{ dump, file string }
	session(t, opts, func(s *Server) {
		note := func(i int) { states[i].dump, states[i].file = dump(t, s), stateOf(t, opts.Dir) }
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		if err := s.OwnSecret("us-west-2", "s", "rds"); err != nil {
			t.Fatal(err)
		}
		note(0)
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		note(1)
		if err := s.Load([]byte(states[0].dump)); err != nil {
			t.Fatal(err)
		}
		note(2)
	})
	if states[0].dump != states[2].dump || states[0].dump == states[1].dump {
		t.Error("loading does not bring back what was dumped")
	}
	for i, state := range states {
		opts.Dir = crashed(t, state.file)
		session(t, opts, func(s *Server) {
			if diff := cmp.Diff(state.dump, dump(t, s)); diff != "" {
				t.Errorf("%d: %s", i, diff)
			}
		})
	}
}

// TestBadDumps change nothing.
func TestBadDumps(t *testing.T) {
	s := newTestServer(t, Options{Dir: t.TempDir()})
	create(t, secretsClient(s, "us-west-2"), "s", "x")
	before := dump(t, s)
	for text, want := range map[string]string{
		"":                                      "is not whole JSON",
		`{"format":3}`:                          "has format 3, not 2",
		`{"format":2,"account":"999999999999"}`: "is of account 999999999999",
		`{"format":2,"account":"012345678901","services":{"x":{}}}`:                     `speaks of a service "x"`,
		`{"format":2,"account":"012345678901","services":{},"entropy":"AAAA"}`:          `"entropy"`,
		`{"format":2,"account":"012345678901","services":{"iam":{"Roles":["hidden"]}}}`: "cannot be read",
	} {
		err := s.Load([]byte(text))
		if err == nil || !strings.Contains(err.Error(), "sandbox: the dump ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if diff := cmp.Diff(before, dump(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestTheFileIsTakenAway: the next write makes it anew.
func TestTheFileIsTakenAway(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Seed: 1}
	session(t, opts, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		put(t, s, "s", "y")
		if err := os.Remove(filepath.Join(opts.Dir, "state.json")); err != nil {
			t.Fatal(err)
		}
		put(t, s, "s", "z")
		opts.Dir = crashed(t, stateOf(t, opts.Dir))
		want := dump(t, s)
		session(t, opts, func(again *Server) {
			if diff := cmp.Diff(want, dump(t, again)); diff != "" {
				t.Error(diff)
			}
		})
	})
}

// TestAfterClosing nothing is written, since the folder is anybody's.
func TestAfterClosing(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Seed: 1}
	session(t, opts, func(s *Server) {
		create(t, secretsClient(s, "us-west-2"), "s", "x")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		before := stateOf(t, opts.Dir)
		err := perform(s, "AKIA", "us-west-2", "secretsmanager", "CreateSecret", fields{"Name": "late"})
		if !errors.Is(err, errClosed) || !errors.Is(s.Reset(), errClosed) {
			t.Errorf("%v", err)
		}
		if stateOf(t, opts.Dir) != before {
			t.Error("the file changed")
		}
	})
}

// TestADrawIsKept though the operation only looks: a password, say, that comes
// again after a crash would be no password.
func TestADrawIsKept(t *testing.T) {
	s := newTestServer(t, Options{Dir: t.TempDir()})
	create(t, secretsClient(s, "us-west-2"), "s", "x")
	before := s.store.journal
	req := &request{scope: scope{region: "us-west-2"}, route: route{service: s.services["secretsmanager"], operation: "ListSecrets"}}
	for _, draws := range []bool{false, true} {
		op := operation{perform: func(any) (any, error) {
			if draws {
				s.world.global.env.UUID()
			}
			return nil, nil
		}}
		if _, err := s.kept(req, op, &secretsmanager.ListSecretsInput{}); err != nil {
			t.Fatal(err)
		}
		if kept := s.store.journal > before; kept != draws {
			t.Errorf("drawing %t is kept: %t", draws, kept)
		}
	}
}

// FuzzRecords: whatever follows the snapshot is read or refused.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{"", "{}\n", `{"at":"2026-01-01T00:00:00Z","region":"us-west-2","operation":"OwnSecret","input":{}}` + "\n", "{\n", "x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, journal []byte) {
		records, torn, err := readRecords(journal)
		if err != nil {
			return
		}
		if torn == (len(journal) == 0 || journal[len(journal)-1] == '\n') {
			t.Errorf("torn: %v", torn)
		}
		server := newTestServer(t, Options{})
		for _, r := range records {
			if _, err := json.Marshal(r); err != nil {
				t.Error(err)
			}
			if server.world.replay(server.services, r) != nil {
				return
			}
		}
	})
}
