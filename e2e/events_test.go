package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/events"
)

// reading hands over what a Reader finds in a queue, as "KIND NAME EVENT", until
// the test ends.
type reading struct {
	mu    sync.Mutex
	taken []events.Change
	said  []string
}

func read(t *testing.T, c *cloud, queue string) *reading {
	t.Helper()
	source, err := events.ParseSource("sqs:" + queue)
	if err != nil {
		t.Fatal(err)
	}
	client := sqs.NewFromConfig(aws.Config{Region: source.Region, BaseEndpoint: &c.url, Credentials: credentials.NewStaticCredentialsProvider(c.account, "anything", "")})
	r := &reading{}
	reader := events.NewReader(events.Config{Queue: client, URL: source.URL, Take: r.take, Report: r.report})
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		reader.Run(ctx)
	}()
	t.Cleanup(func() {
		end()
		<-done
	})
	return r
}

func (r *reading) take(c events.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken, c)
}

func (r *reading) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !errors.Is(err, context.Canceled) {
		r.said = append(r.said, err.Error())
	}
}

// forwarder begins the name of the template's own role, whose making is told too.
const forwarder = "reconciler-events-"

// wants waits for changes, which may come in any order.
func (r *reading) wants(t *testing.T, want ...string) []events.Change {
	t.Helper()
	slices.Sort(want)
	var got []string
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		r.mu.Lock()
		taken := slices.Clone(r.taken)
		r.mu.Unlock()
		got = nil
		taken = slices.DeleteFunc(taken, func(c events.Change) bool { return strings.HasPrefix(c.Name, forwarder) })
		for _, c := range taken {
			got = append(got, c.Kind+" "+c.Name+" "+c.Event)
		}
		slices.Sort(got)
		if slices.Equal(want, got) {
			return taken
		}
	}
	t.Fatalf("%s\nreported: %q", cmp.Diff(want, got), r.said)
	return nil
}

// TestEventsOfChanges lets boto3 make a queue and a rule at the sandbox and
// change objects, and wants the reader to tell which.
func TestEventsOfChanges(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	arn := "arn:aws:sqs:" + region + ":" + c.account + ":changes"
	url := c.boto3(t, "sqs", "create_queue", arguments{"QueueName": "changes", "Attributes": map[string]any{
		"Policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + arn + `"}]}`,
	}})["QueueUrl"].(string)
	c.boto3(t, "events", "put_rule", arguments{"Name": "changes", "EventPattern": `{"source":["aws.secretsmanager","aws.ecs","aws.ssm"]}`})
	c.boto3(t, "events", "put_targets", arguments{"Rule": "changes", "Targets": []any{map[string]any{"Id": "queue", "Arn": arn}}})
	r := read(t, c, url)

	const token = "11111111-2222-4333-8444-555555555555"
	full := c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "app/db", "SecretString": "hidden-one"})["ARN"].(string)
	c.boto3(t, "secretsmanager", "put_secret_value", arguments{"SecretId": full, "SecretString": "hidden-two", "ClientRequestToken": token})
	c.boto3(t, "secretsmanager", "get_secret_value", arguments{"SecretId": full})
	c.boto3(t, "ssm", "put_parameter", arguments{"Name": "/app/url", "Value": "hidden-three", "Type": "String"})
	c.boto3(t, "ecs", "register_task_definition", arguments{"family": "web", "containerDefinitions": []any{map[string]any{
		"name": "main", "image": "app:1", "memory": 64, "environment": []any{map[string]any{"name": "A", "value": "hidden-four"}}}}})
	c.boto3(t, "sqs", "send_message", arguments{"QueueUrl": url, "MessageBody": "no event"})

	taken := r.wants(t, "secret app/db CreateSecret", "secret app/db PutSecretValue", "parameter /app/url PutParameter", "task_definition web RegisterTaskDefinition")
	for _, change := range taken {
		if change.Account != c.account || change.Region != region || change.Failed || !strings.HasPrefix(change.Actor, "user ") || change.ActorARN == "" ||
			(change.Token == token) != (change.Event == "PutSecretValue") {
			t.Errorf("%+v", change)
		}
	}
	if said := fmt.Sprint(r.said, taken); strings.Contains(said, "hidden") {
		t.Error(said)
	}
	left := c.boto3(t, "sqs", "get_queue_attributes", arguments{"QueueUrl": url, "AttributeNames": []any{"All"}})["Attributes"].(map[string]any)
	if left["ApproximateNumberOfMessages"] != "0" || len(r.said) != 1 || !strings.Contains(r.said[0], "is dropped: it is no JSON") {
		t.Errorf("%v, %q", left, r.said)
	}
}

// eventsTemplates are what print-events-template prints, by its golden files.
const eventsTemplates = "../internal/cli/testdata"

// TestEventsTemplateOfTerraform applies the template at the sandbox, at home and
// where IAM is, and changes a role.
func TestEventsTemplateOfTerraform(t *testing.T) {
	t.Parallel()
	program, mirror := terraform()
	if mirror == "" {
		t.Logf("not run: terraform is %q, and none of %v has a copy of its AWS provider", program, providerFolders())
		return
	}
	c := newCloud(t, sandbox)
	far := newTerraform(t, c, program, mirror, filepath.Join(eventsTemplates, "events.tf"))
	far.env = append(far.env, "AWS_REGION=us-east-1")
	home := newTerraform(t, c, program, mirror, filepath.Join(eventsTemplates, "events.tf"))
	for _, tf := range []terraformRun{home, far} {
		tf.run(t, 0, "init")
		tf.run(t, 0, "apply", "-auto-approve", "-var=home_region="+region)
		tf.run(t, 0, "plan", "-detailed-exitcode", "-var=home_region="+region)
	}
	url := c.boto3(t, "sqs", "get_queue_url", arguments{"QueueName": "reconciler-changes"})["QueueUrl"].(string)
	r := read(t, c, url)
	c.boto3(t, "iam", "create_role", arguments{"RoleName": "web",
		"AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`})
	c.boto3(t, "secretsmanager", "create_secret", arguments{"Name": "near"})
	c.boto3In(t, "us-east-1", "secretsmanager", "create_secret", arguments{"Name": "far"})
	c.boto3In(t, "eu-west-1", "secretsmanager", "create_secret", arguments{"Name": "unheard"})
	for _, change := range r.wants(t, "role web CreateRole", "secret near CreateSecret", "secret far CreateSecret") {
		if want := map[string]string{"near": region, "far": "us-east-1"}[change.Name]; change.Region != want {
			t.Errorf("%+v is not of %s", change, want)
		}
	}
	// The provider takes minutes to see that queues are gone, so those stay.
	far.run(t, 0, "destroy", "-auto-approve", "-var=home_region="+region)
}

