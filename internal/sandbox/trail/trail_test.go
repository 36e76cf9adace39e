package trail

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/model"
)

func TestWhatIsHidden(t *testing.T) {
	const value = "nobody-sees-this"
	for name, test := range map[string]struct{ service, operation, input, want string }{
		"secret":     {"secretsmanager", "CreateSecret", `{"Name":"db","SecretString":"` + value + `","Tags":[{"Key":"k","Value":"v"}]}`, `{"name":"db","tags":[{"key":"k","value":"v"}]}`},
		"bytes":      {"secretsmanager", "PutSecretValue", `{"SecretId":"db","SecretBinary":"` + value + `"}`, `{"secretId":"db"}`},
		"parameter":  {"ssm", "PutParameter", `{"Name":"/p","Value":"` + value + `"}`, `{"name":"/p","value":"` + hidden + `"}`},
		"role":       {"iam", "PutRolePolicy", `{"RoleName":"r","PolicyName":"p","PolicyDocument":"{}"}`, `{"roleName":"r","policyName":"p","policyDocument":"{}"}`},
		"definition": {"ecs", "RegisterTaskDefinition", `{"family":"f","containerDefinitions":[{"name":"n","environment":[{"name":"A","value":"` + value + `"}],"dockerLabels":{"Key":"v"}}]}`, `{"family":"f","containerDefinitions":[{"name":"n","environment":"` + hidden + `","dockerLabels":{"Key":"v"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := Event(Call{Service: model.Services()[test.service], Operation: test.operation, Input: []byte(test.input)}, "o", "i")
			if err != nil || strings.Contains(string(raw), value) {
				t.Fatalf("%s, %v", raw, err)
			}
			var got struct {
				Detail struct{ RequestParameters any }
			}
			var want any
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got.Detail.RequestParameters); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhoCalls(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:iam::012345678901:user/team/bob": `{"type":"IAMUser","userName":"bob"}`,
		"arn:aws:iam::012345678901:root":          `{"type":"Root"}`,
		"arn:aws:sts::012345678901:assumed-role/app/run": `{"type":"AssumedRole","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA","arn":"arn:aws:iam::012345678901:role/x/app",` +
			`"accountId":"012345678901","userName":"app"}}}`,
	} {
		raw, err := Event(Call{Service: model.Services()["iam"], Operation: "DeleteRole", Input: []byte("{}"), Account: "012345678901", At: time.Unix(0, 0),
			CallerARN: arn, CallerID: "AROA:run", Role: "arn:aws:iam::012345678901:role/x/app", Code: "NoSuchEntity", Message: "no role"}, "o", "i")
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Detail struct {
				UserIdentity            map[string]any
				ErrorCode, ErrorMessage string
			}
		}
		wanted := map[string]any{}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		wanted["arn"], wanted["principalId"], wanted["accountId"] = arn, "AROA:run", "012345678901"
		if diff := cmp.Diff(wanted, got.Detail.UserIdentity); diff != "" || got.Detail.ErrorCode != "NoSuchEntity" {
			t.Errorf("%s\n%s", arn, diff)
		}
	}
}
