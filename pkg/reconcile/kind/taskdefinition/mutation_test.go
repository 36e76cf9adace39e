package taskdefinition

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/google/go-cmp/cmp"
)

// orderedLists are the lists whose order means something; a difference in one
// is reported as the whole list.
func orderedLists() []string {
	const c = "containerDefinitions/*/"
	return []string{c + "command", c + "dnsSearchDomains", c + "dnsServers", c + "entryPoint", c + "healthCheck/command"}
}

// wantPaths says how a change of one leaf is reported.
func wantPaths(l leaf) []string {
	parent, last := strings.TrimSuffix(l.place(), "/*/"+l.path[len(l.path)-1]), l.path[len(l.path)-1]
	names, isPair := pairs()[parent]
	up := func(n int) string { return "/" + strings.Join(l.path[:len(l.path)-n], "/") }
	switch {
	case l.path[0] == "family" || l.path[0] == "tags":
		return []string{}
	case isPair && last == names[0]:
		return []string{up(2) + "/" + l.value.(string), up(2) + "/" + changed(l.value).(string)}
	case slices.Contains(orderedLists(), strings.TrimSuffix(l.place(), "/*")):
		return []string{up(1)}
	default:
		return []string{l.pointer()}
	}
}

func TestEveryMemberIsNoticed(t *testing.T) {
	k, sample := testKind(), fullSample()
	for _, l := range leaves(sample) {
		want := wantPaths(l)
		if name, value := pairOf(sample, l); name != "" && value {
			want = []string{"/" + strings.Join(l.path[:len(l.path)-2], "/") + "/" + name}
		}
		mutant := with(sample, l.path, changed(l.value))
		if d := cmp.Diff(want, pathsOf(diff(k, mutant, sample))); d != "" {
			t.Errorf("%s changed in the spec (-want +got):\n%s", l.pointer(), d)
		}
		if got := diff(k, sample, mutant); (len(got) == 0) != (len(want) == 0) {
			t.Errorf("%s changed in AWS: %d changes", l.pointer(), len(got))
		}
	}
}

// pairOf is the name of the pair that a leaf is in, and whether the leaf is
// its value.
func pairOf(sample map[string]any, l leaf) (name string, isValue bool) {
	if len(l.path) < 3 {
		return "", false
	}
	parent := strings.TrimSuffix(l.place(), "/*/"+l.path[len(l.path)-1])
	names, ok := pairs()[parent]
	if !ok {
		return "", false
	}
	at := any(sample)
	for _, token := range l.path[:len(l.path)-1] {
		at = step(at, token)
	}
	return text(object(at)[names[0]]), l.path[len(l.path)-1] == names[1]
}

func TestEveryMemberIsMissed(t *testing.T) {
	k, sample := testKind(), fullSample()
	for _, l := range leaves(sample) {
		last := l.path[len(l.path)-1]
		if name, _ := pairOf(sample, l); name != "" || l.path[0] == "family" || l.path[0] == "tags" {
			continue
		}
		if last == "key" || strings.Trim(last, "0123456789") == "" {
			continue // taken out with its map or list, below
		}
		without := with(sample, l.path, nil)
		for _, got := range [][]string{pathsOf(diff(k, without, sample)), pathsOf(diff(k, sample, without))} {
			if len(got) != 1 || !strings.HasPrefix(l.pointer(), got[0]) {
				t.Errorf("%s taken out: reported as %v", l.pointer(), got)
			}
		}
	}
}

func TestEveryMemberMissingAltogether(t *testing.T) {
	k, sample := testKind(), fullSample()
	containers := object(list(sample["containerDefinitions"])[0])
	for _, name := range union(sample, nil) {
		if name == "family" || name == "tags" {
			continue
		}
		if len(diff(k, with(sample, []string{name}, nil), sample)) == 0 {
			t.Errorf("/%s taken out goes unseen", name)
		}
	}
	for _, name := range union(containers, nil) {
		if len(diff(k, with(sample, []string{"containerDefinitions", "0", name}, nil), sample)) == 0 {
			t.Errorf("/containerDefinitions/0/%s taken out goes unseen", name)
		}
	}
}

func TestEveryDefaultMayBeWritten(t *testing.T) {
	k, sample := testKind(), fullSample()
	byPlace := map[string]leaf{}
	for _, l := range leaves(sample) {
		byPlace[l.place()] = l
	}
	for place, value := range defaults() {
		l, ok := byPlace[place]
		if !ok {
			t.Errorf("the default of %s is for a member that the SDK does not know", place)
			continue
		}
		if got := diff(k, with(sample, l.path, value), with(sample, l.path, nil)); len(got) > 0 {
			t.Errorf("%s written out: %v", place, pathsOf(got))
		}
	}
}

// A new SDK may bring members whose defaults, order or keys need a decision.
func TestEveryMemberIsClassified(t *testing.T) {
	c := &classifier{t: t, boolsWithoutDefault: []string{"containerDefinitions/*/restartPolicy/enabled"}}
	c.visit(reflect.TypeFor[ecs.RegisterTaskDefinitionInput](), "")
	for place := range sets() {
		c.want(c.lists, place, "set")
	}
	for place := range pairs() {
		c.want(c.lists, place, "pairs")
	}
	for _, place := range free() {
		c.want(c.maps, place, "free map")
	}
	for _, place := range implied() {
		c.want(c.structs, place, "implied object")
	}
}

type classifier struct {
	t                    *testing.T
	boolsWithoutDefault  []string
	lists, maps, structs []string
}

func (c *classifier) want(known []string, place, as string) {
	if !slices.Contains(known, place) {
		c.t.Errorf("%s is classified as %s, and the SDK has none there", place, as)
	}
}

func (c *classifier) visit(typ reflect.Type, place string) {
	switch typ.Kind() {
	case reflect.Pointer:
		c.visit(typ.Elem(), place)
	case reflect.Struct:
		c.structs = append(c.structs, place)
		for i := range typ.NumField() {
			if f := typ.Field(i); f.IsExported() {
				name := strings.ToLower(f.Name[:1]) + f.Name[1:]
				c.visit(f.Type, strings.TrimPrefix(place+"/"+name, "/"))
			}
		}
	case reflect.Slice:
		c.list(typ, place)
		c.visit(typ.Elem(), place+"/*")
	case reflect.Interface:
		variant := reflect.TypeOf(sharing(typ)).Elem()
		c.visit(variant.Field(0).Type, place+"/nvidiaMps")
	case reflect.Map:
		c.maps = append(c.maps, place)
		if !slices.Contains(free(), place) {
			c.t.Errorf("%s is a map that is not among free()", place)
		}
	case reflect.Bool:
		if _, ok := defaults()[place]; !ok && !slices.Contains(c.boolsWithoutDefault, place) {
			c.t.Errorf("%s is a boolean: decide whether absent means false or true", place)
		}
	}
}

func (c *classifier) list(typ reflect.Type, place string) {
	c.lists = append(c.lists, place)
	_, isSet := sets()[place]
	_, isPairs := pairs()[place]
	if isPairs && typ.Elem().NumField() != 3 { // two members and the SDK's marker
		c.t.Errorf("%s: a pair has other members than a name and a value", place)
	}
	if !isSet && !isPairs && !slices.Contains(orderedLists(), place) && place != "tags" {
		c.t.Errorf("%s is a list: decide whether its order counts", place)
	}
}
