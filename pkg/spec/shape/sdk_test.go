package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// errSent stops a request after its body was seen.
var errSent = errors.New("the request was seen")

type bodyCatcher struct{ body []byte }

func (c *bodyCatcher) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c.body = body
	return nil, errSent
}

func catcher() (*bodyCatcher, *ecs.Client) {
	caught := &bodyCatcher{}
	return caught, ecs.New(ecs.Options{
		Region:           "us-east-1",
		HTTPClient:       caught,
		RetryMaxAttempts: 1,
		Credentials:      credentials.NewStaticCredentialsProvider("id", "key", ""),
	})
}

func parsed(t *testing.T, text []byte) any {
	t.Helper()
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	var doc any
	if err := reader.Decode(&doc); err != nil {
		t.Fatalf("the SDK sent no JSON: %v", err)
	}
	return doc
}

// What Encode makes is, key for key, what the SDK sends.
func TestEncodeIsTheWireForm(t *testing.T) {
	caught, client := catcher()
	register, create := filled[ecs.RegisterTaskDefinitionInput](t), filled[ecs.CreateServiceInput](t)
	update := filled[ecs.UpdateServiceInput](t)
	for name, call := range map[string]struct {
		input any
		send  func() error
	}{
		"RegisterTaskDefinition": {register, func() error { _, err := client.RegisterTaskDefinition(t.Context(), register); return err }},
		"CreateService":          {create, func() error { _, err := client.CreateService(t.Context(), create); return err }},
		"UpdateService":          {update, func() error { _, err := client.UpdateService(t.Context(), update); return err }},
	} {
		if err := call.send(); !errors.Is(err, errSent) {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(parsed(t, caught.body), Encode(call.input)); diff != "" {
			t.Errorf("%s: Encode differs from the wire (-wire +encoded):\n%s", name, diff)
		}
	}
}

func TestEveryMemberSurvivesARoundTrip(t *testing.T) {
	for _, input := range []any{
		filled[ecs.RegisterTaskDefinitionInput](t), filled[ecs.CreateServiceInput](t), filled[ecs.UpdateServiceInput](t),
		filled[types.TaskDefinition](t), filled[types.Service](t),
	} {
		encoded := Encode(input)
		fresh := reflect.New(reflect.TypeOf(input).Elem())
		if problems := Decode(encoded, fresh.Interface()); len(problems) > 0 {
			t.Errorf("%T: what was encoded has problems: %v", input, problems)
		}
		if diff := cmp.Diff(encoded, Encode(fresh.Interface())); diff != "" {
			t.Errorf("%T: the document changed (-want +got):\n%s", input, diff)
		}
		if _, isService := input.(*types.Service); isService {
			continue
		}
		if diff := cmp.Diff(input, fresh.Interface(), exported(), sameDocuments()); diff != "" {
			t.Errorf("%T: the struct changed (-want +got):\n%s", input, diff)
		}
	}
}

// exported compares SDK structs without their markers.
func exported() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && field.Name() == "noSmithyDocumentSerde"
	}, cmp.Ignore())
}

func sameDocuments() cmp.Option {
	type open interface{ MarshalSmithyDocument() ([]byte, error) }
	return cmp.Comparer(func(a, b open) bool {
		left, errLeft := a.MarshalSmithyDocument()
		right, errRight := b.MarshalSmithyDocument()
		return errLeft == nil && errRight == nil && bytes.Equal(left, right)
	})
}

func TestZeroStructEncodesEmpty(t *testing.T) {
	if diff := cmp.Diff(any(map[string]any{}), Encode(ecs.RegisterTaskDefinitionInput{})); diff != "" {
		t.Error(diff)
	}
	if got := Encode((*types.TaskDefinition)(nil)); got != nil {
		t.Errorf("a nil pointer encodes as %v", got)
	}
}

// The zeros that are left out are the ones that the SDK leaves out.
func TestZerosAreSentAsTheSDKSendsThem(t *testing.T) {
	caught, client := catcher()
	input := &ecs.RegisterTaskDefinitionInput{
		EphemeralStorage: &types.EphemeralStorage{},
		ContainerDefinitions: []types.ContainerDefinition{{
			Ulimits:         []types.Ulimit{{Name: types.UlimitNameCore}},
			LinuxParameters: &types.LinuxParameters{Tmpfs: []types.Tmpfs{{}}},
			Environment:     []types.KeyValuePair{{}},
		}},
		Family: new(string), RequiresCompatibilities: []types.Compatibility{},
	}
	// The SDK's own validation would stop the request before its body.
	input.ContainerDefinitions[0].LinuxParameters.Tmpfs[0].ContainerPath = new(string)
	if _, err := client.RegisterTaskDefinition(t.Context(), input); !errors.Is(err, errSent) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parsed(t, caught.body), Encode(input)); diff != "" {
		t.Errorf("Encode differs from the wire (-wire +encoded):\n%s", diff)
	}
}

func TestEncodeKeepsEmptyLists(t *testing.T) {
	got := Encode(ecs.RegisterTaskDefinitionInput{Volumes: []types.Volume{}})
	if diff := cmp.Diff(any(map[string]any{"volumes": []any{}}), got); diff != "" {
		t.Error(diff)
	}
}

func TestTimesEncodeAsText(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	got := Encode(types.TaskDefinition{RegisteredAt: &at})
	if diff := cmp.Diff(any(map[string]any{"registeredAt": "2026-01-02T02:04:05Z"}), got); diff != "" {
		t.Error(diff)
	}
}

// Every struct below the inputs has exactly the members of the SDK's own
// schema, by the names that this package gives them.
func TestNamesAreTheSchemas(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, input := range []reflect.Type{
		reflect.TypeFor[ecs.RegisterTaskDefinitionInput](), reflect.TypeFor[ecs.CreateServiceInput](),
		reflect.TypeFor[ecs.UpdateServiceInput](), reflect.TypeFor[types.TaskDefinition](), reflect.TypeFor[types.Service](),
	} {
		checkNames(t, input, seen)
	}
	if len(seen) < 80 {
		t.Errorf("only %d structs were compared", len(seen))
	}
}

func checkNames(t *testing.T, typ reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		checkNames(t, typ.Elem(), seen)
		return
	case reflect.Struct:
		if seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
	default:
		return
	}
	seen[typ] = true
	want := slices.Sorted(maps.Keys(schemaOf(t, typ).Members()))
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(memberNames(typ)))); diff != "" {
		t.Errorf("%s (-schema +ours):\n%s", typ, diff)
	}
	for field := range members(typ) {
		checkNames(t, field.Type, seen)
	}
}

// structCatcher keeps the schema of the struct written to it.
type structCatcher struct {
	zeros
	schema *smithy.Schema
}

func (c *structCatcher) WriteStruct(s *smithy.Schema) { c.schema = s }

func schemaOf(t *testing.T, typ reflect.Type) *smithy.Schema {
	t.Helper()
	serializable, ok := reflect.New(typ).Interface().(smithy.Serializable)
	if !ok {
		t.Fatalf("%s has no schema", typ)
	}
	caught := &structCatcher{}
	serializable.Serialize(caught)
	return caught.schema
}
