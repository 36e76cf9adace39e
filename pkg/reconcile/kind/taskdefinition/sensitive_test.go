package taskdefinition

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

func TestCanonicalPlace(t *testing.T) {
	doc := parse(t, `{"containerDefinitions": [{"environment": [{"name": "A"}, {"name": "B/C"}], "command": ["x"], "dockerLabels": {"a/b": "1"}}]}`)
	for pointer, want := range map[string]string{
		"":                                      "",
		"/cpu":                                  "/cpu",
		"/containerDefinitions/0/environment":   "/containerDefinitions/0/environment",
		"/containerDefinitions/0/environment/0": "/containerDefinitions/0/environment/A",
		"/containerDefinitions/0/environment/1/value": "/containerDefinitions/0/environment/B~1C",
		"/containerDefinitions/0/environment/A":       "/containerDefinitions/0/environment/A",
		"/containerDefinitions/0/environment/9":       "/containerDefinitions/0/environment/9",
		"/containerDefinitions/0/command/0":           "/containerDefinitions/0/command/0",
		"/containerDefinitions/0/dockerLabels/a~1b":   "/containerDefinitions/0/dockerLabels/a~1b",
		"/containerDefinitions/7/image":               "/containerDefinitions/7",
		"/volumes/0/name":                             "/volumes/0/name",
	} {
		if got := canonicalPlace(rules(), doc, pointer); got != want {
			t.Errorf("%s: got %s, want %s", pointer, got, want)
		}
	}
}

