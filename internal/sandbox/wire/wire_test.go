package wire

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/model"
)

func codecOf(t testing.TB, service string) *Codec {
	t.Helper()
	codec, err := New(model.Services()[service])
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// TestConstraints reads JSON requests and compares the refusal, word for word.
func TestConstraints(t *testing.T) {
	long := strings.Repeat("x", 513)
	for name, test := range map[string]struct {
		service, op, body string
		into              any
		want              string
	}{
		"good": {"secretsmanager", "CreateSecret", `{"Name":"x","ForceOverwriteReplicaSecret":true}`, &secretsmanager.CreateSecretInput{}, ""},
		"required": {
			"secretsmanager", "CreateSecret", `{}`, &secretsmanager.CreateSecretInput{},
			"ValidationException: 1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
		},
		"null is absent": {
			"secretsmanager", "GetSecretValue", `{"SecretId":null}`, &secretsmanager.GetSecretValueInput{},
			"ValidationException: 1 validation error detected: Value null at 'secretId' failed to satisfy constraint: Member must not be null",
		},
		"too long": {
			"secretsmanager", "CreateSecret", `{"Name":"` + long + `"}`, &secretsmanager.CreateSecretInput{},
			"ValidationException: 1 validation error detected: Value '" + long + "' at 'name' failed to satisfy constraint: Member must have length less than or equal to 512",
		},
		"sensitive": {
			"secretsmanager", "CreateSecret", `{"Name":"x","SecretString":"` + strings.Repeat("hush", 16385) + `"}`, &secretsmanager.CreateSecretInput{},
			"ValidationException: 1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
		},
		"two at once": {
			"secretsmanager", "PutSecretValue", `{"SecretId":"","ClientRequestToken":"short"}`, &secretsmanager.PutSecretValueInput{},
			"ValidationException: 2 validation errors detected: Value '' at 'secretId' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
				"Value 'short' at 'clientRequestToken' failed to satisfy constraint: Member must have length greater than or equal to 32",
		},
		"enum, in a list": {
			"secretsmanager", "ListSecrets", `{"Filters":[{"Key":"name","Values":["x"]},{"Key":"colour","Values":["x"]}]}`, &secretsmanager.ListSecretsInput{},
			"ValidationException: 1 validation error detected: Value 'colour' at 'filters.2.member.key' failed to satisfy constraint: " +
				"Member must satisfy enum value set: [description, name, tag-key, tag-value, primary-region, owning-service, all]",
		},
		"range": {
			"secretsmanager", "ListSecrets", `{"MaxResults":101}`, &secretsmanager.ListSecretsInput{},
			"ValidationException: 1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
		},
		"list too long": {
			"secretsmanager", "BatchGetSecretValue", `{"SecretIdList":[` + strings.Repeat(`"x",`, 20) + `"x"]}`, &secretsmanager.BatchGetSecretValueInput{},
			"ValidationException: 1 validation error detected: Value at 'secretIdList' failed to satisfy constraint: Member must have length less than or equal to 20",
		},
		"blob": {
			"secretsmanager", "CreateSecret", `{"Name":"x","SecretBinary":""}`, &secretsmanager.CreateSecretInput{},
			"ValidationException: 1 validation error detected: Value at 'secretBinary' failed to satisfy constraint: Member must have length greater than or equal to 1",
		},
		"registration": {
			"ecs", "RegisterTaskDefinition", `{"family":"x","containerDefinitions":[],"networkMode":"odd"}`, &ecs.RegisterTaskDefinitionInput{},
			"ClientException: 1 validation error detected: Value 'odd' at 'networkMode' failed to satisfy constraint: " +
				"Member must satisfy enum value set: [bridge, host, awsvpc, none]",
		},
		"zeros may be left out": {
			"ecs", "CreateService", `{"serviceName":"x","deploymentConfiguration":{"deploymentCircuitBreaker":{}}}`, &ecs.CreateServiceInput{}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := codecOf(t, test.service).ReadJSON(test.op, []byte(test.body), test.into); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWrongTypes(t *testing.T) {
	for body, want := range map[string]string{
		`[]`:                                     "the request: LIST can not be converted to Structure",
		`{"Name":7}`:                             "Name: NUMBER_VALUE can not be converted to string",
		`{"Name":{}}`:                            "Name: OBJECT can not be converted to string",
		`{"Tags":{}}`:                            "Tags: OBJECT can not be converted to List",
		`{"Tags":[null]}`:                        "Tags.1: a list may not hold null",
		`{"Tags":["x"]}`:                         "Tags.1: STRING_VALUE can not be converted to Structure",
		`{"ForceOverwriteReplicaSecret":"true"}`: "ForceOverwriteReplicaSecret: STRING_VALUE can not be converted to boolean",
		`{"SecretBinary":"not base64"}`:          "SecretBinary is not base64",
		`{"Tags":[{"key":"x"}]}`:                 `unknown member "Tags.1.key"`,
		`{"CrossAccountPrimaryARN":"x"}`:         `unknown member "CrossAccountPrimaryARN"`,
	} {
		err := codecOf(t, "secretsmanager").ReadJSON("CreateSecret", []byte(body), &secretsmanager.CreateSecretInput{})
		if err == nil || err.Error() != "SerializationException: "+want {
			t.Errorf("%s: %v", body, err)
		}
	}
	for body, want := range map[string]string{
		`{"containerDefinitions":[{"memory":1.5}]}`:         "containerDefinitions.1.memory is not a whole number that fits",
		`{"containerDefinitions":[{"memory":3000000000}]}`:  "containerDefinitions.1.memory is not a whole number that fits",
		`{"containerDefinitions":[{"dockerLabels":["x"]}]}`: "containerDefinitions.1.dockerLabels: LIST can not be converted to Map",
	} {
		err := codecOf(t, "ecs").ReadJSON("RegisterTaskDefinition", []byte(body), &ecs.RegisterTaskDefinitionInput{})
		if err == nil || err.Error() != "SerializationException: "+want {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestForms(t *testing.T) {
	for form, want := range map[string]string{
		"RoleName=r&AssumeRolePolicyDocument=d":                                          "",
		"RoleName=r&AssumeRolePolicyDocument=d&Tags=":                                    "",
		"RoleName=r&AssumeRolePolicyDocument=d&Tags.member.1.Key=k&Tags.member.1.Value=": "",
		"RoleName=r&AssumeRolePolicyDocument=d&MaxSessionDuration=3600":                  "",
		"AssumeRolePolicyDocument=d":                                                     "ValidationError: 1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
		"RoleName=a+b&AssumeRolePolicyDocument=d": "ValidationError: 1 validation error detected: Value at 'roleName' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: [\w+=,.@-]+`,
		"RoleName=r&AssumeRolePolicyDocument=d&MaxSessionDuration=60": "ValidationError: 1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: " +
			"Member must have value greater than or equal to 3600",
		"RoleName=r&AssumeRolePolicyDocument=d&MaxSessionDuration=long": "MalformedInput: MaxSessionDuration is not a whole number that fits",
		"RoleName=r&AssumeRolePolicyDocument=d&Tags.1.Key=k":            "MalformedInput: Tags is a list: write Tags.member.1 and so on",
		"RoleName=r&AssumeRolePolicyDocument=d&Tags.member.2.Key=k":     "MalformedInput: Tags.member is numbered with a gap: [2]",
		"RoleName=r&AssumeRolePolicyDocument=d&Tags.member.1=k":         "MalformedInput: Tags.member.1 is a structure, not a value",
		"RoleName.x=r&AssumeRolePolicyDocument=d":                       "MalformedInput: RoleName has no members",
		"RoleName=r&rolename=r":                                         `MalformedInput: unknown parameter "rolename"`,
	} {
		values, err := url.ParseQuery(form)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := codecOf(t, "iam").ReadForm("CreateRole", values, &iam.CreateRoleInput{}); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", form, diff)
		}
	}
}

func TestUnions(t *testing.T) {
	read := func(strategy string) (*ecs.RegisterTaskDefinitionInput, error) {
		in := &ecs.RegisterTaskDefinitionInput{}
		body := `{"family":"f","containerDefinitions":[{"name":"c","resourceRequirements":[{"type":"GPU","value":"1","sharingStrategy":` + strategy + `}]}]}`
		return in, codecOf(t, "ecs").ReadJSON("RegisterTaskDefinition", []byte(body), in)
	}
	in, err := read(`{"nvidiaMps":{"memory":1}}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := in.ContainerDefinitions[0].ResourceRequirements[0].SharingStrategy.(*ecstypes.SharingStrategyMemberNvidiaMps); !ok {
		t.Error("the union is not the one that was sent")
	}
	for _, bad := range []string{`{}`, `{"other":{}}`, `{"nvidiaMps":{},"other":{}}`, `"x"`} {
		if _, err := read(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// AWS writes a container's cpu of zero; the SDK's generated code alone would
// leave it out.
func TestZerosAreWritten(t *testing.T) {
	body, err := codecOf(t, "ecs").WriteJSON("DescribeTaskDefinition", &ecs.DescribeTaskDefinitionOutput{
		TaskDefinition: &ecstypes.TaskDefinition{ContainerDefinitions: []ecstypes.ContainerDefinition{
			{Name: aws.String("a<b>&"), DockerLabels: map[string]string{}, Environment: []ecstypes.KeyValuePair{}},
		}},
	})
	want := `{"taskDefinition":{"containerDefinitions":[{"cpu":0,"dockerLabels":{},"environment":[],"name":"a<b>&"}],"revision":0}}`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
}

func TestXML(t *testing.T) {
	codec := codecOf(t, "sts")
	body, err := codec.WriteXML("GetCallerIdentity", &sts.GetCallerIdentityOutput{Account: aws.String("a<&>")}, "id-1")
	want := `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
		`<Account>a&lt;&amp;&gt;</Account></GetCallerIdentityResult>` +
		`<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
	body, err = codec.WriteXMLError(awserr.New("Odd", "a < b"), "id-2")
	want = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>` +
		`<Code>Odd</Code><Message>a &lt; b</Message></Error><RequestId>id-2</RequestId></ErrorResponse>`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
}

func TestAPatternThatGoCannotReadIsAnError(t *testing.T) {
	_, err := New(&model.Service{Name: "x", Shapes: map[string]model.Shape{"s": {Kind: model.String, Pattern: "a(?!b)"}}})
	if err == nil {
		t.Error("taken")
	}
}

// FuzzReadJSON checks that whatever is read was wholly read: written again by
// the same names, nothing is missing. A refusal is always one of AWS's.
func FuzzReadJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"TagFilters":[{"Key":"k","Values":["v"]}]}`, `{"ResourcesPerPage":1e2}`, `{"x":1}`, `[`, `{"ResourceARNList":[null]}`, "\xff",
	} {
		f.Add(seed)
	}
	codec := codecOf(f, "tagging")
	f.Fuzz(func(t *testing.T, body string) {
		err := codec.ReadJSON("GetResources", []byte(body), &resourcegroupstaggingapi.GetResourcesInput{})
		var refusal *awserr.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("%v is no refusal of AWS's", err)
		}
	})
}

// FuzzReadForm checks that a form which is read twice reads the same.
func FuzzReadForm(f *testing.F) {
	for _, seed := range []string{
		"RoleName=r&AssumeRolePolicyDocument=d", "Tags=", "Tags.member.1.Key=k", "Tags.member.1.Key.x=k", "a.b.c.d=1", "=", "...=", "Tags.member.0.Key=k",
	} {
		f.Add(seed)
	}
	codec := codecOf(f, "iam")
	f.Fuzz(func(t *testing.T, form string) {
		values, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		one, two := &iam.CreateRoleInput{}, &iam.CreateRoleInput{}
		errOne, errTwo := codec.ReadForm("CreateRole", values, one), codec.ReadForm("CreateRole", values, two)
		if (errOne == nil) != (errTwo == nil) {
			t.Errorf("read once: %v, and again: %v", errOne, errTwo)
		}
		if errOne == nil && !reflect.DeepEqual(one, two) {
			t.Error("one form reads in two ways")
		}
	})
}
