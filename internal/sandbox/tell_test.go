package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

const (
	told       = "arn:aws:sqs:us-west-2:012345678901:changes"
	hush       = "a-value-that-nobody-sees"
	everything = `{"source":[{"prefix":"aws."}]}`
)

// listening is a sandbox with a queue to which a rule sends events.
type listening struct {
	t      *testing.T
	now    time.Time
	server *sandbox.Server
	cfg    aws.Config
	url    *string
}

func listen(t *testing.T, pattern string, delay time.Duration) *listening {
	t.Helper()
	l := &listening{t: t, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	l.server, l.cfg = sandboxtest.New(t, func(o *sandbox.Options) {
		o.Now, o.EventDelay = func() time.Time { return l.now }, delay
	})
	out, err := sqs.NewFromConfig(l.cfg).CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: new("changes"), Attributes: map[string]string{"Policy": welcome("*")}})
	l.must(err)
	l.url = out.QueueUrl
	l.rule(l.cfg, pattern, types.Target{Id: new("q"), Arn: new(told)})
	return l
}

func welcome(rule string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"` + told +
		`","Condition":{"ArnLike":{"aws:SourceArn":"` + rule + `"}}}]}`
}

func (l *listening) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *listening) rule(cfg aws.Config, pattern string, target types.Target) {
	l.t.Helper()
	client := eventbridge.NewFromConfig(cfg)
	_, err := client.PutRule(l.t.Context(), &eventbridge.PutRuleInput{Name: new("changes"), EventPattern: &pattern})
	l.must(err)
	out, err := client.PutTargets(l.t.Context(), &eventbridge.PutTargetsInput{Rule: new("changes"), Targets: []types.Target{target}})
	if err != nil || out.FailedEntryCount > 0 {
		l.t.Fatal(out, err)
	}
}

type event struct {
	Region, Source string
	Detail         struct {
		EventName, ErrorCode, EventSource string
		RequestParameters                 map[string]any
		ResponseElements                  map[string]any
		UserIdentity                      struct{ Type, ARN string }
	}
}

// arrived are the events in the queue now, and their texts.
func (l *listening) arrived() (events []event, text string) {
	l.t.Helper()
	out, err := sqs.NewFromConfig(l.cfg).ReceiveMessage(l.t.Context(), &sqs.ReceiveMessageInput{QueueUrl: l.url, MaxNumberOfMessages: 10})
	l.must(err)
	for _, m := range out.Messages {
		var e event
		l.must(json.Unmarshal([]byte(*m.Body), &e))
		events, text = append(events, e), text+*m.Body
	}
	return events, text
}

func names(events []event) string {
	var out []string
	for _, e := range events {
		out = append(out, e.Detail.EventName)
	}
	return strings.Join(out, " ")
}

// TestChangesAreTold writes to every service that tells, and wants what was
// written nowhere in the events.
func TestChangesAreTold(t *testing.T) {
	l := listen(t, everything, time.Second)
	ctx := t.Context()
	secrets, parameters, tasks := secretsmanager.NewFromConfig(l.cfg), ssm.NewFromConfig(l.cfg), ecs.NewFromConfig(l.cfg)
	_, err := secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: new("db"), SecretString: new(hush)})
	l.must(err)
	_, err = secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: new("db"), SecretBinary: []byte(hush)})
	l.must(err)
	_, err = secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: new("db")})
	l.must(err)
	_, err = secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: new("none")})
	if err == nil {
		t.Fatal("no failure")
	}
	_, err = parameters.PutParameter(ctx, &ssm.PutParameterInput{Name: new("/p"), Value: new(hush), Type: ssmtypes.ParameterTypeString})
	l.must(err)
	_, err = tasks.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: new("web"), ContainerDefinitions: []ecstypes.ContainerDefinition{{
		Name: new("main"), Image: new("app:1"), Memory: new(int32(64)), Command: []string{hush}, Environment: []ecstypes.KeyValuePair{{Name: new("A"), Value: new(hush)}},
	}}})
	l.must(err)
	if early, _ := l.arrived(); len(early) > 0 {
		t.Errorf("%s arrive at once", names(early))
	}
	l.now = l.now.Add(time.Second)
	got, text := l.arrived()
	if diff := cmp.Diff("CreateSecret PutSecretValue DeleteSecret PutParameter RegisterTaskDefinition", names(got)); diff != "" {
		t.Fatal(diff)
	}
	if strings.Contains(text, hush) || strings.Contains(text, "ZnVsbA") {
		t.Errorf("an event shows a value: %s", text)
	}
	if token, _ := got[1].Detail.RequestParameters["clientRequestToken"].(string); len(token) < 32 || got[1].Detail.RequestParameters["secretId"] != "db" ||
		!strings.HasPrefix(got[1].Detail.ResponseElements["arn"].(string), "arn:aws:secretsmanager:us-west-2:012345678901:secret:db-") {
		t.Errorf("%+v", got[1])
	}
	if got[2].Detail.ErrorCode != "ResourceNotFoundException" || got[0].Detail.ErrorCode != "" || got[0].Detail.UserIdentity.Type != "IAMUser" {
		t.Errorf("%+v", got[2])
	}
}

