package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const canary = "hunter2-the-canary"

// everything is a world whose plan has all that a plan can have.
func everything() world {
	return world{kinds: []string{"secret", "role", "task_definition"},
		desired: []node{
			{name: "secret/new", fields: fields{"/name": "new", "/secret": canary}},
			{name: "secret/rotated", fields: fields{"/name": "rotated", "/secret": canary, "/description": "a <b> & c"}},
			{name: "secret/left", fields: fields{"/name": "left", "/description": "ours"}, drift: spec.DriftReport},
			{name: "secret/kept", fields: fields{"/name": "kept"}},
			{name: "role/found", fields: fields{"/name": "found"}},
			{name: "role/theirs", fields: fields{"/name": "theirs"}},
			{name: "role/moving", fields: fields{"/fixed/path": "/new/"}},
			{name: "task_definition/web", fields: fields{"/cpu": "256"}, uses: []string{"/role=role/moving.arn", "/secret=secret/rotated.version"}},
		},
		observed: map[string]thing{
			"secret/rotated":      moved(fields{"/name": "rotated", "/secret": "x", "/description": "old"}),
			"secret/left":         moved(fields{"/name": "left", "/description": "theirs"}),
			"secret/kept":         ours(fields{"/name": "kept"}),
			"role/found":          {fields: fields{"/name": "found"}},
			"role/theirs":         {fields{"/name": "other"}, standing{Owner: "other/staging"}},
			"role/moving":         ours(fields{"/fixed/path": "/old/"}),
			"task_definition/web": ours(fields{"/cpu": "256", "/role": "arn:old", "/secret": "0"}),
			"secret/orphan":       ours(nil),
		},
		orphans: []string{"secret/orphan"},
	}
}

func head() plan.Head {
	return plan.Head{Environment: "staging", AccountID: "012345678901", Region: "us-west-2",
		Warnings: []string{"tasks/web.yaml:3: service: not converged yet"}, AWSCalls: map[string]int{"secretsmanager:ListSecrets": 1},
		Scope: plan.Scope{Tasks: []string{"web"}, Prune: true, Images: map[string]string{"": "example.org/web:1"}}}
}

