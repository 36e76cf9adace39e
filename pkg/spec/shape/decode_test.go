package shape

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// written parses JSON that a test writes by hand.
func written(t testing.TB, text string) any {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("the test's own JSON is wrong: %v", err)
	}
	return doc
}

func TestDecodeFindsWhatDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		want      []Problem
	}{
		{"unknown key with a neighbour", `{"famly": "a"}`,
			[]Problem{{"/famly", `unknown key "famly"`, `did you mean "family"?`}}},
		{"Go's spelling of a key", `{"Family": "a"}`,
			[]Problem{{"/Family", `unknown key "Family"`, `did you mean "family"?`}}},
		{"snake case deep inside", `{"containerDefinitions": [{"name": "a"}, {"entry_point": []}]}`,
			[]Problem{{"/containerDefinitions/1/entry_point", `unknown key "entry_point"`, `did you mean "entryPoint"?`}}},
		{"unknown key without a neighbour", `{"runtimePlatform": {"xyzzy": 1}}`,
			[]Problem{{"/runtimePlatform/xyzzy", `unknown key "xyzzy"`, "the keys here are cpuArchitecture, operatingSystemFamily"}}},
		{"a key that needs escaping", `{"a/b~c": 1}`,
			[]Problem{{"/a~1b~0c", `unknown key "a/b~c"`, "the keys here are containerDefinitions, family, cpu, enableFaultInjection, ephemeralStorage, executionRoleArn, inferenceAccelerators, ipcMode, memory, networkMode, pidMode, placementConstraints and 6 more"}}},
		{"an unexported marker is no key", `{"noSmithyDocumentSerde": {}, "resultMetadata": {}}`,
			[]Problem{
				{"/noSmithyDocumentSerde", `unknown key "noSmithyDocumentSerde"`, "the keys here are containerDefinitions, family, cpu, enableFaultInjection, ephemeralStorage, executionRoleArn, inferenceAccelerators, ipcMode, memory, networkMode, pidMode, placementConstraints and 6 more"},
				{"/resultMetadata", `unknown key "resultMetadata"`, "the keys here are containerDefinitions, family, cpu, enableFaultInjection, ephemeralStorage, executionRoleArn, inferenceAccelerators, ipcMode, memory, networkMode, pidMode, placementConstraints and 6 more"},
			}},
		{"enum value with a neighbour", `{"networkMode": "AWSVPC"}`,
			[]Problem{{"/networkMode", `unknown value "AWSVPC"`, `did you mean "awsvpc"?`}}},
		{"enum value in a list", `{"requiresCompatibilities": ["EC2", "MOON"]}`,
			[]Problem{{"/requiresCompatibilities/1", `unknown value "MOON"`, "one of EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES"}}},
		{"number for text", `{"containerDefinitions": [{"environment": [{"name": "A", "value": 5}]}]}`,
			[]Problem{{"/containerDefinitions/0/environment/0/value", "text is wanted here, a number was found", "put it in quotes"}}},
		{"boolean for text in a map", `{"containerDefinitions": [{"logConfiguration": {"logDriver": "awslogs", "options": {"a": true}}}]}`,
			[]Problem{{"/containerDefinitions/0/logConfiguration/options/a", "text is wanted here, a boolean was found", "put it in quotes"}}},
		{"digits for a number", `{"containerDefinitions": [{"memory": "256"}]}`,
			[]Problem{{"/containerDefinitions/0/memory", "a whole number is wanted here, text was found", "write the number without quotes"}}},
		{"words for a number", `{"containerDefinitions": [{"memory": "much"}]}`,
			[]Problem{{"/containerDefinitions/0/memory", "a whole number is wanted here, text was found", ""}}},
		{"fraction", `{"containerDefinitions": [{"cpu": 0.5}]}`,
			[]Problem{{"/containerDefinitions/0/cpu", "a whole number is wanted here, one with a fraction was found", ""}}},
		{"fraction for a task's cpu", `{"cpu": 0.5}`,
			[]Problem{{"/cpu", "text is wanted here, a number was found", "put it in quotes"}}},
		{"too large", `{"containerDefinitions": [{"cpu": 2147483648}]}`,
			[]Problem{{"/containerDefinitions/0/cpu", "the number does not fit in 32 bits", ""}}},
		{"text for a boolean", `{"enableFaultInjection": "True"}`,
			[]Problem{{"/enableFaultInjection", "true or false is wanted here, text was found", "write it without quotes"}}},
		{"object for a list", `{"volumes": {"name": "a"}}`,
			[]Problem{{"/volumes", "a list is wanted here, an object was found", ""}}},
		{"text for a list", `{"containerDefinitions": [{"command": "echo hi"}]}`,
			[]Problem{{"/containerDefinitions/0/command", "a list is wanted here, text was found", ""}}},
		{"list for an object", `{"runtimePlatform": []}`,
			[]Problem{{"/runtimePlatform", "an object is wanted here, a list was found", "its keys are cpuArchitecture, operatingSystemFamily"}}},
		{"text for a map", `{"containerDefinitions": [{"dockerLabels": "a"}]}`,
			[]Problem{{"/containerDefinitions/0/dockerLabels", "an object is wanted here, text was found", ""}}},
		{"null in a list", `{"containerDefinitions": [null]}`,
			[]Problem{{"/containerDefinitions/0", "an item of a list is null", "leave the item out"}}},
		{"null in a map", `{"containerDefinitions": [{"dockerLabels": {"a": null}}]}`,
			[]Problem{{"/containerDefinitions/0/dockerLabels/a", "the value is null", "leave the key out"}}},
		{"a list as the document", `[]`,
			[]Problem{{"", "an object is wanted here, a list was found", "its keys are containerDefinitions, family, cpu, enableFaultInjection, ephemeralStorage, executionRoleArn, inferenceAccelerators, ipcMode, memory, networkMode, pidMode, placementConstraints and 6 more"}}},
		{"several, in the order of the keys", `{"zzz": 1, "family": 5, "tags": [{"key": 1}]}`,
			[]Problem{
				{"/family", "text is wanted here, a number was found", "put it in quotes"},
				{"/tags/0/key", "text is wanted here, a number was found", "put it in quotes"},
				{"/zzz", `unknown key "zzz"`, "the keys here are containerDefinitions, family, cpu, enableFaultInjection, ephemeralStorage, executionRoleArn, inferenceAccelerators, ipcMode, memory, networkMode, pidMode, placementConstraints and 6 more"},
			}},
		{"unknown variant", `{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {"nvidiaMsp": {}}}]}]}`,
			[]Problem{{"/containerDefinitions/0/resourceRequirements/0/sharingStrategy/nvidiaMsp", `unknown key "nvidiaMsp"`, `did you mean "nvidiaMps"?`}}},
		{"wrong inside a variant", `{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {"nvidiaMps": {"memory": "1"}}}]}]}`,
			[]Problem{{"/containerDefinitions/0/resourceRequirements/0/sharingStrategy/nvidiaMps/memory", "a whole number is wanted here, text was found", "write the number without quotes"}}},
		{"no variant", `{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {}}]}]}`,
			[]Problem{{"/containerDefinitions/0/resourceRequirements/0/sharingStrategy", "an object with one key is wanted here, an object was found", "the key is one of nvidiaMps"}}},
		{"null variant", `{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {"nvidiaMps": null}}]}]}`,
			[]Problem{{"/containerDefinitions/0/resourceRequirements/0/sharingStrategy/nvidiaMps", "the value is null", "leave the key out"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into ecs.RegisterTaskDefinitionInput
			if diff := cmp.Diff(c.want, Decode(written(t, c.doc), &into)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeFillsWhatFitsBesideProblems(t *testing.T) {
	var into ecs.RegisterTaskDefinitionInput
	problems := Decode(written(t, `{"family": "kept", "containerDefinitions": [{"name": "also", "memory": "x"}], "cpu": null}`), &into)
	if len(problems) != 1 {
		t.Errorf("problems are %v, want one", problems)
	}
	if into.Family == nil || *into.Family != "kept" || into.Cpu != nil {
		t.Error("the fields beside the wrong one are not as written")
	}
	container := into.ContainerDefinitions[0]
	if container.Name == nil || *container.Name != "also" || container.Memory != nil {
		t.Error("the container's fields beside the wrong one are not as written")
	}
}

func TestSizesOfATaskMayBeNumbers(t *testing.T) {
	for name, size := range map[string]any{
		"text": "256", "json.Number": json.Number("256"), "float64": 256.0, "int": 256, "uint16": uint16(256), "exponent": json.Number("2.56e2"),
	} {
		var into ecs.RegisterTaskDefinitionInput
		if problems := Decode(map[string]any{"cpu": size, "memory": size}, &into); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		if *into.Cpu != "256" || *into.Memory != "256" {
			t.Errorf("%s: cpu %q and memory %q", name, *into.Cpu, *into.Memory)
		}
	}
}

func TestIntegersOfEveryGoType(t *testing.T) {
	for _, number := range []any{7, int8(7), int64(7), uint64(7), float32(7), 7.0, json.Number("7"), json.Number("7.0"), json.Number("0.7e1")} {
		var into types.ContainerDefinition
		if problems := Decode(map[string]any{"cpu": number, "memory": number}, &into); len(problems) > 0 || into.Cpu != 7 || *into.Memory != 7 {
			t.Errorf("%T %v: %v", number, number, problems)
		}
	}
	for _, number := range []any{uint64(math.MaxUint64), json.Number("1e999999999"), json.Number("-99999999999999999999"), math.Inf(1), json.Number("x"), math.NaN()} {
		var into types.ContainerDefinition
		if problems := Decode(map[string]any{"cpu": number}, &into); len(problems) != 1 || into.Cpu != 0 {
			t.Errorf("%T %v was taken: %v", number, number, problems)
		}
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 1, 2, 3, 4, 5, 250_000_000, time.UTC)
	for _, form := range []any{"2026-01-02T04:04:05.25+01:00", json.Number("1767323045.25"), 1767323045.25} {
		var into types.TaskDefinition
		if problems := Decode(map[string]any{"registeredAt": form}, &into); len(problems) > 0 || !into.RegisteredAt.Equal(want) {
			t.Errorf("%v: %v, %v", form, into.RegisteredAt, problems)
		}
	}
	for _, form := range []any{"yesterday", true, json.Number("1e300")} {
		var into types.TaskDefinition
		if problems := Decode(map[string]any{"registeredAt": form}, &into); len(problems) != 1 || into.RegisteredAt != nil {
			t.Errorf("%v was taken: %v", form, problems)
		}
	}
}

func TestBytesAreBase64(t *testing.T) {
	type holder struct{ Content []byte }
	var into holder
	if problems := Decode(map[string]any{"content": "aGk="}, &into); len(problems) > 0 || string(into.Content) != "hi" {
		t.Errorf("%q, %v", into.Content, problems)
	}
	if diff := cmp.Diff(any(map[string]any{"content": "aGk="}), Encode(into)); diff != "" {
		t.Error(diff)
	}
	for _, wrong := range []any{"%", 5} {
		if problems := Decode(map[string]any{"content": wrong}, &into); len(problems) != 1 {
			t.Errorf("%v was taken", wrong)
		}
	}
}

func TestUnionsAndOpenDocumentsOfAService(t *testing.T) {
	var into ecs.CreateServiceInput
	problems := Decode(written(t, `{
		"serviceConnectConfiguration": {"enabled": true, "containerConfigurations": [{"logLevel": "ifno"}, {"level": 1}]},
		"deploymentConfiguration": {"lifecycleHooks": [{"hookDetails": {"any": ["thing", 1, null]}}, {"hookDetails": null}]}}`), &into)
	base := "/serviceConnectConfiguration/containerConfigurations/"
	want := []Problem{
		{base + "0/logLevel", `unknown value "ifno"`, `did you mean "info"?`},
		{base + "1/level", `unknown key "level"`, "the keys here are logLevel"},
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	hooks := into.DeploymentConfiguration.LifecycleHooks
	if diff := cmp.Diff(any(map[string]any{"hookDetails": map[string]any{"any": []any{"thing", json.Number("1"), nil}}}), Encode(hooks[0])); diff != "" {
		t.Error(diff)
	}
	if hooks[1].HookDetails != nil {
		t.Error("null hook details are not left out")
	}
}

func TestUnsuitableTargets(t *testing.T) {
	var text string
	for _, into := range []any{nil, text, &text, ecs.RegisterTaskDefinitionInput{}, (*ecs.RegisterTaskDefinitionInput)(nil)} {
		if problems := Decode(map[string]any{}, into); len(problems) != 1 {
			t.Errorf("decoding into a %T gives %v", into, problems)
		}
	}
	type odd struct {
		Channel chan int
		Open    any
		Opens   []any
	}
	if problems := Decode(map[string]any{"channel": 1, "open": 1, "opens": []any{1}}, &odd{}); len(problems) != 3 {
		t.Errorf("problems are %v, want three", problems)
	}
}

func TestDescribeOnlyKeysAreTheDifference(t *testing.T) {
	taken := map[string]bool{}
	for _, key := range memberNames(reflectType[ecs.RegisterTaskDefinitionInput]()) {
		taken[key] = true
	}
	var want []string
	for _, key := range memberNames(reflectType[types.TaskDefinition]()) {
		if !taken[key] {
			want = append(want, key)
		}
	}
	if diff := cmp.Diff(want, DescribeOnlyKeys(), sorted()); diff != "" {
		t.Errorf("(-only described +ours):\n%s", diff)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"family": "a", "cpu": 256, "containerDefinitions": [{"name": "a", "ulimits": [{"softLimit": 0}]}]}`,
		`{"containerDefinitions": [{"resourceRequirements": [{"sharingStrategy": {"nvidiaMps": {"memory": 1}}}]}]}`,
		`{"containerDefinitions": null, "tags": [null], "volumes": {}, "memory": 1e400}`, `[]`, `null`, `{"": 1, "é": 2}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var doc any
		if json.Unmarshal([]byte(text), &doc) != nil {
			return
		}
		var first, second ecs.RegisterTaskDefinitionInput
		if len(Decode(doc, &first)) > 0 {
			return
		}
		encoded := Encode(first)
		if problems := Decode(encoded, &second); len(problems) > 0 {
			t.Fatalf("what was encoded has problems: %v", problems)
		}
		if diff := cmp.Diff(encoded, Encode(second)); diff != "" {
			t.Fatalf("a second round changes the document:\n%s", diff)
		}
	})
}
