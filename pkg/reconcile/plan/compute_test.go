package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func compute(t testing.TB, w world) *plan.Plan {
	t.Helper()
	p, err := plan.Compute(owner, w.groups())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outline is a step on one line: what it does, why, to which paths of what
// exists.
func outline(p *plan.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		line := fmt.Sprintf("%s %s/%s", s.Action, s.Key.Type, s.Key.Name)
		if s.Reason != "" {
			line += " (" + string(s.Reason) + ")"
		}
		for _, f := range s.Fields {
			if s.Action != resource.Create {
				line += " " + f.Path
			}
		}
		if s.Held != "" {
			line += " held by " + s.Held
		}
		if s.Blocked != nil {
			line += " blocked"
		}
		out = append(out, line)
	}
	return out
}

func TestActionsAndReasons(t *testing.T) {
	const name = "secret/db"
	foreign := standing{Owner: "other/staging"}
	cases := []struct {
		name     string
		node     node
		observed *thing
		want     string
	}{
		{"absent", node{fields: fields{"/a": "1"}}, nil, "create secret/db (missing)"},
		{"equal", node{fields: fields{"/a": "1"}}, new(ours(fields{"/a": "1"})), "noop secret/db"},
		{"equal and moved", node{fields: fields{"/a": "1"}}, new(moved(fields{"/a": "1"})), "noop secret/db"},
		{"spec changed", node{fields: fields{"/a": "2"}}, new(ours(fields{"/a": "1"})), "update secret/db (spec_changed) /a"},
		{"drift", node{fields: fields{"/a": "1"}}, new(moved(fields{"/a": "9"})), "update secret/db (drift) /a"},
		{"drift reported", node{fields: fields{"/a": "1"}, drift: spec.DriftReport}, new(moved(fields{"/a": "9"})),
			"update secret/db (drift) /a held by drift: report"},
		{"drift ignored", node{fields: fields{"/a": "1"}, drift: spec.DriftIgnore}, new(moved(fields{"/a": "9"})), "noop secret/db"},
		{"drift corrected", node{fields: fields{"/a": "1"}, drift: spec.DriftCorrect}, new(moved(fields{"/a": "9"})),
			"update secret/db (drift) /a"},
		{"a change of the spec is not held", node{fields: fields{"/a": "2"}, drift: spec.DriftReport}, new(ours(fields{"/a": "1"})),
			"update secret/db (spec_changed) /a"},
		{"a replacement", node{fields: fields{"/fixed": "2"}}, new(ours(fields{"/fixed": "1"})), "replace secret/db (replaced) /fixed"},
		{"a replacement because of drift is held too", node{fields: fields{"/fixed": "2"}, drift: spec.DriftReport},
			new(moved(fields{"/fixed": "1"})), "replace secret/db (replaced) /fixed held by drift: report"},
		{"a replacement because of ignored drift", node{fields: fields{"/fixed": "2"}, drift: spec.DriftIgnore},
			new(moved(fields{"/fixed": "1"})), "noop secret/db"},
		{"nobody's", node{fields: fields{"/a": "1"}}, &thing{fields: fields{"/a": "2"}}, "update secret/db (adopted) /a"},
		{"nobody's and equal", node{fields: fields{"/a": "1"}}, &thing{fields: fields{"/a": "1"}}, "update secret/db (adopted)"},
		{"nobody's and not changeable", node{fields: fields{"/fixed": "1"}}, &thing{fields: fields{"/fixed": "2"}},
			"replace secret/db (adopted) /fixed"},
		{"nobody's is no drift", node{fields: fields{"/a": "1"}, drift: spec.DriftIgnore}, &thing{fields{"/a": "2"}, standing{Moved: true}},
			"update secret/db (adopted) /a"},
		{"another owner's", node{fields: fields{"/a": "1"}}, &thing{fields{"/a": "2"}, foreign}, "update secret/db (spec_changed) /a blocked"},
		{"another owner's and equal", node{fields: fields{"/a": "1"}}, &thing{fields{"/a": "1"}, foreign}, "update secret/db (spec_changed) blocked"},
		{"another owner's is never ignored drift", node{fields: fields{"/a": "1"}, drift: spec.DriftIgnore},
			&thing{fields{"/a": "2"}, standing{Owner: "other/staging", Moved: true}}, "update secret/db (drift) /a blocked"},
		{"refused", node{fields: fields{"/a": "1"}}, &thing{fields{"/a": "2"}, standing{Owner: owner, Refuse: "it rotates"}},
			"update secret/db (spec_changed) /a blocked"},
		{"refused and equal", node{fields: fields{"/a": "1"}}, &thing{fields{"/a": "1"}, standing{Owner: owner, Refuse: "it rotates"}},
			"noop secret/db"},
		{"refused and nobody's", node{fields: fields{"/a": "1"}}, &thing{fields{"/a": "1"}, standing{Refuse: "it is a service's"}},
			"update secret/db (adopted) blocked"},
		{"a field that is ignored", node{fields: fields{"/a": "1", "/b": "1"}, ignore: []string{"/b"}},
			new(ours(fields{"/a": "1", "/b": "9"})), "noop secret/db"},
		{"ignored beside one that is not", node{fields: fields{"/a": "1", "/b": "1"}, ignore: []string{"/b"}},
			new(ours(fields{"/a": "9", "/b": "9"})), "update secret/db (spec_changed) /a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := world{kinds: []string{"secret"}, desired: []node{c.node}, observed: map[string]thing{}}
			w.desired[0].name = name
			if c.observed != nil {
				w.observed[name] = *c.observed
			}
			if diff := cmp.Diff([]string{c.want}, outline(compute(t, w))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBlockedSaysWhyAndWhatToDo(t *testing.T) {
	w := world{kinds: []string{"role"}, desired: []node{{name: "role/r", fields: fields{"/a": "1"}}, {name: "role/s", fields: fields{"/a": "1"}}},
		observed: map[string]thing{"role/r": {fields{"/a": "2"}, standing{Owner: "other/prod"}},
			"role/s": {fields{"/a": "2"}, standing{Owner: owner, Refuse: "it is service-linked"}}}}
	p := compute(t, w)
	if n := len(p.Blocked()); n != 2 {
		t.Fatalf("%d steps are blocked, want 2", n)
	}
	for i, want := range []string{"belongs to other/prod", "it is service-linked"} {
		got := p.Blocked()[i].Blocked
		if got.Class != resource.Conflict || !strings.Contains(got.Message, want) {
			t.Errorf("blocked: %s %q, want a conflict that says %q", got.Class, got.Message, want)
		}
	}
	if hint := p.Blocked()[0].Blocked.Hint; !strings.Contains(hint, "manage: false") {
		t.Errorf("hint is %q, want the way out", hint)
	}
}

func TestAdoptions(t *testing.T) {
	w := world{kinds: []string{"role"}, desired: []node{{name: "role/blocked"}, {name: "role/free"}, {name: "role/mine"}},
		observed: map[string]thing{"role/blocked": {nil, standing{Refuse: "no"}}, "role/free": {}, "role/mine": ours(nil)}}
	got := compute(t, w).Adoptions()
	if len(got) != 1 || got[0].Key.Name != "free" {
		t.Errorf("adoptions are %v, want role/free alone", got)
	}
}

func TestDependencyOrder(t *testing.T) {
	w := world{kinds: []string{"task", "role", "secret"}, desired: []node{
		{name: "task/b", uses: []string{"/role=role/r.arn", "/secret1=secret/z.arn"}},
		{name: "task/a"},
		{name: "role/r", uses: []string{"/from=secret/z.arn"}},
		{name: "secret/z"}, {name: "secret/y"},
	}}
	want := []string{"create secret/z (missing)", "create role/r (missing)", "create task/b (missing)", "create task/a (missing)", "create secret/y (missing)"}
	p := compute(t, w)
	if diff := cmp.Diff(want, outline(p)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]resource.Key{key("role/r"), key("secret/z")}, p.Steps[2].DependsOn); diff != "" {
		t.Errorf("task/b depends on:\n%s", diff)
	}
}

func TestACreationListsWhatItMakes(t *testing.T) {
	got := compute(t, world{kinds: []string{"secret"}, desired: []node{{name: "secret/a", fields: fields{"/x": "1", "/secret": "s"}}}}).Steps[0]
	want := []resource.FieldChange{{Path: "/secret", After: "s", Sensitive: true, Proof: proof("s")}, {Path: "/x", After: "1"}}
	if diff := cmp.Diff(want, got.Fields); diff != "" {
		t.Error(diff)
	}
	if got.Digest != "/x=1;" {
		t.Errorf("digest is %q", got.Digest)
	}
}

func TestALookupThatIsRepeatedIsOneEdge(t *testing.T) {
	w := world{kinds: []string{"secret", "task"}, desired: []node{{name: "secret/z"},
		{name: "task/b", uses: []string{"/x=secret/z.arn", "/y=secret/z.version"}}}}
	if got := compute(t, w).Steps[1].DependsOn; len(got) != 1 {
		t.Errorf("depends on %v, want secret/z once", got)
	}
}

func TestProblemsNameTheWay(t *testing.T) {
	cases := []struct {
		name string
		w    world
		want []string
	}{
		{"an object that uses itself", world{kinds: []string{"a"}, desired: []node{{name: "a/x", uses: []string{"/f=a/x.arn"}}}},
			[]string{"tasks/web.yaml:7: a x: it depends on itself (a x → a x)"}},
		{"a cycle shows the cycle and not the way into it", world{kinds: []string{"a"}, desired: []node{
			{name: "a/in", uses: []string{"/f=a/x.arn"}},
			{name: "a/x", uses: []string{"/f=a/y.arn"}}, {name: "a/y", uses: []string{"/f=a/z.arn"}}, {name: "a/z", uses: []string{"/f=a/x.arn"}}}},
			[]string{"tasks/web.yaml:7: a x: it depends on itself (a x → a y → a z → a x)"}},
		{"an object that is not declared", world{kinds: []string{"a"}, desired: []node{{name: "a/x", uses: []string{"/f=a/y.arn"}}}},
			[]string{"tasks/web.yaml:7: a y: nothing declares it (a x → a y)"}},
		{"a kind that does not exist", world{kinds: []string{"a"}, desired: []node{{name: "a/x", uses: []string{"/f=b/y.arn"}}}},
			[]string{"tasks/web.yaml:7: b y: nothing declares it (a x → b y)"}},
		{"every problem", world{kinds: []string{"a"}, desired: []node{{name: "a/x", uses: []string{"/f=a/1.arn", "/g=a/2.arn"}}}},
			[]string{"tasks/web.yaml:7: a 1: nothing declares it (a x → a 1)", "tasks/web.yaml:7: a 2: nothing declares it (a x → a 2)"}},
		{"a state that cannot be built", world{kinds: []string{"a"}, desired: []node{{name: "a/x", err: errors.New("it is crooked")}}},
			[]string{"tasks/web.yaml:7: a x: it is crooked"}},
		{"a complaint with a place of its own", world{kinds: []string{"a"}, desired: []node{
			{name: "a/x", err: fmt.Errorf("build: %w", &spec.Error{At: spec.Position{File: "f", Line: 1}, Message: "bad"})}}},
			[]string{"f:1: bad"}},
		{"several complaints at once", world{kinds: []string{"a"}, desired: []node{
			{name: "a/x", err: spec.Errors{{Message: "one"}, {Message: "two"}}}}}, []string{"one", "two"}},
		{"an object that is declared twice", world{kinds: []string{"a"}, desired: []node{{name: "a/x"}, {name: "a/x"}}},
			[]string{"tasks/web.yaml:7: a x is declared twice, also at tasks/web.yaml:7"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := plan.Compute(owner, c.w.groups())
			if p != nil || err == nil {
				t.Fatalf("plan %v, error %v, want only an error", p, err)
			}
			if diff := cmp.Diff(c.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			if one := (*spec.Error)(nil); !errors.As(err, &one) {
				t.Error("the input is not blamed")
			}
		})
	}
}

// What a change will alter is not known before it is applied, and so whatever
// is built from it differs too.
func TestKnownAfterApply(t *testing.T) {
	user := node{name: "task/b", fields: fields{"/name": "b"}, uses: []string{"/v=secret/s.version"}}
	secret := node{name: "secret/s", fields: fields{"/name": "s", "/x": "1"}}
	settled := ours(fields{"/name": "s", "/x": "1"})
	b := func(version string) thing { return ours(fields{"/name": "b", "/v": version}) }
	report, promised := secret, secret
	report.drift, promised.arn = spec.DriftReport, "arn:s"
	byARN := user
	byARN.uses = []string{"/v=secret/s.arn"}
	replaced := node{name: "secret/s", fields: fields{"/fixed": "2"}}
	cases := []struct {
		name     string
		desired  []node
		observed map[string]thing
		want     string
		after    any
	}{
		{"nothing pending", []node{secret, user}, map[string]thing{"secret/s": settled, "task/b": b("1")}, "noop task/b", nil},
		{"a change pending", []node{secret, user}, map[string]thing{"secret/s": ours(fields{"/name": "s"}), "task/b": b("1")},
			"update task/b (spec_changed) /v", resource.KnownAfterApply},
		{"an output that the change leaves", []node{secret, byARN}, map[string]thing{"secret/s": ours(fields{"/name": "s"}), "task/b": b("arn:s")},
			"noop task/b", nil},
		{"a change that is held is not pending", []node{report, user}, map[string]thing{"secret/s": moved(fields{"/name": "s"}), "task/b": b("1")},
			"noop task/b", nil},
		{"an absent object", []node{secret, byARN}, map[string]thing{"task/b": b("arn:s")}, "update task/b (spec_changed) /v", resource.KnownAfterApply},
		{"an absent object that promises", []node{promised, byARN}, map[string]thing{"task/b": b("arn:s")}, "noop task/b", nil},
		{"an object to be replaced", []node{replaced, byARN},
			map[string]thing{"secret/s": ours(fields{"/fixed": "1", "/name": "s"}), "task/b": b("arn:s")}, "update task/b (spec_changed) /v", resource.KnownAfterApply},
		{"an output that does not exist", []node{secret, {name: "task/b", uses: []string{"/v=secret/s.colour"}}},
			map[string]thing{"secret/s": settled, "task/b": b("1")}, "update task/b (spec_changed) /v", resource.KnownAfterApply},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := compute(t, world{kinds: []string{"secret", "task"}, desired: c.desired, observed: c.observed})
			if got := outline(p)[1]; got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
			if c.after != nil && p.Steps[1].Fields[0].After != c.after {
				t.Errorf("after is %v, want %v", p.Steps[1].Fields[0].After, c.after)
			}
		})
	}
}

func TestDeletionsComeLastKindsReversed(t *testing.T) {
	w := world{kinds: []string{"secret", "role", "task"}, desired: []node{{name: "secret/kept"}},
		orphans: []string{"secret/b", "secret/a", "task/t", "role/r", "role/gone"},
		observed: map[string]thing{"secret/b": ours(nil), "secret/a": ours(nil), "task/t": ours(nil), "role/r": ours(nil),
			"secret/kept": ours(nil)}}
	want := []string{"noop secret/kept", "delete task/t (orphaned)", "delete role/r (orphaned)",
		"delete secret/a (orphaned)", "delete secret/b (orphaned)"}
	if diff := cmp.Diff(want, outline(compute(t, w))); diff != "" {
		t.Error(diff)
	}
}

func TestSummaryCountsEveryAction(t *testing.T) {
	p := compute(t, everything())
	if want := (plan.Summary{Create: 1, Update: 5, Replace: 1, Delete: 1, Noop: 1}); p.Summary() != want {
		t.Errorf("summary is %+v, want %+v", p.Summary(), want)
	}
	if !p.HasChanges() {
		t.Error("a plan with changes says that it has none")
	}
	if compute(t, world{kinds: []string{"a"}, desired: []node{{name: "a/x"}}, observed: map[string]thing{"a/x": ours(nil)}}).HasChanges() {
		t.Error("an empty plan says that it has changes")
	}
}

// Maps are walked in another order every time, plans never.
func TestTheSamePlanEveryTime(t *testing.T) {
	first := save(t, compute(t, everything()))
	for range 100 {
		w := everything()
		slices.Reverse(w.orphans)
		if diff := cmp.Diff(first, save(t, compute(t, w))); diff != "" {
			t.Fatal(diff)
		}
	}
}