func TestSensitiveTag(t *testing.T) {
	doc := parse(t, `{"containerDefinitions": [{"name": "app"}, {"name": "web"}]}`)
	at := func(container int, name string) string {
		return fmt.Sprintf("/containerDefinitions/%d/environment/%s", container, name)
	}
	var many places
	for i := range 40 {
		many = append(many, at(0, fmt.Sprintf("VARIABLE_%d", i)))
	}
	for _, c := range []struct {
		name   string
		hidden places
		want   string
	}{
		{"nothing", nil, ""},
		{"variables", places{at(1, "B"), at(0, "A"), at(0, "A")}, "app:A web:B"},
		{"too many variables", many, "environment"},
		{"a name that fits no tag", places{at(0, "A%")}, "environment"},
		{"a name of two words", places{at(0, "A B")}, "environment"},
		{"all variables", places{"/containerDefinitions/0/environment", at(0, "A")}, "environment"},
		{"another member", places{at(0, "A"), "/containerDefinitions/0/command/1"}, "everything"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sensitiveTag(doc, c.hidden); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// shown is everything that a diff lets a reader see.
func shown(t testing.TB, changes []resource.FieldChange) string {
	t.Helper()
	encoded, err := json.Marshal(changes)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestNoValueOutOfAVaultIsShown(t *testing.T) {
	const old, new = "c4n4ry-old", "c4n4ry-new"
	variable := func(name, value string) string {
		return `"environment": [{"name": "` + name + `", "value": "` + value + `"}]`
	}
	ownTags := map[string]string{spec.TagApplied: "digest", TagSensitive: "app:A"}
	for _, c := range []struct {
		name       string
		want, have string
		hidden     places
		tags       map[string]string
		paths      []string
	}{
		{"changed", inContainer(variable("A", new)), inContainer(variable("A", old)), places{"/containerDefinitions/0/environment/A"}, ownTags, []string{"/containerDefinitions/0/environment/A"}},
		{"added", inContainer(variable("A", new)), inContainer(""), places{"/containerDefinitions/0/environment/A"}, ownTags, []string{"/containerDefinitions/0/environment/A"}},
		{"no longer in the spec", inContainer(""), inContainer(variable("A", old)), nil, ownTags, []string{"/containerDefinitions/0/environment/A"}},
		{"no longer from the vault", inContainer(variable("A", "plain")), inContainer(variable("A", old)), nil, ownTags, []string{"/containerDefinitions/0/environment/A"}},
		{"more than the tag can name", inContainer(""), inContainer(variable("B", old)), nil,
			map[string]string{spec.TagApplied: "digest", TagSensitive: allVariables}, []string{"/containerDefinitions/0/environment/B"}},
		{"set by hand", inContainer(""), inContainer(variable("B", old)), nil, nil, []string{"/containerDefinitions/0/environment/B"}},
		{"in a new container", `{"containerDefinitions": [{"name": "app", ` + variable("A", new) + `}]}`, `{}`,
			places{"/containerDefinitions/0/environment/A"}, ownTags, []string{"/containerDefinitions/0"}},
		{"in a container that goes", `{}`, inContainer(variable("A", old)), nil, ownTags, []string{"/containerDefinitions/0"}},
		{"in somebody's container that goes", `{}`, inContainer(variable("B", old)), nil, nil, []string{"/containerDefinitions/0"}},
		{"in a renamed container", `{"containerDefinitions": [{"name": "web", "image": "busybox", ` + variable("A", "plain") + `}]}`, inContainer(variable("A", old)), nil,
			ownTags, []string{"/containerDefinitions/0/environment/A", "/containerDefinitions/0/name"}},
		{"in a command", inContainer(`"command": ["a", "` + new + `"]`), inContainer(`"command": ["a", "` + old + `"]`),
			places{"/containerDefinitions/0/command/1"}, map[string]string{spec.TagApplied: "digest", TagSensitive: everything}, []string{"/containerDefinitions/0/command"}},
		{"in a command no more", inContainer(`"command": ["a"]`), inContainer(`"command": ["a", "` + old + `"]`), nil,
			map[string]string{spec.TagApplied: "digest", TagSensitive: everything}, []string{"/containerDefinitions/0/command"}},
		{"in a health check", inContainer(`"healthCheck": {"command": ["` + new + `"]}`), inContainer(""),
			places{"/containerDefinitions/0/healthCheck/command/0"}, ownTags, []string{"/containerDefinitions/0/healthCheck"}},
		{"in a label", inContainer(`"dockerLabels": {"a": "` + new + `"}`), inContainer(`"dockerLabels": {"a": "` + old + `"}`),
			places{"/containerDefinitions/0/dockerLabels/a"}, ownTags, []string{"/containerDefinitions/0/dockerLabels/a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := testKind()
			want, have := parse(t, c.want), parse(t, c.have)
			got := k.Diff(Desired{document: want, canonical: canonical(k.rules, want), hidden: c.hidden},
				Observed{document: have, canonical: canonical(k.rules, have), tags: c.tags, hidden: hiddenBy(c.tags)})
			if d := cmp.Diff(c.paths, pathsOf(got)); d != "" {
				t.Errorf("paths (-want +got):\n%s", d)
			}
			if strings.Contains(shown(t, got), "c4n4ry") {
				t.Error("a value is shown")
			}
		})
	}
}

func TestOtherVariablesAreShown(t *testing.T) {
	k := testKind()
	want := parse(t, inContainer(`"environment": [{"name": "A", "value": "1"}]`))
	have := parse(t, inContainer(`"environment": [{"name": "A", "value": "2"}, {"name": "B", "value": "3"}]`))
	tags := map[string]string{spec.TagApplied: "digest"}
	got := k.Diff(Desired{canonical: canonical(k.rules, want)}, Observed{canonical: canonical(k.rules, have), tags: tags, hidden: hiddenBy(tags)})
	if d := cmp.Diff([]resource.FieldChange{
		{Path: "/containerDefinitions/0/environment/A", Before: "2", After: "1"},
		{Path: "/containerDefinitions/0/environment/B", Before: "3"},
	}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestStatesPrintAsNames(t *testing.T) {
	d := Desired{family: "f", document: parse(t, inContainer(`"image": "c4n4ry"`))}
	o := Observed{family: "f", revision: 3, document: d.document}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", d, d, d, d), fmt.Sprintf("%v %+v %#v %s", o, o, o, o)} {
		if strings.Contains(text, "c4n4ry") || !strings.Contains(text, "task definition f") {
			t.Errorf("printed as %s", text)
		}
	}
}

func TestDigestHoldsNoValueOutOfAVault(t *testing.T) {
	k := testKind()
	of := func(value string) string {
		doc := canonical(k.rules, parse(t, inContainer(`"environment": [{"name": "A", "value": "`+value+`"}]`)))
		return k.digest(Desired{said: doc, hidden: places{"/containerDefinitions/0/environment/A"}})
	}
	if of("one") != of("two") {
		t.Error("the digest tells two values apart")
	}
}

func TestValuesOfHiddenPlaces(t *testing.T) {
	doc := map[string]any{"family": "shown", "containerDefinitions": []any{
		map[string]any{"environment": map[string]any{"TOKEN": "hidden", "STAGE": "shown"}, "command": []any{"first", "second"}}}}
	ps := places{"/containerDefinitions/0/environment/TOKEN", "/containerDefinitions/0/command"}
	if got := ps.values("", doc); !slices.Equal(got, []string{"first", "second", "hidden"}) {
		t.Errorf("the hidden values are %v", got)
	}
}
