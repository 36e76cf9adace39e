package awsapi

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

// demanding lets in who sends the external id and the tag. Tags are an action of
// their own.
const demanding = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::012345678901:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"for-us","aws:RequestTag/team":"data"}}},
	{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::012345678901:root"},"Action":"sts:TagSession"}]}`

// TestWhatTheTrustPolicyWants: the external id and the session's tags are sent,
// and a sandbox that enforces IAM lets nobody in without.
func TestWhatTheTrustPolicyWants(t *testing.T) {
	server, cfg := sandboxtest.New(t, func(o *sandbox.Options) { o.EnforceIAM = true })
	api := iam.NewFromConfig(cfg)
	ctx, name := t.Context(), aws.String("caller")
	_, err := api.CreateUser(ctx, &iam.CreateUserInput{UserName: name})
	noError(t, err)
	_, err = api.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("p"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Resource":"*"}]}`)})
	noError(t, err)
	key, err := api.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})
	noError(t, err)
	role, err := api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("deployer"), AssumeRolePolicyDocument: aws.String(demanding)})
	noError(t, err)
	isolate(t, "AWS_ACCESS_KEY_ID="+*key.AccessKey.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+*key.AccessKey.SecretAccessKey)
	for what, c := range map[string]struct {
		id   string
		tags map[string]string
		want bool
	}{
		"both":              {"for-us", map[string]string{"team": "data", "by": "reconciler"}, true},
		"no external id":    {"", map[string]string{"team": "data"}, false},
		"another's id":      {"for-them", map[string]string{"team": "data"}, false},
		"no tag":            {"for-us", nil, false},
		"another tag value": {"for-us", map[string]string{"team": "web"}, false},
	} {
		s := open(t, Options{Region: cfg.Region, Transport: server.Transport(), AssumeRoleARN: *role.Role.Arn, SessionName: "reconciler", ExternalID: c.id, SessionTags: c.tags})
		caller, err := s.Caller(ctx)
		if c.want && (err != nil || !strings.Contains(caller.ARN, "assumed-role/deployer/")) || !c.want && (err == nil || !strings.Contains(err.Error(), "AccessDenied")) {
			t.Errorf("%s: the caller is %q, %v", what, caller.ARN, err)
		}
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
