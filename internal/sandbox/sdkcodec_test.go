package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/model"
	"ecs-reconciler/internal/sandbox/wire"
)

// TestAnswersAreTheSDKsOwn compares what the codec writes of every JSON output
// with what the SDK's own JSON protocol writes of it: once with every member
// set, where nothing may differ, and once with every number and boolean zero.
// The SDK leaves those out where its type cannot tell zero from unset, and AWS
// writes them: zeros are the known differences, and there are no others.
func TestAnswersAreTheSDKsOwn(t *testing.T) {
	added := map[string]bool{}
	eachJSONOutput(t, func(t *testing.T, codec *wire.Codec, op string, out reflect.Value) {
		fill(out.Elem(), 0)
		if diff := cmp.Diff(bySDK(t, op, out), byCodec(t, codec, op, out)); diff != "" {
			t.Errorf("every member set (-SDK +codec):\n%s", diff)
		}
		zero(out.Elem())
		zeros, other := compare("", bySDK(t, op, out), byCodec(t, codec, op, out))
		if len(other) > 0 {
			t.Errorf("zeros: the codec differs at %v", other)
		}
		for _, member := range zeros {
			added[member] = true
		}
	})
	if diff := cmp.Diff(knownZeros(), slices.Sorted(maps.Keys(added))); diff != "" {
		t.Errorf("zeros that AWS writes and the SDK does not (-known +found):\n%s", diff)
	}
}

// knownZeros are the members, by name, that the codec writes as zero and the
// SDK leaves out, because AWS's model gives them a default or no box. Real
// answers have them: "cpu": 0 of a container is the one that clients miss.
func knownZeros() []string {
	return strings.Fields(`
		FailedEntryCount ParameterVersion PolicyValidationPassed Version activeServicesCount base
		cloudWatchEncryptionEnabled computedDesiredCount cpu desiredCount enableECSManagedTags enableExecuteCommand
		failedTasks failureCount guardDutyEnabled pendingCount pendingTaskCount pendingTasksCount
		registeredContainerInstancesCount requestedTaskCount revision runningCount runningTaskCount runningTasksCount
		s3EncryptionEnabled sizeInGiB threshold useLocalStorage value version weight`)
}

// eachJSONOutput runs a test for an empty output of every operation that
// answers in JSON.
func eachJSONOutput(t *testing.T, test func(t *testing.T, codec *wire.Codec, op string, out reflect.Value)) {
	t.Helper()
	byService := clients(testConfig(http.DefaultTransport))
	eachOperation(t, func(t *testing.T, service *model.Service, op string) {
		if service.Protocol != model.JSON || service.Operations[op].Output == "" {
			return
		}
		codec, err := wire.New(service)
		if err != nil {
			t.Fatal(err)
		}
		method, _ := inputType(t, byService[service.Name], op)
		test(t, codec, op, reflect.New(method.Type().Out(0).Elem()))
	})
}

// bySDK is an output as the SDK writes it: the protocol takes it for a request.
func bySDK(t *testing.T, op string, out reflect.Value) any {
	t.Helper()
	shape, ok := out.Interface().(smithy.Serializable)
	if !ok {
		t.Fatalf("%s has no serializer of the SDK's", out.Type())
	}
	schema := smithy.NewSchema(smithy.ShapeID{Name: op}, smithy.ShapeTypeStructure, 0)
	protocol := awsjson.New11(smithy.NewServiceSchema(schema, ""))
	request := smithyhttp.NewStackRequest().(*smithyhttp.Request)
	request.URL = &url.URL{}
	if err := protocol.SerializeRequest(context.Background(), smithy.NewOperationSchema(schema, schema, schema), shape, request); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(request.GetStream())
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, text)
}

func byCodec(t *testing.T, codec *wire.Codec, op string, out reflect.Value) any {
	t.Helper()
	text, err := codec.WriteJSON(op, out.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, text)
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return tree
}

// compare tells zeros that only the codec writes, by member, from all other
// differences.
func compare(path string, sdk, codec any) (zeros, other []string) {
	switch codec := codec.(type) {
	case map[string]any:
		object, ok := sdk.(map[string]any)
		if !ok {
			return nil, []string{path}
		}
		return compareObjects(path, object, codec)
	case []any:
		list, ok := sdk.([]any)
		if !ok || len(list) != len(codec) {
			return nil, []string{path}
		}
		for i := range codec {
			z, o := compare(path, list[i], codec[i])
			zeros, other = append(zeros, z...), append(other, o...)
		}
		return zeros, other
	default:
		if sdk != codec {
			return nil, []string{path}
		}
		return nil, nil
	}
}

func compareObjects(path string, sdk, codec map[string]any) (zeros, other []string) {
	for name := range sdk {
		if _, written := codec[name]; !written {
			other = append(other, path+"."+name)
		}
	}
	for name, value := range codec {
		theirs, written := sdk[name]
		switch {
		case written:
			z, o := compare(path+"."+name, theirs, value)
			zeros, other = append(zeros, z...), append(other, o...)
		case value == false || value == 0.0:
			zeros = append(zeros, name)
		default:
			other = append(other, path+"."+name)
		}
	}
	return zeros, other
}

// zero sets every number and boolean that is no pointer to zero.
func zero(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			zero(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); field.CanSet() {
				zero(field)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			zero(v.Index(i))
		}
	case reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		if v.CanSet() {
			v.SetZero()
		}
	}
}
