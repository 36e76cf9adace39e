package events

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	operator = `{"type":"AssumedRole","principalId":"AROAEXAMPLE:ann","arn":"arn:aws:sts::123456789012:assumed-role/Operator/ann","accountId":"123456789012"}`
	secretID = "arn:aws:secretsmanager:us-west-2:123456789012:secret:"
)

// call is an event of CloudTrail about a call, with request parameters and the
// members after them as JSON.
func call(source, name, parameters string, more ...string) string {
	return trailed("AWS API Call via CloudTrail", source, name, append([]string{`"requestParameters":` + parameters, `"userIdentity":` + operator}, more...)...)
}

func trailed(detailType, source, name string, more ...string) string {
	return fmt.Sprintf(`{"version":"0","id":"outer","detail-type":%q,"source":"aws.%s","account":"123456789012","time":"2026-01-02T03:04:06Z",
"region":"us-west-2","resources":[],"detail":{"eventVersion":"1.09","eventSource":"%[2]s.amazonaws.com","eventName":%q,"eventTime":"2026-01-02T03:04:05Z",
"awsRegion":"us-west-2","eventID":"inner","recipientAccountId":"123456789012","eventType":"AwsApiCall",%s}}`, detailType, source, name, strings.Join(more, ","))
}

// named are the kind and the names of changes.
func named(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.Kind+" "+c.Name)
	}
	return strings.Join(out, ", ")
}

func TestWhatACallIsAbout(t *testing.T) {
	const ecs = "arn:aws:ecs:us-west-2:123456789012:"
	for _, test := range []struct{ source, call, parameters, want string }{
		{"secretsmanager", "CreateSecret", `{"name":"app/db","clientRequestToken":"t"}`, "secret app/db"},
		{"secretsmanager", "PutSecretValue", `{"secretId":"app/db"}`, "secret app/db"},
		{"secretsmanager", "PutSecretValue", `{"secretId":"app-AbCdE1"}`, "secret app-AbCdE1"},
		{"secretsmanager", "PutSecretValue", `{"secretId":"` + secretID + `app/db-AbCdE1"}`, "secret app/db"},
		{"secretsmanager", "UpdateSecret", `{"secretId":"` + secretID + `app/db"}`, "secret app/db"},
		{"secretsmanager", "UpdateSecretVersionStage", `{"secretId":"` + secretID + `my-secret"}`, "secret my, secret my-secret"},
		{"secretsmanager", "DeleteSecret", `{"secretId":"` + secretID + `my-secret-aaaaaa"}`, "secret my-secret, secret my-secret-aaaaaa"},
		{"secretsmanager", "RestoreSecret", `{"secretId":"x"}`, "secret x"},
		{"secretsmanager", "TagResource", `{"secretId":"x","tags":[{"key":"a","value":"b"}]}`, "secret x"},
		{"secretsmanager", "GetSecretValue", `{"secretId":"x"}`, ""},
		{"secretsmanager", "PutSecretValue", `null`, ""},
		{"iam", "PutRolePolicy", `{"roleName":"web","policyName":"p","policyDocument":"{}"}`, "role web"},
		{"iam", "UpdateAssumeRolePolicy", `{"roleName":"web"}`, "role web"},
		{"iam", "PutRolePermissionsBoundary", `{"roleName":"web"}`, "role web"},
		{"iam", "CreateUser", `{"userName":"web"}`, ""},
		{"ecs", "RegisterTaskDefinition", `{"family":"web","containerDefinitions":[{"environment":[{"name":"A","value":"secret"}]}]}`, "task_definition web"},
		{"ecs", "DeregisterTaskDefinition", `{"taskDefinition":"web:3"}`, "task_definition web"},
		{"ecs", "DeregisterTaskDefinition", `{"taskDefinition":"` + ecs + `task-definition/web:3"}`, "task_definition web"},
		{"ecs", "DeleteTaskDefinitions", `{"taskDefinitions":["web:3","web:4","` + ecs + `task-definition/job:1"]}`, "task_definition web, task_definition job"},
		{"ecs", "CreateService", `{"serviceName":"api","cluster":"main"}`, "service main/api"},
		{"ecs", "UpdateService", `{"service":"api"}`, "service default/api"},
		{"ecs", "UpdateService", `{"service":"` + ecs + `service/main/api","cluster":"` + ecs + `cluster/main"}`, "service main/api"},
		{"ecs", "DeleteService", `{"service":"` + ecs + `service/api","cluster":"` + ecs + `cluster/main"}`, "service main/api"},
		{"ecs", "TagResource", `{"resourceArn":"` + ecs + `task-definition/web:3"}`, "task_definition web"},
		{"ecs", "UntagResource", `{"resourceArn":"` + ecs + `service/main/api"}`, "service main/api"},
		{"ecs", "TagResource", `{"resourceArn":"` + ecs + `cluster/main"}`, ""},
		{"ecs", "RunTask", `{"taskDefinition":"web"}`, ""},
		{"ssm", "PutParameter", `{"name":"/app/url","value":"HIDDEN_DUE_TO_SECURITY_REASONS"}`, "parameter /app/url"},
		{"ssm", "DeleteParameters", `{"names":["/a","b"]}`, "parameter /a, parameter b"},
		{"ssm", "LabelParameterVersion", `{"name":"arn:aws:ssm:us-west-2:123456789012:parameter/app/url"}`, "parameter /app/url"},
		{"ssm", "DeleteParameter", `{"name":"arn:aws:ssm:us-west-2:123456789012:parameter/url"}`, "parameter url, parameter /url"},
		{"ssm", "AddTagsToResource", `{"resourceType":"Parameter","resourceId":"/app/url"}`, "parameter /app/url"},
		{"ssm", "AddTagsToResource", `{"resourceType":"Document","resourceId":"d"}`, ""},
		{"s3", "PutObject", `{"bucketName":"b"}`, ""},
	} {
		got, err := Parse([]byte(call(test.source, test.call, test.parameters)))
		if err != nil || named(got) != test.want {
			t.Errorf("%s of %s: %q, %v, not %q", test.call, test.parameters, named(got), err, test.want)
		}
	}
}

