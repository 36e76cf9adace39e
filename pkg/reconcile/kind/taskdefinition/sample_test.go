package taskdefinition

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec/shape"
)

// testKind is a kind that must not reach AWS.
func testKind() *Kind { return New(aws.Config{}, Options{}) }

// parse reads a JSON document with numbers as text.
func parse(t testing.TB, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return doc
}

// diff compares two documents, one as desired and one as observed.
func diff(k *Kind, want, have map[string]any) []resource.FieldChange {
	return k.Diff(Desired{document: want, canonical: canonical(k.rules, want)}, Observed{document: have, canonical: canonical(k.rules, have)})
}

func pathsOf(changes []resource.FieldChange) []string {
	out := []string{}
	for _, c := range changes {
		out = append(out, c.Path)
	}
	return out
}

// fullSample is a request with every member that the SDK knows, none of them
// at its default: one element in every list, one key in every map.
func fullSample() map[string]any {
	in := &ecs.RegisterTaskDefinitionInput{}
	(&filler{}).fill(reflect.ValueOf(in).Elem(), "")
	return object(shape.Encode(in))
}

type filler struct{ count int }

func (f *filler) fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), name)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				f.fill(v.Field(i), field.Name)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), name)
	case reflect.Interface:
		variant := sharing(v.Type())
		f.fill(reflect.ValueOf(variant).Elem(), name)
		v.Set(reflect.ValueOf(variant))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"key": "value of " + name}))
	case reflect.String:
		f.count++
		v.SetString(fmt.Sprintf("%s-%d", strings.ToLower(name), f.count))
	case reflect.Bool:
		v.SetBool(name != "Essential")
	default:
		f.count++
		v.SetInt(int64(1000 + f.count))
	}
}

// sharing is a variant of the one union that a task definition has; nil, which
// ends the test, for one of a future SDK.
func sharing(union reflect.Type) types.SharingStrategy {
	if union == reflect.TypeFor[types.SharingStrategy]() {
		return &types.SharingStrategyMemberNvidiaMps{}
	}
	return nil
}

// leaf is one scalar in a document.
type leaf struct {
	path  []string
	value any
}

func (l leaf) pointer() string { return "/" + strings.Join(l.path, "/") }

// place is the leaf's pattern, with * for indexes.
func (l leaf) place() string {
	out := slices.Clone(l.path)
	for i, token := range out {
		if strings.Trim(token, "0123456789") == "" {
			out[i] = "*"
		}
	}
	return strings.Join(out, "/")
}

func leaves(value any, path ...string) []leaf {
	var out []leaf
	switch value := value.(type) {
	case map[string]any:
		for _, name := range union(value, nil) {
			out = append(out, leaves(value[name], append(slices.Clone(path), name)...)...)
		}
	case []any:
		for i, item := range value {
			out = append(out, leaves(item, append(slices.Clone(path), fmt.Sprint(i))...)...)
		}
	default:
		out = []leaf{{path, value}}
	}
	return out
}

// with is a copy of doc with another value at path; nil takes it out.
func with(doc map[string]any, path []string, value any) map[string]any {
	out := object(clone(doc))
	at := any(out)
	for _, token := range path[:len(path)-1] {
		at = step(at, token)
	}
	last := path[len(path)-1]
	if items := list(at); items != nil {
		items[index(last)] = value
	} else if value == nil {
		delete(object(at), last)
	} else {
		object(at)[last] = value
	}
	return out
}

func step(at any, token string) any {
	if items := list(at); items != nil {
		return items[index(token)]
	}
	return object(at)[token]
}

func index(token string) int {
	i := 0
	for _, c := range token {
		i = 10*i + int(c-'0')
	}
	return i
}

// changed is another value of the same type.
func changed(value any) any {
	switch value := value.(type) {
	case string:
		return value + "-changed"
	case bool:
		return !value
	case json.Number:
		return json.Number("9" + value.String())
	default:
		return nil
	}
}
