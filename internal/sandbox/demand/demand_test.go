package demand

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	awssecrets "github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/model"
)

const (
	number = "012345678901"
	region = "us-west-2"
)

// fixed is an account that holds what it lists, by service and id.
type fixed map[string]Resource

func (f fixed) Find(service, id string) (Resource, bool) {
	r, ok := f[service+" "+id]
	return r, ok
}

func (f fixed) ARN(service, resource string) string {
	if service == "iam" {
		return "arn:aws:iam::" + number + ":" + resource
	}
	return "arn:aws:" + service + ":" + region + ":" + number + ":" + resource
}

func (f fixed) Caller() string { return "arn:aws:iam::" + number + ":user/ops/ann" }

// TestEveryOperationHasARow fails for an operation that is served and of which
// nobody has said what permission it takes.
func TestEveryOperationHasARow(t *testing.T) {
	for name, service := range model.Services() {
		for operation := range service.Operations {
			if !Has(name, operation) {
				t.Errorf("%s:%s has no row", name, operation)
			}
		}
	}
	if _, err := Of(fixed{}, "ecs", "Invented", &struct{}{}); err == nil {
		t.Error("an operation without a row takes no permission")
	}
}

func TestAMemberThatIsNotThere(t *testing.T) {
	if _, err := Of(fixed{}, "secretsmanager", "GetSecretValue", &struct{ Name string }{}); err == nil {
		t.Error("a member that the input has not is nothing at all")
	}
}

// pairs are checks as "action resource".
func pairs(checks []access.Check) []string {
	var out []string
	for _, c := range checks {
		out = append(out, c.Action+" "+strings.ReplaceAll(strings.ReplaceAll(c.Resource, ":"+number, ""), ":"+region, ""))
	}
	return out
}

