package sandbox

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/demand"
	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/wire"
)

// clients are the SDK's clients by the name their requests are signed for.
func clients(cfg aws.Config) map[string]any {
	return map[string]any{
		"ecs":            ecs.NewFromConfig(cfg),
		"events":         eventbridge.NewFromConfig(cfg),
		"iam":            iam.NewFromConfig(cfg),
		"logs":           cloudwatchlogs.NewFromConfig(cfg),
		"scheduler":      scheduler.NewFromConfig(cfg),
		"secretsmanager": secretsmanager.NewFromConfig(cfg),
		"sqs":            sqs.NewFromConfig(cfg, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }),
		"ssm":            ssm.NewFromConfig(cfg),
		"sts":            sts.NewFromConfig(cfg),
		"tagging":        resourcegroupstaggingapi.NewFromConfig(cfg),
	}
}

func testConfig(transport http.RoundTripper) aws.Config {
	return aws.Config{
		Region:      "us-west-2",
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		HTTPClient:  &http.Client{Transport: transport},
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// eachOperation runs a test for every operation of every model.
func eachOperation(t *testing.T, test func(t *testing.T, service *model.Service, op string)) {
	t.Helper()
	for _, service := range model.Services() {
		for op := range service.Operations {
			t.Run(service.Name+"/"+op, func(t *testing.T) { test(t, service, op) })
		}
	}
}

// inputType is the SDK's input of an operation, found through its client.
func inputType(t *testing.T, client any, op string) (method reflect.Value, input reflect.Type) {
	t.Helper()
	method = reflect.ValueOf(client).MethodByName(op)
	if !method.IsValid() {
		t.Fatalf("the SDK has no operation %s", op)
	}
	return method, method.Type().In(1).Elem()
}

// TestOperationsAreTheModels compares the operations that backends have with
// those of the model, and their inputs' names with their own.
func TestOperationsAreTheModels(t *testing.T) {
	server := newTestServer(t, Options{})
	for name, service := range model.Services() {
		served := server.world.place("us-west-2", name).backends[name].operations
		want := slices.Sorted(maps.Keys(service.Operations))
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(served))); diff != "" {
			t.Errorf("%s (-modelled +served):\n%s", name, diff)
		}
		for op, does := range served {
			if got := reflect.TypeOf(does.input()).Elem().Name(); got != op+"Input" {
				t.Errorf("%s:%s takes a %s", name, op, got)
			}
		}
	}
}