func TestWhatAnEventTells(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	service := `"userIdentity":{"accountId":"123456789012","invokedBy":"secretsmanager.amazonaws.com"},"requestParameters":null`
	for name, test := range map[string]struct {
		body string
		want []Change
	}{
		"put": {
			call("secretsmanager", "PutSecretValue", `{"secretId":"app/db","clientRequestToken":"11111111-2222-3333-4444-555555555555"}`),
			[]Change{{Kind: Secret, Name: "app/db", Account: "123456789012", Region: "us-west-2", Event: "PutSecretValue", Token: "11111111-2222-3333-4444-555555555555",
				Actor: "role Operator, session ann", ActorARN: "arn:aws:sts::123456789012:assumed-role/Operator/ann", At: at, ID: "inner"}},
		},
		"put by a full ARN that the answer has": {
			call("secretsmanager", "PutSecretValue", `{"secretId":"`+secretID+`my-secret"}`, `"responseElements":{"arn":"`+secretID+`my-secret-AbCdE1"}`),
			[]Change{{Kind: Secret, Name: "my-secret", Account: "123456789012", Region: "us-west-2", Event: "PutSecretValue",
				Actor: "role Operator, session ann", ActorARN: "arn:aws:sts::123456789012:assumed-role/Operator/ann", At: at, ID: "inner"}},
		},
		"refused": {
			call("iam", "DeleteRole", `{"roleName":"web"}`, `"errorCode":"AccessDenied","errorMessage":"no"`, `"awsRegion":"us-east-1"`),
			[]Change{{Kind: Role, Name: "web", Account: "123456789012", Event: "DeleteRole", Failed: true,
				Actor: "role Operator, session ann", ActorARN: "arn:aws:sts::123456789012:assumed-role/Operator/ann", At: at, ID: "inner"}},
		},
		"rotation": {
			trailed("AWS Service Event via CloudTrail", "secretsmanager", "RotationSucceeded", service, `"additionalEventData":{"SecretId":"`+secretID+`app/db-AbCdE1"}`),
			[]Change{{Kind: Secret, Name: "app/db", Account: "123456789012", Region: "us-west-2", Event: "RotationSucceeded",
				Actor: "the service secretsmanager.amazonaws.com", At: at, ID: "inner"}},
		},
		"deployment": {
			`{"id":"e1","detail-type":"ECS Deployment State Change","source":"aws.ecs","account":"123456789012","time":"2026-01-02T03:04:05Z","region":"eu-west-1",
"resources":["arn:aws:ecs:eu-west-1:123456789012:service/main/api"],"detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED","deploymentId":"ecs-svc/1","reason":"x"}}`,
			[]Change{{Kind: Service, Name: "main/api", Account: "123456789012", Region: "eu-west-1", Event: "SERVICE_DEPLOYMENT_FAILED",
				Actor: "the service ecs.amazonaws.com", At: at, ID: "e1"}},
		},
		"parameter": {
			`{"id":"e2","detail-type":"Parameter Store Change","source":"aws.ssm","account":"123456789012","time":"2026-01-02T03:04:05Z","region":"eu-west-1",
"resources":["arn:aws:ssm:eu-west-1:123456789012:parameter/app/url"],"detail":{"operation":"Update","name":"/app/url","type":"String"}}`,
			[]Change{{Kind: Parameter, Name: "/app/url", Account: "123456789012", Region: "eu-west-1", Event: "Update", At: at, ID: "e2"}},
		},
		"of no interest": {`{"id":"e3","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","detail":{"state":"running"}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(test.body))
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestNoEvents(t *testing.T) {
	const value = "hunter2"
	for name, body := range map[string]string{
		"empty": "", "text": value, "list": `["` + value + `"]`, "no event": `{"password":"` + value + `"}`,
		"time":         `{"id":"x","source":"s","detail-type":"d","time":"` + value + `"}`,
		"detail":       strings.Replace(call("ecs", "UpdateService", `{}`), `"detail":{`, `"detail":"`+value+`","other":{`, 1),
		"parameter":    call("secretsmanager", "PutSecretValue", `{"secretId":["`+value+`"]}`),
		"names":        call("ssm", "DeleteParameters", `{"names":"`+value+`"}`),
		"no parameter": call("iam", "DeleteRole", `"`+value+`"`),
		"too long":     `{"id":"` + strings.Repeat("x", maxBody) + `"}`,
	} {
		got, err := Parse([]byte(body))
		if err == nil || len(got) > 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		} else if strings.Contains(err.Error(), value) {
			t.Errorf("%s: the error repeats the message: %v", name, err)
		}
	}
}

func TestActors(t *testing.T) {
	for identified, want := range map[string]string{
		operator: "role Operator, session ann",
		`{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/team/bob","userName":"bob"}`:                                                       "user bob",
		`{"type":"Root","arn":"arn:aws:iam::123456789012:root"}`:                                                                                    "the root user of account 123456789012",
		`{"type":"FederatedUser","arn":"arn:aws:sts::123456789012:federated-user/eve"}`:                                                             "federated user eve",
		`{"type":"AWSService","principalId":"x","invokedBy":"ecs.amazonaws.com"}`:                                                                   "the service ecs.amazonaws.com",
		`{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/Deploy/AWSCloudFormation","invokedBy":"cloudformation.amazonaws.com"}`: "role Deploy, session AWSCloudFormation, through the service cloudformation.amazonaws.com",
		`{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/Deploy/x","invokedBy":"AWS Internal"}`:                                 "role Deploy, session x, through AWS itself",
		`{"type":"AWSAccount","principalId":"AIDA","accountId":"210987654321"}`:                                                                     "account 210987654321",
		`{"type":"Unknown","principalId":"AIDAEXAMPLE"}`:                                                                                            "AIDAEXAMPLE",
		`{}`: "", `{"userName":"a\u001b[31mb\u202ec"}`: "user a[31mbc",
		`{"userName":"` + strings.Repeat("x", 500) + `"}`: "user " + strings.Repeat("x", maxActor-6) + "…",
	} {
		var i identity
		if err := json.Unmarshal([]byte(identified), &i); err != nil {
			t.Fatal(err)
		}
		if got := i.words(); got != want {
			t.Errorf("%s: %q, not %q", identified, got, want)
		}
	}
}

// FuzzParse wants an error or changes that name something, and no value of a
// request in either.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "{}", call("secretsmanager", "PutSecretValue", `{"secretId":"`+secretID+`a-bcdefg","clientRequestToken":"t"}`),
		call("ecs", "DeleteTaskDefinitions", `{"taskDefinitions":["a:1"]}`), call("ssm", "DeleteParameters", `{"names":["a"]}`),
		call("iam", "DeleteRole", `{"roleName":"r"}`), call("ecs", "UpdateService", `{"service":"s","cluster":"c"}`),
		trailed("AWS Service Event via CloudTrail", "secretsmanager", "RotationFailed", `"additionalEventData":{"SecretId":"x"}`),
	} {
		f.Add([]byte(seed))
	}
	kinds := []string{Secret, Role, TaskDefinition, Service, Parameter}
	f.Fuzz(func(t *testing.T, body []byte) {
		changes, err := Parse(body)
		if err != nil && len(changes) > 0 {
			t.Fatal("both an error and changes")
		}
		for _, c := range changes {
			if c.Name == "" || c.ID == "" || !strings.Contains(strings.Join(kinds, " "), c.Kind) {
				t.Fatalf("%+v", c)
			}
			if len([]rune(c.Actor)) > maxActor || len([]rune(c.Event)) > maxActor {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// TestWatchedIsRead wants a change of everything that a rule lets through.
func TestWatchedIsRead(t *testing.T) {
	const everything = `{"secretId":"x","name":"x","roleName":"x","family":"x","taskDefinition":"x:1","taskDefinitions":["x:1"],"serviceName":"x","service":"x",
"cluster":"x","resourceArn":"arn:aws:ecs:us-west-2:123456789012:task-definition/x:1","names":["x"],"resourceType":"Parameter","resourceId":"x"}`
	for source, names := range Watched() {
		for _, name := range names {
			service := strings.TrimSuffix(source, ".amazonaws.com")
			got, err := Parse([]byte(call(service, name, everything, `"additionalEventData":{"SecretId":"x"}`)))
			if err != nil || len(got) != 1 {
				t.Errorf("%s of %s: %v, %v", name, source, got, err)
			}
		}
	}
}