// TestIAMIsToldInItsRegion forwards IAM's events home, which takes a role.
func TestIAMIsToldInItsRegion(t *testing.T) {
	l := listen(t, `{"detail":{"eventSource":["iam.amazonaws.com"],"eventName":["TagRole"]}}`, 0)
	far := l.cfg.Copy()
	far.Region = "us-east-1"
	roles := iam.NewFromConfig(l.cfg)
	const bus = "arn:aws:events:us-west-2:012345678901:event-bus/default"
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	_, err := roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("forward"), AssumeRolePolicyDocument: &trust})
	l.must(err)
	l.rule(far, everything, types.Target{Id: new("home"), Arn: new(bus), RoleArn: new("arn:aws:iam::012345678901:role/forward")})
	touch := func() {
		_, err := roles.TagRole(t.Context(), &iam.TagRoleInput{RoleName: new("forward"), Tags: []iamtypes.Tag{{Key: new("k"), Value: new("v")}}})
		l.must(err)
	}
	touch()
	if got, _ := l.arrived(); len(got) > 0 {
		t.Error("a role without permission forwards")
	}
	allow := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"events:PutEvents","Resource":"` + bus + `"}]}`
	_, err = roles.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: new("forward"), PolicyName: new("p"), PolicyDocument: &allow})
	l.must(err)
	touch()
	if got, _ := l.arrived(); names(got) != "TagRole" || got[0].Region != "us-east-1" || got[0].Source != "aws.iam" {
		t.Errorf("%+v", got)
	}
}

// TestWhatIsNotDelivered goes through what stands between an event and a queue.
func TestWhatIsNotDelivered(t *testing.T) {
	for name, test := range map[string]struct {
		attributes map[string]string
		pattern    string
		target     types.Target
		disabled   bool
		want       string
	}{
		"as it is":             {want: "CreateSecret"},
		"named rule":           {attributes: map[string]string{"Policy": welcome("arn:aws:events:us-west-2:012345678901:rule/changes")}, want: "CreateSecret"},
		"another rule":         {attributes: map[string]string{"Policy": welcome("arn:aws:events:us-west-2:012345678901:rule/other")}},
		"no policy":            {attributes: map[string]string{"Policy": ""}},
		"AWS's own key":        {attributes: map[string]string{"KmsMasterKeyId": "alias/aws/sqs"}},
		"another pattern":      {pattern: `{"source":["aws.ecs"]}`},
		"disabled":             {disabled: true},
		"another region":       {target: types.Target{Arn: new("arn:aws:sqs:eu-west-1:012345678901:changes")}},
		"transformed":          {target: types.Target{InputTransformer: &types.InputTransformer{InputTemplate: new("<x>"), InputPathsMap: map[string]string{"x": "$.x"}}}},
		"a part of it":         {target: types.Target{InputPath: new("$.detail.requestParameters")}, want: ""},
		"a text of its own":    {target: types.Target{Input: new(`{"detail":{"eventName":"Own"}}`)}, want: "Own"},
		"a bus without a role": {target: types.Target{Arn: new("arn:aws:events:eu-west-1:012345678901:event-bus/default")}},
	} {
		t.Run(name, func(t *testing.T) {
			pattern := test.pattern
			if pattern == "" {
				pattern = everything
			}
			l := listen(t, pattern, 0)
			if test.attributes != nil {
				_, err := sqs.NewFromConfig(l.cfg).SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{QueueUrl: l.url, Attributes: test.attributes})
				l.must(err)
			}
			test.target.Id = new("q")
			if test.target.Arn == nil {
				test.target.Arn = new(told)
			}
			l.rule(l.cfg, pattern, test.target)
			if test.disabled {
				_, err := eventbridge.NewFromConfig(l.cfg).DisableRule(t.Context(), &eventbridge.DisableRuleInput{Name: new("changes")})
				l.must(err)
			}
			_, err := secretsmanager.NewFromConfig(l.cfg).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: new("db")})
			l.must(err)
			if got, _ := l.arrived(); names(got) != test.want {
				t.Errorf("%q, not %q", names(got), test.want)
			}
		})
	}
}