// TestDemandsAreOfTheInputs asks for every operation's permission, so that no
// operation is served without, nor by a member that its input has not.
func TestDemandsAreOfTheInputs(t *testing.T) {
	server := newTestServer(t, Options{})
	for name := range model.Services() {
		here := server.world.region("us-west-2")
		for op, does := range server.world.place("us-west-2", name).backends[name].operations {
			if _, err := demand.Of(view{server.world, here}, name, op, does.input()); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestModelAndSDKHaveTheSameMembers walks every shape beside the SDK's type for
// it, so that no field of either is unknown to the other.
func TestModelAndSDKHaveTheSameMembers(t *testing.T) {
	byService := clients(testConfig(http.DefaultTransport))
	eachOperation(t, func(t *testing.T, service *model.Service, op string) {
		method, input := inputType(t, byService[service.Name], op)
		w := shapeWalk{t: t, s: service, seen: map[string]bool{}}
		w.walk(service.Operations[op].Input, input)
		if out := service.Operations[op].Output; out != "" {
			w.walk(out, method.Type().Out(0).Elem())
		}
	})
}

type shapeWalk struct {
	t    *testing.T
	s    *model.Service
	seen map[string]bool
}

func (w shapeWalk) walk(shapeName string, t reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	shape := w.s.Shapes[shapeName]
	switch {
	case w.seen[shapeName], shape.Kind == model.Document:
	case shape.Kind == model.List:
		w.walk(shape.Elem, t.Elem())
	case shape.Kind == model.Map:
		w.walk(shape.Elem, t.Elem())
	case shape.Kind == model.Structure:
		w.seen[shapeName] = true
		w.members(shapeName, shape, t)
	}
}

func (w shapeWalk) members(shapeName string, shape model.Shape, t reflect.Type) {
	if t.Kind() == reflect.Interface {
		if variants := variantsOf(t); len(variants) != len(shape.Members) {
			w.t.Errorf("%s has %d members, of which the codec knows %v", t, len(shape.Members), variants)
		}
		return
	}
	known := map[string]bool{"ResultMetadata": true, "noSmithyDocumentSerde": true}
	for _, m := range shape.Members {
		name := strings.ToUpper(m.Name[:1]) + m.Name[1:]
		known[name] = true
		field, ok := t.FieldByName(name)
		if ok == aheadOfSDK()[shapeName+"."+m.Name] {
			w.t.Errorf("%s has a field for %s.%s: %v", t, shapeName, m.Name, ok)
		}
		if ok {
			w.walk(m.Shape, field.Type)
		}
	}
	for i := range t.NumField() {
		if name := t.Field(i).Name; !known[name] {
			w.t.Errorf("%s.%s is not in the model's %s", t, name, shapeName)
		}
	}
}

func variantsOf(union reflect.Type) []reflect.Type {
	return slices.DeleteFunc(wire.Unions(), func(t reflect.Type) bool {
		return !reflect.PointerTo(t).Implements(union)
	})
}

// aheadOfSDK are the members that the model has and this SDK has not yet. A
// request with one of them is refused; raising the SDK empties the list.
func aheadOfSDK() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`
		CreateSecretRequest.CrossAccountPrimaryARN DeleteResourcePolicyRequest.PolicyName
		DeleteResourcePolicyResponse.PolicyName DescribeSecretResponse.CrossAccountPrimary
		DescribeSecretResponse.CrossAccountReplicas GetResourcePolicyRequest.PolicyName
		GetResourcePolicyResponse.PolicyName PutResourcePolicyRequest.PolicyName PutResourcePolicyResponse.PolicyName
		GatewayConnector.deregistrationDelay RegisterTaskDefinitionRequest.trustedExecutionConfiguration
		TaskDefinition.trustedExecutionConfiguration Target.EventBridgePutEventsV2Parameters
		Target.EventBridgePutRawEventsParameters InstanceLaunchTemplate.nitroEnclavesEnabled Task.trustedExecutionSummary`) {
		out[name] = true
	}
	return out
}

// TestOutputsReachTheSDKWhole fills every output with values and reads it back
// with the SDK's own deserializer.
func TestOutputsReachTheSDKWhole(t *testing.T) {
	var filled any
	server := newTestServer(t, Options{Intercept: func(string, string, func() (any, error)) (any, error) {
		return filled, nil
	}})
	byService := clients(testConfig(server.Transport()))
	eachOperation(t, func(t *testing.T, service *model.Service, op string) {
		method, input := inputType(t, byService[service.Name], op)
		in, out := reflect.New(input), reflect.New(method.Type().Out(0).Elem())
		fill(in.Elem(), 0)
		if service.Operations[op].Output != "" {
			fill(out.Elem(), 0)
		}
		filled = out.Interface()
		results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
		if err, failed := results[1].Interface().(error); failed {
			t.Fatal(err)
		}
		if diff := cmp.Diff(filled, results[0].Interface(), ignoreMetadata()); diff != "" {
			t.Errorf("what the SDK read differs (-written +read):\n%s", diff)
		}
	})
}

// TestInputsReachTheBackendWhole sends every input filled with values and
// compares what the codec read of it. That the values breach constraints is no
// matter: they are checked after the reading.
func TestInputsReachTheBackendWhole(t *testing.T) {
	server := newTestServer(t, Options{})
	var got reflect.Value
	byService := clients(testConfig(roundTripper(func(r *http.Request) (*http.Response, error) {
		rec := &recorder{header: http.Header{}, status: http.StatusTeapot}
		if err := readInto(server, r, got.Interface()); err != nil && !strings.Contains(err.Error(), "detected:") {
			t.Error(err)
		}
		return rec.response(r), nil
	})))
	eachOperation(t, func(t *testing.T, service *model.Service, op string) {
		method, input := inputType(t, byService[service.Name], op)
		in := reflect.New(input)
		fill(in.Elem(), 0)
		got = reflect.New(input)
		method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
		if diff := cmp.Diff(in.Interface(), got.Interface(), ignoreMetadata()); diff != "" {
			t.Errorf("what the codec read differs (-sent +read):\n%s", diff)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// readInto decodes a request as the server would.
func readInto(server *Server, r *http.Request, into any) error {
	in := serverSide(r)
	var raw strings.Builder
	buf := make([]byte, 1<<16)
	for {
		n, err := in.Body.Read(buf)
		raw.Write(buf[:n])
		if err != nil {
			break
		}
	}
	to, err := server.routeOf(in, []byte(raw.String()))
	if err != nil {
		return err
	}
	return to.read(into)
}

func ignoreMetadata() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".ResultMetadata" || name == ".noSmithyDocumentSerde"
	}, cmp.Ignore())
}

// fill sets every field of a value that can be set, some levels deep.
func fill(v reflect.Value, depth int) {
	if depth > 24 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Struct:
		fillStruct(v, depth)
	case reflect.Slice:
		fillSlice(v, depth)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		item := reflect.New(v.Type().Elem()).Elem()
		fill(item, depth+1)
		v.SetMapIndex(reflect.ValueOf("key<&>").Convert(v.Type().Key()), item)
	case reflect.String:
		v.SetString(fmt.Sprintf("text <&> \"%d\"\n\u00e9", depth))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(40 + depth))
	case reflect.Float64, reflect.Float32:
		v.SetFloat(1.5)
	case reflect.Interface:
		if variants := variantsOf(v.Type()); len(variants) > 0 {
			v.Set(reflect.New(variants[0]))
			fill(v.Elem().Elem(), depth+1)
		}
	}
}

func fillStruct(v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)))
		return
	}
	for i := range v.NumField() {
		if field := v.Field(i); field.CanSet() && v.Type().Field(i).Name != "ResultMetadata" {
			fill(field, depth+1)
		}
	}
}

func fillSlice(v reflect.Value, depth int) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes([]byte{0, 1, 0xff, byte(depth)})
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	for i := range 2 {
		fill(v.Index(i), depth+1)
	}
}