func save(t testing.TB, p *plan.Plan) string {
	t.Helper()
	data, err := p.Save(head())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func shown(t *testing.T, showNoop bool) []byte {
	t.Helper()
	data, err := json.MarshalIndent(compute(t, everything()).Document(head(), showNoop), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}

func TestGoldenDocuments(t *testing.T) {
	golden(t, "plan.json", shown(t, false))
	golden(t, "noop.json", shown(t, true))
	golden(t, "saved.json", []byte(save(t, compute(t, everything()))))
}

func TestAnEmptyPlanHasListsAndNoNull(t *testing.T) {
	data, err := json.Marshal((&plan.Plan{}).Document(plan.Head{}, false))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"format_version":"1","environment":"","account_id":"","region":"",` +
		`"summary":{"create":0,"update":0,"replace":0,"delete":0,"noop":0},"changes":[],"warnings":[],"aws_calls":{}}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
}

func TestUnboundNamesWhatNoKeySeals(t *testing.T) {
	p := compute(t, world{kinds: []string{"secret"}, desired: []node{{name: "secret/sealed", fields: fields{"/secret": "x"}},
		{name: "secret/open", fields: fields{"/secret/unkeyed": "x"}}, {name: "secret/plain", fields: fields{"/a": "x"}}}})
	if diff := cmp.Diff([]resource.Key{key("secret/open")}, p.Unbound()); diff != "" {
		t.Error(diff)
	}
}

// Proofs and digests bind a saved plan. They are no use to a reader.
func TestOnlyASavedPlanIsBound(t *testing.T) {
	for name, text := range map[string]string{"shown": string(shown(t, true)), "saved": save(t, compute(t, everything()))} {
		for _, member := range []string{`"proof"`, `"digest"`, `"scope"`} {
			if got, want := strings.Contains(text, member), name == "saved"; got != want {
				t.Errorf("%s plan has %s: %v, want %v", name, member, got, want)
			}
		}
	}
}

// The fake kind leaves the values of sensitive fields where they are.
func TestNoDocumentShowsAValueThatIsSensitive(t *testing.T) {
	p := compute(t, everything())
	if !slices.ContainsFunc(p.Steps, func(s *plan.Step) bool {
		return slices.ContainsFunc(s.Fields, func(f resource.FieldChange) bool { return f.After == canary })
	}) {
		t.Fatal("the plan holds no canary, so that nothing is tested")
	}
	for name, text := range map[string]string{"shown": string(shown(t, true)), "saved": save(t, p)} {
		if strings.Contains(text, canary) {
			t.Errorf("the %s plan shows the canary", name)
		}
	}
}

func load(t *testing.T, text string) *plan.Saved {
	t.Helper()
	saved, err := plan.Load([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func matches(t *testing.T, s *plan.Saved, p *plan.Plan) bool {
	t.Helper()
	same, err := s.Matches(p)
	if err != nil {
		t.Fatal(err)
	}
	return same
}

func TestSavedAndLoadedMatches(t *testing.T) {
	saved := load(t, save(t, compute(t, everything())))
	if saved.Environment != "staging" || saved.AccountID != "012345678901" || saved.Region != "us-west-2" {
		t.Errorf("loaded %+v", saved)
	}
	if diff := cmp.Diff(head().Scope, saved.Scope); diff != "" {
		t.Errorf("scope (-want +got):\n%s", diff)
	}
	if !matches(t, saved, compute(t, everything())) {
		t.Error("the plan does not match itself")
	}
}

// Whatever moves between plan and apply, the saved plan is no longer it.
func TestAnyMoveBreaksTheMatch(t *testing.T) {
	edit := func(name, path, value string) func(*world) {
		return func(w *world) {
			i := slices.IndexFunc(w.desired, func(n node) bool { return n.name == name })
			w.desired[i].fields[path] = value
		}
	}
	observe := func(name, path, value string) func(*world) {
		return func(w *world) { w.observed[name].fields[path] = value }
	}
	cases := map[string]func(*world){
		"what is created":              edit("secret/new", "/name", "newer"),
		"what a field becomes":         edit("secret/rotated", "/description", "new"),
		"a sensitive value":            edit("secret/rotated", "/secret", "other"),
		"what a field was":             observe("secret/rotated", "/description", "older"),
		"another field":                observe("secret/rotated", "/name", "x"),
		"a noop that is one no more":   observe("secret/kept", "/name", "x"),
		"an object that has gone":      func(w *world) { delete(w.observed, "secret/kept") },
		"an orphan that has gone":      func(w *world) { delete(w.observed, "secret/orphan") },
		"an object that is new":        func(w *world) { w.desired = append(w.desired, node{name: "secret/more"}) },
		"an object that is not wanted": func(w *world) { w.desired = w.desired[1:] },
		"a drift policy":               func(w *world) { w.desired[2].drift = spec.DriftCorrect },
		"an owner":                     func(w *world) { w.observed["secret/kept"] = thing{fields: fields{"/name": "kept"}} },
		"whether it is drift":          func(w *world) { w.observed["secret/rotated"] = ours(w.observed["secret/rotated"].fields) },
		"what depends on what":         func(w *world) { w.desired[7].uses = w.desired[7].uses[:1] },
		"the owner of what is refused": func(w *world) {
			w.observed["role/theirs"] = thing{fields{"/name": "other"}, standing{Owner: "third/x"}}
		},
		"a field that is ignored by now": func(w *world) { w.desired[1].ignore = []string{"/description"} },
	}
	saved := load(t, save(t, compute(t, everything())))
	for name, move := range cases {
		t.Run(name, func(t *testing.T) {
			w := everything()
			move(&w)
			if matches(t, saved, compute(t, w)) {
				t.Error("the saved plan still matches")
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         "",
		"no JSON":         "plan:",
		"another version": `{"format_version":"2","changes":[]}`,
		"no version":      `{"changes":[]}`,
		"no changes":      `{"format_version":"1"}`,
		"a list":          `[]`,
		"two plans":       `{"format_version":"1","changes":[]}{}`,
	} {
		if _, err := plan.Load([]byte(text)); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	p, err := plan.Compute(owner, everything().groups())
	if err != nil {
		f.Fatal(err)
	}
	data, err := p.Save(head())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(data), "", "{}", `{"format_version":"1","changes":[]}`, `{"format_version":"1","changes":{"a":1e999}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		saved, err := plan.Load(text)
		if err != nil {
			return
		}
		same, err := saved.Matches(p)
		if err != nil {
			t.Fatal(err)
		}
		var given, own struct{ Changes json.RawMessage }
		if err := json.Unmarshal(text, &given); err != nil {
			t.Fatalf("loaded, and yet no JSON: %v", err)
		}
		if err := json.Unmarshal(data, &own); err != nil {
			t.Fatal(err)
		}
		if same && compact(t, given.Changes) != compact(t, own.Changes) {
			t.Error("another plan matches")
		}
	})
}

func compact(t *testing.T, text []byte) string {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