// TestActionsAndResources shows the shape of each kind of row.
func TestActionsAndResources(t *testing.T) {
	account := fixed{
		"secretsmanager app/db": {ARN: "arn:aws:secretsmanager:us-west-2:012345678901:secret:app/db-AbCdEf", Tags: map[string]string{}},
		"iam role/web":          {ARN: "arn:aws:iam::012345678901:role/team/web", Tags: map[string]string{}},
	}
	a := aws.String
	secretTags := []struct{ Key, Value *string }{{a("k"), a("v")}}
	for _, test := range []struct {
		service, operation string
		input              any
		want               []string
	}{
		{"secretsmanager", "GetSecretValue", &awssecrets.GetSecretValueInput{SecretId: a("app/db")}, []string{"secretsmanager:GetSecretValue arn:aws:secretsmanager:secret:app/db-AbCdEf"}},
		{"secretsmanager", "GetSecretValue", &awssecrets.GetSecretValueInput{SecretId: a("none")}, []string{"secretsmanager:GetSecretValue arn:aws:secretsmanager:secret:none-??????"}},
		{"secretsmanager", "ListSecrets", &awssecrets.ListSecretsInput{}, []string{"secretsmanager:ListSecrets *"}},
		{"secretsmanager", "CreateSecret", &struct {
			Name, Description, KmsKeyId, Type *string
			AddReplicaRegions                 []struct{ Region *string }
			Tags                              []struct{ Key, Value *string }
		}{Name: a("new"), Tags: secretTags, AddReplicaRegions: []struct{ Region *string }{{a("eu-west-1")}}}, []string{
			"secretsmanager:CreateSecret arn:aws:secretsmanager:secret:new-??????",
			"secretsmanager:TagResource arn:aws:secretsmanager:secret:new-??????",
			"secretsmanager:ReplicateSecretToRegions arn:aws:secretsmanager:secret:new-??????",
		}},
		{"sts", "AssumeRole", &struct{}{}, nil},
		{"tagging", "GetResources", &struct{}{}, []string{"tag:GetResources *"}},
		{"iam", "DeleteRole", &awsiam.DeleteRoleInput{RoleName: a("web")}, []string{"iam:DeleteRole arn:aws:iam::role/team/web"}},
		{"iam", "CreateRole", &awsiam.CreateRoleInput{RoleName: a("new"), Path: a("/x/")}, []string{"iam:CreateRole arn:aws:iam::role/x/new"}},
		{"iam", "ListAccessKeys", &awsiam.ListAccessKeysInput{}, []string{"iam:ListAccessKeys arn:aws:iam::user/ann"}},
		{"iam", "GetPolicy", &awsiam.GetPolicyInput{PolicyArn: a("arn:aws:iam::aws:policy/X")}, []string{"iam:GetPolicy arn:aws:iam::aws:policy/X"}},
		{"iam", "AddRoleToInstanceProfile", &awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: a("p"), RoleName: a("web")},
			[]string{"iam:AddRoleToInstanceProfile arn:aws:iam::instance-profile/p", "iam:PassRole arn:aws:iam::role/team/web"}},
		{"ecs", "RegisterTaskDefinition", &awsecs.RegisterTaskDefinitionInput{Family: a("web"), TaskRoleArn: a("web"), ExecutionRoleArn: a("arn:aws:iam::012345678901:role/run"),
			Tags: []types.Tag{{Key: a("k"), Value: a("v")}}}, []string{
			"ecs:RegisterTaskDefinition arn:aws:ecs:task-definition/web:*", "ecs:TagResource arn:aws:ecs:task-definition/web:*",
			"iam:PassRole arn:aws:iam::role/team/web", "iam:PassRole arn:aws:iam::role/run",
		}},
		{"ecs", "DescribeClusters", &awsecs.DescribeClustersInput{}, []string{"ecs:DescribeClusters arn:aws:ecs:cluster/default"}},
		{"ecs", "DescribeServices", &awsecs.DescribeServicesInput{Cluster: a("c"), Services: []string{"a", "arn:aws:ecs:us-west-2:012345678901:service/c/b"}},
			[]string{"ecs:DescribeServices arn:aws:ecs:service/c/a", "ecs:DescribeServices arn:aws:ecs:service/c/b"}},
		{"ecs", "CreateService", &awsecs.CreateServiceInput{ServiceName: a("s"), TaskDefinition: a("web"), Role: a("web")},
			[]string{"ecs:CreateService arn:aws:ecs:service/default/s", "iam:PassRole arn:aws:iam::role/team/web"}},
		{"ssm", "GetParameter", &struct{ Name *string }{a("/app/db:3")}, []string{"ssm:GetParameter arn:aws:ssm:parameter/app/db"}},
		{"ssm", "GetParameters", &struct{ Names []string }{[]string{"a", "/b/c"}}, []string{"ssm:GetParameters arn:aws:ssm:parameter/a", "ssm:GetParameters arn:aws:ssm:parameter/b/c"}},
		{"ssm", "AddTagsToResource", &struct {
			ResourceType string
			ResourceId   *string
		}{"Parameter", a("/b")}, []string{"ssm:AddTagsToResource arn:aws:ssm:parameter/b"}},
		{"logs", "PutRetentionPolicy", &struct{ LogGroupName *string }{a("/app")}, []string{"logs:PutRetentionPolicy arn:aws:logs:log-group:/app:log-stream:"}},
		{"logs", "TagResource", &struct{ ResourceArn *string }{a("arn:aws:logs:us-west-2:012345678901:log-group:/app:*")}, []string{"logs:TagResource arn:aws:logs:log-group:/app"}},
		{"logs", "CreateLogGroup", &struct {
			LogGroupName *string
			Tags         map[string]string
		}{a("/app"), map[string]string{"k": "v"}}, []string{"logs:CreateLogGroup arn:aws:logs:log-group:/app:log-stream:", "logs:TagResource arn:aws:logs:log-group:/app"}},
		{"scheduler", "CreateSchedule", &struct {
			Name, GroupName *string
			Target          *struct{ RoleArn *string }
		}{a("nightly"), nil, &struct{ RoleArn *string }{a("arn:aws:iam::012345678901:role/team/web")}},
			[]string{"scheduler:CreateSchedule arn:aws:scheduler:schedule/default/nightly", "iam:PassRole arn:aws:iam::role/team/web"}},
		{"events", "PutTargets", &struct {
			Rule, EventBusName *string
			Targets            []struct{ Arn, RoleArn *string }
		}{a("r"), a("bus"), []struct{ Arn, RoleArn *string }{{a("x"), a("web")}}}, []string{"events:PutTargets arn:aws:events:rule/bus/r", "iam:PassRole arn:aws:iam::role/team/web"}},
	} {
		t.Run(test.service+"/"+test.operation, func(t *testing.T) {
			checks, err := Of(account, test.service, test.operation, test.input)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, pairs(checks)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestConditionKeys shows what comes with a check.
func TestConditionKeys(t *testing.T) {
	account := fixed{
		"secretsmanager s": {ARN: "arn:s", Tags: map[string]string{"Owner": "x"}, Policy: "{}"},
		"iam role/web":     {ARN: "arn:aws:iam::012345678901:role/web", Tags: map[string]string{}, Boundary: "arn:edge"},
	}
	one := func(service, operation string, input any) map[string][]string {
		checks, err := Of(account, service, operation, input)
		if err != nil || len(checks) == 0 {
			t.Fatal(errors.Join(err, fmt.Errorf("%s:%s has %d checks", service, operation, len(checks))))
		}
		return checks[0].Context
	}
	a := aws.String
	for _, test := range []struct {
		got  map[string][]string
		key  string
		want []string
	}{
		{one("secretsmanager", "GetSecretValue", &awssecrets.GetSecretValueInput{SecretId: a("s"), VersionStage: a("AWSPENDING")}), "secretsmanager:versionstage", []string{"AWSPENDING"}},
		{one("secretsmanager", "GetSecretValue", &awssecrets.GetSecretValueInput{SecretId: a("s")}), "secretsmanager:versionstage", nil},
		{one("secretsmanager", "GetSecretValue", &awssecrets.GetSecretValueInput{SecretId: a("s")}), "secretsmanager:secretid", []string{"arn:s"}},
		{one("secretsmanager", "GetSecretValue", &awssecrets.GetSecretValueInput{SecretId: a("s")}), "secretsmanager:resourcetag/owner", []string{"x"}},
		{one("secretsmanager", "DeleteSecret", &awssecrets.DeleteSecretInput{SecretId: a("s"), RecoveryWindowInDays: aws.Int64(7)}), "secretsmanager:recoverywindowindays", []string{"7"}},
		{one("secretsmanager", "UntagResource", &awssecrets.UntagResourceInput{SecretId: a("s"), TagKeys: []string{"Owner"}}), "aws:tagkeys", []string{"Owner"}},
		{one("iam", "AttachRolePolicy", &awsiam.AttachRolePolicyInput{RoleName: a("web"), PolicyArn: a("arn:p")}), "iam:policyarn", []string{"arn:p"}},
		{one("iam", "AttachRolePolicy", &awsiam.AttachRolePolicyInput{RoleName: a("web"), PolicyArn: a("arn:p")}), "iam:permissionsboundary", []string{"arn:edge"}},
		{one("ecs", "UpdateService", &awsecs.UpdateServiceInput{Cluster: a("c"), Service: a("s")}), "ecs:cluster", []string{"arn:aws:ecs:us-west-2:012345678901:cluster/c"}},
		{one("ecs", "RegisterTaskDefinition", &awsecs.RegisterTaskDefinitionInput{Family: a("f"), Tags: []types.Tag{{Key: a("K"), Value: a("v")}}}), "aws:requesttag/k", []string{"v"}},
	} {
		got, known := test.got[test.key]
		if diff := cmp.Diff(test.want, got); diff != "" || !known {
			t.Errorf("%s, known %v (-want +got):\n%s", test.key, known, diff)
		}
	}
}
