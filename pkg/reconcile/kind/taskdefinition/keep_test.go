package taskdefinition

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKeep(t *testing.T) {
	const want = `{"cpu": "256", "containerDefinitions": [
		{"name": "app", "image": "app:1", "command": ["a", "b"], "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
		 "portMappings": [{"containerPort": 80}]},
		{"name": "log", "image": "log:1"}]}`
	const have = `{"cpu": "512", "memory": "1024", "containerDefinitions": [
		{"name": "log", "image": "log:2"},
		{"name": "spy", "image": "spy:2"},
		{"name": "app", "image": "app:2", "command": ["a", "c"], "environment": [{"name": "B", "value": "2"}, {"name": "C", "value": "2"}],
		 "portMappings": [{"containerPort": 443, "protocol": "tcp"}, {"containerPort": 80, "hostPort": 8080, "protocol": "tcp"}]}]}`
	for _, c := range []struct {
		name    string
		ignore  []string
		changed []string // what is left of a diff, of all that differs
	}{
		{"nothing", nil, all()},
		{"a scalar", []string{"/cpu"}, all("/cpu")},
		{"a scalar that the spec has not", []string{"/memory"}, all("/memory")},
		{"a container's image", []string{"/containerDefinitions/0/image"}, all("/containerDefinitions/0/image")},
		{"another container's image", []string{"/containerDefinitions/1/image"}, all("/containerDefinitions/1/image")},
		{"both", []string{"/containerDefinitions/0/image", "/containerDefinitions/1/image"}, all("/containerDefinitions/0/image", "/containerDefinitions/1/image")},
		{"a variable by name", []string{"/containerDefinitions/0/environment/B"}, all("/containerDefinitions/0/environment/B")},
		{"a variable by index", []string{"/containerDefinitions/0/environment/1/value"}, all("/containerDefinitions/0/environment/B")},
		{"a variable that only AWS has", []string{"/containerDefinitions/0/environment/C"}, all("/containerDefinitions/0/environment/C")},
		{"a variable that only the spec has", []string{"/containerDefinitions/0/environment/A"}, all("/containerDefinitions/0/environment/A")},
		{"all variables", []string{"/containerDefinitions/0/environment"},
			all("/containerDefinitions/0/environment/A", "/containerDefinitions/0/environment/B", "/containerDefinitions/0/environment/C")},
		{"a word of a command", []string{"/containerDefinitions/0/command/1"}, all("/containerDefinitions/0/command")},
		{"a command", []string{"/containerDefinitions/0/command"}, all("/containerDefinitions/0/command")},
		{"a port that the spec has", []string{"/containerDefinitions/0/portMappings/0/hostPort"}, all("/containerDefinitions/0/portMappings/0/hostPort")},
		{"a port that only AWS has", []string{"/containerDefinitions/0/portMappings/1"}, all("/containerDefinitions/0/portMappings/1")},
		{"a container that only AWS has", []string{"/containerDefinitions/2"}, all("/containerDefinitions/2")},
		{"what nobody has", []string{"/pidMode", "/runtimePlatform/cpuArchitecture", "/containerDefinitions/9/image", "/volumes/0/name", "/containerDefinitions/x/image"}, all()},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := testKind()
			desired, observed := parse(t, want), parse(t, have)
			d := Desired{document: desired, canonical: canonical(k.rules, desired), tags: map[string]string{}}
			o := Observed{document: observed, canonical: canonical(k.rules, observed)}
			kept := k.Keep(d, o, c.ignore)
			if diff := cmp.Diff(c.changed, pathsOf(k.Diff(kept, o))); diff != "" {
				t.Errorf("still different (-want +got):\n%s", diff)
			}
			if len(c.changed) == len(all()) {
				if diff := cmp.Diff(parse(t, want), kept.document); diff != "" {
					t.Errorf("the document changed:\n%s", diff)
				}
			}
			if diff := cmp.Diff(parse(t, want), d.document); diff != "" {
				t.Errorf("what is desired was altered in place:\n%s", diff)
			}
			if _, err := k.input(kept, nil); err != nil {
				t.Errorf("what is kept cannot be registered: %v", err)
			}
		})
	}
}

// all is every difference of TestKeep's documents but some.
func all(but ...string) []string {
	var out []string
	for _, path := range []string{
		"/containerDefinitions/0/command",
		"/containerDefinitions/0/environment/A",
		"/containerDefinitions/0/environment/B",
		"/containerDefinitions/0/environment/C",
		"/containerDefinitions/0/image",
		"/containerDefinitions/0/portMappings/0/hostPort",
		"/containerDefinitions/0/portMappings/1",
		"/containerDefinitions/1/image",
		"/containerDefinitions/2",
		"/cpu",
		"/memory",
	} {
		if !slices.Contains(but, path) {
			out = append(out, path)
		}
	}
	return out
}

func FuzzKeep(f *testing.F) {
	for _, pointer := range []string{"/cpu", "/containerDefinitions/0/environment/A", "/containerDefinitions/9", "//", "/volumes/0/name/x", "x", "/containerDefinitions/-1"} {
		f.Add(pointer)
	}
	k := testKind()
	f.Fuzz(func(t *testing.T, pointer string) {
		want := parse(t, inContainer(`"command": ["a"], "environment": [{"name": "A", "value": "1"}]`))
		have := parse(t, `{"cpu": "256", "containerDefinitions": [{"name": "web"}, {"name": "app", "command": ["b", "c"]}]}`)
		d := Desired{document: want, canonical: canonical(k.rules, want)}
		o := Observed{document: have, canonical: canonical(k.rules, have)}
		kept := k.Keep(d, o, []string{pointer})
		if len(k.Diff(kept, o)) > len(k.Diff(d, o)) {
			t.Errorf("%q makes more differences: %v", pointer, pathsOf(k.Diff(kept, o)))
		}
		canonicalPlace(k.rules, want, pointer)
	})
}
