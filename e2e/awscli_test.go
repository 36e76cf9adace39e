package e2e

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"ecs-reconciler/internal/testtool"
)

// cliStep is one command of the AWS CLI and what it answers: the text of a
// JMESPath query, or the code of a refusal.
type cliStep struct{ command, query, want, refused string }

// cliDocuments stand for themselves in a command, which is split at blanks.
func cliDocuments() map[string]string {
	return map[string]string{
		"TRUST":   `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
		"TRUST2":  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
		"TRUST3":  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"scheduler.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
		"DAILY":   "rate(1 day)",
		"POLICY":  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`,
		"QUOTED":  `a "quoted" value`,
		"MAIN":    `[{"name":"main","image":"busybox:1","memory":64}]`,
		"MAIN2":   `[{"name":"main","image":"busybox:2","memory":64}]`,
		"MANAGED": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
	}
}

// TestAWSCLI makes, reads, changes and destroys each kind of object with AWS's
// own command line, on the sandbox.
func TestAWSCLI(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	for _, scenario := range cliScenarios(c.account) {
		t.Run(scenario.name, func(t *testing.T) {
			for _, step := range scenario.steps {
				step.take(t, c)
			}
		})
	}
}

type cliScenario struct {
	name  string
	steps []cliStep
}

func cliScenarios(account string) []cliScenario {
	return []cliScenario{
		{"caller", []cliStep{
			{command: "sts get-caller-identity", query: "Account", want: account},
		}},
		{"secret", []cliStep{
			{command: "secretsmanager create-secret --name cli/db --secret-string QUOTED --tags Key=team,Value=data", query: "Name", want: "cli/db"},
			{command: "secretsmanager get-secret-value --secret-id cli/db", query: "SecretString", want: `a "quoted" value`},
			{command: "secretsmanager put-secret-value --secret-id cli/db --secret-string two", query: "VersionStages", want: "AWSCURRENT"},
			{command: "secretsmanager get-secret-value --secret-id cli/db --version-stage AWSPREVIOUS", query: "SecretString", want: `a "quoted" value`},
			{command: "secretsmanager update-secret --secret-id cli/db --description changed", query: "Name", want: "cli/db"},
			{command: "secretsmanager list-secrets --filters Key=name,Values=cli/", query: "SecretList[].[Name,Description,Tags[0].Value]", want: "cli/db\tchanged\tdata"},
			{command: "secretsmanager delete-secret --secret-id cli/db --force-delete-without-recovery", query: "Name", want: "cli/db"},
			{command: "secretsmanager get-secret-value --secret-id cli/db", refused: "ResourceNotFoundException"},
		}},
		{"role", []cliStep{
			{command: "iam create-role --role-name cli-task --assume-role-policy-document TRUST", query: "Role.RoleName", want: "cli-task"},
			{command: "iam put-role-policy --role-name cli-task --policy-name read --policy-document POLICY"},
			{command: "iam attach-role-policy --role-name cli-task --policy-arn MANAGED"},
			{command: "iam list-roles", query: "Roles[?RoleName=='cli-task'].AssumeRolePolicyDocument.Statement[0].Principal.Service", want: "ecs-tasks.amazonaws.com"},
			{command: "iam get-role-policy --role-name cli-task --policy-name read", query: "PolicyDocument.Statement[0].Action", want: "s3:GetObject"},
			{command: "iam update-assume-role-policy --role-name cli-task --policy-document TRUST2"},
			{command: "iam get-role --role-name cli-task", query: "Role.AssumeRolePolicyDocument.Statement[0].Principal.Service", want: "ec2.amazonaws.com"},
			{command: "iam delete-role --role-name cli-task", refused: "DeleteConflict"},
			{command: "iam detach-role-policy --role-name cli-task --policy-arn MANAGED"},
			{command: "iam delete-role-policy --role-name cli-task --policy-name read"},
			{command: "iam delete-role --role-name cli-task"},
			{command: "iam get-role --role-name cli-task", refused: "NoSuchEntity"},
		}},
		{"log group", []cliStep{
			{command: "logs create-log-group --log-group-name /cli/job --tags team=data"},
			{command: "logs put-retention-policy --log-group-name /cli/job --retention-in-days 30"},
			{command: "logs describe-log-groups --log-group-name-prefix /cli/", query: "logGroups[0].retentionInDays", want: "30"},
			{command: "logs list-tags-log-group --log-group-name /cli/job", query: "tags.team", want: "data"},
			{command: "logs delete-log-group --log-group-name /cli/job"},
			{command: "logs delete-log-group --log-group-name /cli/job", refused: "ResourceNotFoundException"},
		}},
		{"parameter", []cliStep{
			{command: "ssm put-parameter --name /cli/level --type String --value info", query: "Version", want: "1"},
			{command: "ssm put-parameter --name /cli/level --type String --value debug", refused: "ParameterAlreadyExists"},
			{command: "ssm put-parameter --name /cli/level --overwrite --value debug", query: "Version", want: "2"},
			{command: "ssm get-parameter --name /cli/level", query: "Parameter.Value", want: "debug"},
			{command: "ssm get-parameters-by-path --path /cli", query: "Parameters[].Name", want: "/cli/level"},
			{command: "ssm delete-parameter --name /cli/level"},
			{command: "ssm get-parameter --name /cli/level", refused: "ParameterNotFound"},
		}},
		{"schedule", []cliStep{
			{command: "iam create-role --role-name cli-runner --assume-role-policy-document TRUST3", query: "Role.RoleName", want: "cli-runner"},
			{command: "scheduler create-schedule --name cli --schedule-expression rate(1_day) --flexible-time-window Mode=OFF --target Arn=arn:aws:sqs:us-west-2:" + account + ":q,RoleArn=arn:aws:iam::" + account + ":role/cli-runner", refused: "ValidationException"},
			{command: "scheduler create-schedule --name cli --schedule-expression DAILY --flexible-time-window Mode=OFF --target Arn=arn:aws:sqs:us-west-2:" + account + ":q,RoleArn=arn:aws:iam::" + account + ":role/cli-runner",
				query: "contains(ScheduleArn, 'schedule/default/cli')", want: "True"},
			{command: "scheduler get-schedule --name cli", query: "[GroupName,State]", want: "default\tENABLED"},
			{command: "scheduler update-schedule --name cli --state DISABLED --schedule-expression DAILY --flexible-time-window Mode=OFF --target Arn=arn:aws:sqs:us-west-2:" + account + ":q,RoleArn=arn:aws:iam::" + account + ":role/cli-runner",
				query: "contains(ScheduleArn, 'schedule/default/cli')", want: "True"},
			{command: "scheduler list-schedules", query: "Schedules[?Name=='cli'].State", want: "DISABLED"},
			{command: "scheduler delete-schedule --name cli"},
			{command: "scheduler get-schedule --name cli", refused: "ResourceNotFoundException"},
			{command: "iam delete-role --role-name cli-runner"},
		}},
		{"task definition and service", []cliStep{
			{command: "ecs create-cluster --cluster-name cli", query: "cluster.status", want: "ACTIVE"},
			{command: "ecs register-task-definition --family cli-job --container-definitions MAIN", query: "taskDefinition.revision", want: "1"},
			{command: "ecs create-service --cluster cli --service-name job --task-definition cli-job --desired-count 0", query: "service.status", want: "ACTIVE"},
			{command: "ecs register-task-definition --family cli-job --container-definitions MAIN2", query: "taskDefinition.revision", want: "2"},
			{command: "ecs update-service --cluster cli --service job --task-definition cli-job:2", query: "service.desiredCount", want: "0"},
			{command: "ecs describe-services --cluster cli --services job", query: "ends_with(services[0].taskDefinition, 'cli-job:2')", want: "True"},
			{command: "ecs describe-task-definition --task-definition cli-job", query: "taskDefinition.containerDefinitions[0].image", want: "busybox:2"},
			{command: "ecs delete-service --cluster cli --service job", query: "service.serviceName", want: "job"},
			{command: "ecs deregister-task-definition --task-definition cli-job:1", query: "taskDefinition.status", want: "INACTIVE"},
			{command: "ecs deregister-task-definition --task-definition cli-job:2", query: "taskDefinition.status", want: "INACTIVE"},
			{command: "ecs describe-task-definition --task-definition cli-job", refused: "ClientException"},
			{command: "ecs delete-cluster --cluster cli", query: "cluster.status", want: "INACTIVE"},
		}},
	}
}

