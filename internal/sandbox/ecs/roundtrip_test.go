package ecs

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// TestFixturesSetEveryMember keeps the fixtures complete when the SDK grows:
// every member of a registration is set by one of them.
func TestFixturesSetEveryMember(t *testing.T) {
	set := map[string]bool{}
	for _, in := range fixtures(t) {
		markSet(set, "", reflect.ValueOf(*in))
	}
	all := map[string]bool{}
	listMembers(all, "", reflect.TypeFor[ecs.RegisterTaskDefinitionInput]())
	if len(all) < 100 {
		t.Fatalf("only %d members found", len(all))
	}
	for path := range all {
		if !set[path] && !strings.HasPrefix(path, ".InferenceAccelerators.") { // refused whatever they hold
			t.Errorf("no fixture sets %s", path)
		}
	}
}

// TestEveryMemberComesBack registers the fixtures and finds each value that
// they set in the description.
func TestEveryMemberComesBack(t *testing.T) {
	for name, in := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			b := newBackend()
			register(t, b, in)
			out, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{
				TaskDefinition: in.Family, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
			})
			if err != nil {
				t.Fatal(err)
			}
			want, got := clone(*in), *out.TaskDefinition
			if want.Cpu != nil {
				want.Cpu, want.Memory = new("1024"), new("2048")
			}
			sortLists(want.ContainerDefinitions)
			sortLists(got.ContainerDefinitions)
			for _, lost := range missing("", reflect.ValueOf(want), reflect.ValueOf(got)) {
				if !strings.HasPrefix(lost, ".Tags") {
					t.Errorf("lost %s", lost)
				}
			}
			for _, lost := range missing(".Tags", reflect.ValueOf(want.Tags), reflect.ValueOf(out.Tags)) {
				t.Errorf("lost %s", lost)
			}
		})
	}
}

// sortLists orders what ECS does not keep in order.
func sortLists(containers []types.ContainerDefinition) {
	for _, c := range containers {
		slices.SortFunc(c.Environment, func(a, b types.KeyValuePair) int { return strings.Compare(*a.Name, *b.Name) })
		slices.SortFunc(c.Secrets, func(a, b types.Secret) int { return strings.Compare(*a.Name, *b.Name) })
	}
}

// listMembers lists the paths of a type's leaves.
func listMembers(out map[string]bool, path string, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		listMembers(out, path, t.Elem())
	case reflect.Interface:
		listMembers(out, path, reflect.TypeFor[types.SharingStrategyMemberNvidiaMps]())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				listMembers(out, path+"."+f.Name, f.Type)
			}
		}
	default:
		out[path] = true
	}
}

// markSet marks the paths of leaves that a value sets.
func markSet(out map[string]bool, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			markSet(out, path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			markSet(out, path, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				markSet(out, path+"."+f.Name, v.Field(i))
			}
		}
	default:
		if !v.IsZero() || v.Kind() == reflect.Bool || v.Kind() == reflect.Int32 && strings.HasSuffix(path, "IgnoredExitCodes") {
			out[path] = true
		}
	}
}

// missing lists the leaves of want that got lacks or has otherwise.
func missing(path string, want, got reflect.Value) []string {
	switch want.Kind() {
	case reflect.Pointer, reflect.Interface:
		if want.IsNil() {
			return nil
		}
		if got.IsNil() {
			return []string{path}
		}
		return missing(path, want.Elem(), got.Elem())
	case reflect.Slice:
		return missingItems(path, want, got)
	case reflect.Struct:
		return missingFields(path, want, got)
	}
	if want.IsZero() || reflect.DeepEqual(want.Interface(), got.Interface()) {
		return nil
	}
	return []string{fmt.Sprintf("%s: want %v, got %v", path, want.Interface(), got.Interface())}
}

func missingItems(path string, want, got reflect.Value) []string {
	if want.Len() == 0 {
		return nil
	}
	if want.Len() != got.Len() {
		return []string{fmt.Sprintf("%s: want %d items, got %d", path, want.Len(), got.Len())}
	}
	var out []string
	for i := range want.Len() {
		out = append(out, missing(fmt.Sprintf("%s[%d]", path, i), want.Index(i), got.Index(i))...)
	}
	return out
}

func missingFields(path string, want, got reflect.Value) []string {
	var out []string
	for i := range want.NumField() {
		name := want.Type().Field(i).Name
		if !want.Type().Field(i).IsExported() {
			continue
		}
		other := got.FieldByName(name)
		if !other.IsValid() {
			out = append(out, path+"."+name)
			continue
		}
		out = append(out, missing(path+"."+name, want.Field(i), other)...)
	}
	return out
}
