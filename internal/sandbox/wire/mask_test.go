package wire

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/model"
)

// TestMask: names are told, and nothing else.
func TestMask(t *testing.T) {
	for name, test := range map[string]struct{ service, op, body, want string }{
		"secret": {
			"secretsmanager", "CreateSecret",
			`{"Name":"app/db","SecretString":"canary","SecretBinary":"Y2FuYXJ5","Description":"canary","ClientRequestToken":"tok","Tags":[{"Key":"team","Value":"canary"}],"KmsKeyId":"alias/x"}`,
			`{"Name":"app/db","SecretString":"***","SecretBinary":"***","Description":"***","ClientRequestToken":"tok","Tags":[{"Key":"team","Value":"***"}],"KmsKeyId":"alias/x"}`,
		},
		"task definition": {
			"ecs", "RegisterTaskDefinition",
			`{"family":"web","cpu":"256","networkMode":"awsvpc","requiresCompatibilities":["FARGATE","canary"],"taskRoleArn":"arn:r","containerDefinitions":[
			{"name":"main","image":"busybox","memory":64,"essential":true,"command":["canary"],"entryPoint":["canary"],
			"environment":[{"name":"A","value":"canary"}],"secrets":[{"name":"B","valueFrom":"arn:s"}],
			"logConfiguration":{"logDriver":"splunk","options":{"splunk-token":"canary"}},"dockerLabels":{"l":"canary"},
			"healthCheck":{"command":["canary"],"interval":5},"repositoryCredentials":{"credentialsParameter":"canary"}}]}`,
			`{"family":"web","cpu":"***","networkMode":"awsvpc","requiresCompatibilities":["FARGATE","***"],"taskRoleArn":"arn:r","containerDefinitions":[
			{"name":"main","image":"busybox","memory":64,"essential":true,"command":["***"],"entryPoint":["***"],
			"environment":"***","secrets":[{"name":"B","valueFrom":"arn:s"}],
			"logConfiguration":{"logDriver":"splunk","options":{"splunk-token":"***"}},"dockerLabels":{"l":"***"},
			"healthCheck":{"command":["***"],"interval":5},"repositoryCredentials":"***"}]}`,
		},
		"nothing":        {"secretsmanager", "ListSecrets", ``, `{}`},
		"null":           {"secretsmanager", "ListSecrets", `{"MaxResults":null}`, `{"MaxResults":null}`},
		"not JSON":       {"secretsmanager", "CreateSecret", `{"Name":"canary"`, `null`},
		"two bodies":     {"secretsmanager", "CreateSecret", `{}{"Name":"canary"}`, `null`},
		"a list":         {"secretsmanager", "CreateSecret", `["canary"]`, `null`},
		"unknown member": {"secretsmanager", "CreateSecret", `{"Name":"x","Canary":"canary"}`, `null`},
		"wrong type":     {"secretsmanager", "CreateSecret", `{"Name":{"canary":"canary"}}`, `null`},
		"number in text": {"secretsmanager", "CreateSecret", `{"Name":1234}`, `null`},
		"text in number": {"secretsmanager", "ListSecrets", `{"MaxResults":"canary"}`, `null`},
		"list in number": {"secretsmanager", "ListSecrets", `{"MaxResults":[1]}`, `null`},
		"deep down":      {"secretsmanager", "CreateSecret", `{"Name":"x","Tags":[{"Key":"a","Value":[7]}]}`, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(codecOf(t, test.service).MaskJSON(test.op, []byte(test.body)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(treeFrom(t, test.want), treeFrom(t, string(got))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func treeFrom(t *testing.T, text string) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return tree
}

func TestMaskForm(t *testing.T) {
	for query, want := range map[string]string{
		"Action=CreateRole&Version=2010-05-08&RoleName=r&Path=/a/&AssumeRolePolicyDocument=canary&MaxSessionDuration=3600&Tags.member.1.Key=k&Tags.member.1.Value=canary": `{"RoleName":"r","Path":"/a/","AssumeRolePolicyDocument":"***","MaxSessionDuration":3600,"Tags":[{"Key":"k","Value":"***"}]}`,
		"RoleName=r&Canary=canary": "null",
		"RoleName=r&RoleName=s":    "null",
	} {
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(codecOf(t, "iam").MaskForm("CreateRole", form))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(treeFrom(t, want), treeFrom(t, string(got))); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	external, err := url.ParseQuery("RoleArn=arn:r&RoleSessionName=n&ExternalId=canary&TokenCode=123456&Policy=canary")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(codecOf(t, "sts").MaskForm("AssumeRole", external))
	if want := `{"ExternalId":"***","Policy":"***","RoleArn":"arn:r","RoleSessionName":"n","TokenCode":"***"}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// TestNothingSensitiveIsTold fills whatever any model calls sensitive, and
// every blob, and looks for it.
func TestNothingSensitiveIsTold(t *testing.T) {
	const canary = "canary-4f1d"
	filled := 0
	for _, service := range model.Services() {
		for op, operation := range service.Operations {
			g := filler{service: service, canary: canary}
			body, err := json.Marshal(g.value(operation.Input, false, 0))
			if err != nil {
				t.Fatal(err)
			}
			filled += strings.Count(string(body), canary)
			c := codecOf(t, service.Name)
			shown, err := json.Marshal(c.MaskJSON(op, body))
			if err != nil || strings.Contains(string(shown), canary) || string(shown) == "null" {
				t.Errorf("%s:%s: %v %.300s", service.Name, op, err, shown)
			}
		}
	}
	if filled < 10 {
		t.Errorf("only %d places are sensitive", filled)
	}
}

// filler makes a tree of every member, with a canary in all that is sensitive.
type filler struct {
	service *model.Service
	canary  string
}

func (g filler) value(name string, sensitive bool, depth int) any {
	shape := g.service.Shapes[name]
	sensitive = sensitive || shape.Sensitive
	switch shape.Kind {
	case model.Structure:
		out := map[string]any{}
		for _, m := range shape.Members {
			if depth < 8 && g.service.Shapes[m.Shape].Kind != model.Document { // which no operation can read
				out[m.Name] = g.value(m.Shape, sensitive, depth+1)
			}
		}
		return out
	case model.List:
		return []any{g.value(shape.Elem, sensitive, depth+1)}
	case model.Map:
		return map[string]any{"key": g.value(shape.Elem, sensitive, depth+1)}
	case model.Boolean:
		return true
	case model.Integer, model.Long, model.Float, model.Double, model.Timestamp:
		return 1
	default:
		if sensitive || shape.Kind == model.Blob {
			return g.canary
		}
		return "plain"
	}
}