// TestEventsTemplateOfCloudFormation makes the template's stack at moto, and
// sends an event through it.
func TestEventsTemplateOfCloudFormation(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	template, err := os.ReadFile(filepath.Join(eventsTemplates, "events.cloudformation.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	parameters := []any{map[string]any{"ParameterKey": "HomeRegion", "ParameterValue": region}}
	for _, in := range []string{region, "us-east-1"} {
		c.boto3In(t, in, "cloudformation", "create_stack", arguments{"StackName": "events", "TemplateBody": string(template), "Parameters": parameters,
			"Capabilities": []any{"CAPABILITY_IAM"}})
	}
	stack := c.boto3(t, "cloudformation", "describe_stacks", arguments{"StackName": "events"})["Stacks"].([]any)[0].(map[string]any)
	url := ""
	for _, output := range stack["Outputs"].([]any) {
		if o := output.(map[string]any); o["OutputKey"] == "Events" {
			url = strings.TrimPrefix(o["OutputValue"].(string), "sqs:")
		}
	}
	if url == "" {
		t.Fatalf("%v", stack)
	}
	c.boto3(t, "events", "put_events", arguments{"Entries": []any{map[string]any{"Source": "aws.iam", "DetailType": "AWS API Call via CloudTrail",
		"Detail": `{"eventSource":"iam.amazonaws.com","eventName":"DeleteRole","requestParameters":{"roleName":"web"}}`}}})
	got := c.boto3(t, "sqs", "receive_message", arguments{"QueueUrl": url, "WaitTimeSeconds": 5})
	messages, ok := got["Messages"].([]any)
	if !ok || len(messages) != 1 {
		t.Fatalf("%v", got)
	}
	changes, err := events.Parse([]byte(messages[0].(map[string]any)["Body"].(string)))
	if err != nil || len(changes) != 1 || changes[0].Kind != events.Role || changes[0].Name != "web" {
		t.Errorf("%+v, %v", changes, err)
	}
	if roles := text(c.boto3(t, "iam", "list_roles", nil)); !strings.Contains(roles, "Forwarder") {
		t.Errorf("the stack elsewhere made no role: %s", roles)
	}
}
