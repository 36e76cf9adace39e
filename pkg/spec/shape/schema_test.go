package shape

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	gocmp "github.com/google/go-cmp/cmp"
)

func reflectType[T any]() reflect.Type { return reflect.TypeFor[T]() }

func sorted() gocmp.Option {
	return gocmp.Transformer("sorted", func(in []string) sortedTexts { return slices.Sorted(slices.Values(in)) })
}

type sortedTexts []string

// fits is as much of JSON Schema as Schema uses.
func fits(schema map[string]any, doc any) error {
	return cmp.Or(fitsType(schema, doc), fitsEnum(schema, doc), fitsObject(schema, doc), fitsList(schema, doc))
}

func fitsType(schema map[string]any, doc any) error {
	allowed, ok := schema["type"].([]any)
	if !ok {
		return nil
	}
	is := map[string]bool{}
	switch v := doc.(type) {
	case nil:
		is["null"] = true
	case string:
		is["string"] = true
	case bool:
		is["boolean"] = true
	case []any:
		is["array"] = true
	case map[string]any:
		is["object"] = true
	case json.Number:
		is["number"] = true
		_, err := v.Int64()
		is["integer"] = err == nil
	}
	for _, name := range allowed {
		if is[name.(string)] {
			return nil
		}
	}
	return fmt.Errorf("%T is none of %v", doc, allowed)
}

func fitsEnum(schema map[string]any, doc any) error {
	if allowed, ok := schema["enum"].([]any); ok && !slices.Contains(allowed, doc) {
		return fmt.Errorf("%v is none of %v", doc, allowed)
	}
	return nil
}

func fitsObject(schema map[string]any, doc any) error {
	object, ok := doc.(map[string]any)
	if !ok {
		return nil
	}
	properties, _ := schema["properties"].(map[string]any)
	for key, value := range object {
		property, known := properties[key].(map[string]any)
		rest, open := schema["additionalProperties"].(map[string]any)
		switch {
		case !known && schema["additionalProperties"] == false:
			return fmt.Errorf("unknown key %s", key)
		case !known && open:
			property = rest
		}
		if err := fits(property, value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func fitsList(schema map[string]any, doc any) error {
	items, _ := schema["items"].(map[string]any)
	list, _ := doc.([]any)
	for i, item := range list {
		if err := fits(items, item); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return nil
}

func TestSchemaTakesEveryMember(t *testing.T) {
	for _, input := range []any{filled[ecs.RegisterTaskDefinitionInput](t), filled[ecs.CreateServiceInput](t)} {
		if err := fits(Schema(reflect.TypeOf(input)), Encode(input)); err != nil {
			t.Errorf("%T: %v", input, err)
		}
	}
}

func TestSchemaAndDecodeAgree(t *testing.T) {
	schema := Schema(reflectType[ecs.RegisterTaskDefinitionInput]())
	for _, c := range []struct {
		doc  string
		fits bool
	}{
		{`{}`, true},
		{`{"family": null, "networkMode": null, "volumes": null, "runtimePlatform": null}`, true},
		{`{"cpu": 256, "memory": "512"}`, true},
		{`{"cpu": true}`, false},
		{`{"family": 1}`, false},
		{`{"famly": "a"}`, false},
		{`{"networkMode": "awsvpc"}`, true},
		{`{"networkMode": "AWSVPC"}`, false},
		{`{"requiresCompatibilities": ["FARGATE"]}`, true},
		{`{"requiresCompatibilities": [null]}`, false},
		{`{"containerDefinitions": [{"dockerLabels": {"a": "b"}}]}`, true},
		{`{"containerDefinitions": [{"dockerLabels": {"a": null}}]}`, false},
		{`{"containerDefinitions": [null]}`, false},
		{`{"containerDefinitions": [{"cpu": "1"}]}`, false},
		{`{"containerDefinitions": [{"privileged": "true"}]}`, false},
		{`{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {"nvidiaMps": {"memory": 1}}}]}]}`, true},
		{`{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {"other": {}}}]}]}`, false},
	} {
		doc := parsed(t, []byte(c.doc))
		if err := fits(schema, doc); (err == nil) != c.fits {
			t.Errorf("%s: the schema says %v", c.doc, err)
		}
		if problems := Decode(doc, &ecs.RegisterTaskDefinitionInput{}); (len(problems) == 0) != c.fits {
			t.Errorf("%s: Decode says %v", c.doc, problems)
		}
	}
}

func TestSchemaOfASmallStruct(t *testing.T) {
	want := map[string]any{
		"type": []any{"object", "null"}, "additionalProperties": false,
		"properties": map[string]any{
			"name":      map[string]any{"enum": append(anyList(enumValues(reflectType[types.UlimitName]())), nil)},
			"softLimit": map[string]any{"type": []any{"integer", "null"}, "minimum": int64(-2147483648), "maximum": int64(2147483647)},
			"hardLimit": map[string]any{"type": []any{"integer", "null"}, "minimum": int64(-2147483648), "maximum": int64(2147483647)},
		},
	}
	if diff := gocmp.Diff(want, Schema(reflectType[*types.Ulimit]())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSchemaOfATypeWithinItself(t *testing.T) {
	type tree struct{ Children []*tree }
	want := map[string]any{
		"type": []any{"object", "null"}, "additionalProperties": false,
		"properties": map[string]any{"children": map[string]any{
			"type": []any{"array", "null"}, "items": map[string]any{"type": []any{"object"}},
		}},
	}
	type root = tree
	if diff := gocmp.Diff(want, Schema(reflectType[root]())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSchemaIsJSON(t *testing.T) {
	if _, err := json.Marshal(Schema(reflectType[ecs.CreateServiceInput]())); err != nil {
		t.Error(err)
	}
}

func BenchmarkDecode(b *testing.B) {
	doc := written(b, `{"family": "a", "cpu": "256", "containerDefinitions": [{"name": "a", "image": "b",
		"environment": [{"name": "A", "value": "b"}], "logConfiguration": {"logDriver": "awslogs", "options": {"a": "b"}}}]}`)
	b.ReportAllocs()
	for b.Loop() {
		var into ecs.RegisterTaskDefinitionInput
		if problems := Decode(doc, &into); len(problems) > 0 {
			b.Fatal(problems)
		}
		Encode(into)
	}
}