func (s cliStep) take(t *testing.T, c *cloud) {
	t.Helper()
	args := strings.Fields(s.command)
	for i := range args {
		if document, ok := cliDocuments()[args[i]]; ok {
			args[i] = document
		}
	}
	if s.query != "" {
		args = append(args, "--query", s.query)
	}
	stdout, stderr, failed := c.aws(t, append(args, "--output", "text")...)
	switch {
	case failed != (s.refused != ""):
		t.Fatalf("aws %s: failed is %t\n%s", s.command, failed, stderr)
	case !strings.Contains(stderr, s.refused):
		t.Fatalf("aws %s: refused with %q, not %s", s.command, stderr, s.refused)
	case strings.TrimSpace(stdout) != s.want:
		t.Fatalf("aws %s: %s is %q, not %q", s.command, s.query, strings.TrimSpace(stdout), s.want)
	}
}

// aws runs the AWS CLI, which fails with a status of its own.
func (c *cloud) aws(t testing.TB, args ...string) (stdout, stderr string, failed bool) {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{testtool.Tool(t, "aws")}, args...)...)
	cmd.Env = append(cmd.Environ(), append(c.environ(), "AWS_DEFAULT_REGION="+region, "AWS_MAX_ATTEMPTS=1")...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), problems.String(), !cmd.ProcessState.Success()
}
