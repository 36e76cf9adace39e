package sts

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

const (
	account = awsenv.DefaultAccount
	roleARN = "arn:aws:iam::" + account + ":role/path/deploy"
	userARN = "arn:aws:iam::" + account + ":user/sandbox"
)

// trust wraps a statement's parts in a trust policy.
func trust(parts string) string {
	return `{"Version":"2012-10-17","Statement":[{` + parts + `}]}`
}

// newBackend is an STS with one role, called by the account's user.
func newBackend(now *time.Time, policy string) *Backend {
	b := New(&awsenv.Env{
		Account: account, Region: "us-west-2", Partition: "aws", CallerARN: userARN, CallerID: userID,
		Now: func() time.Time { return *now }, Rand: rand.NewChaCha8([32]byte{}),
	})
	b.Role = func(arn string) (Role, bool) {
		return Role{ID: "AROAEXAMPLE", ARN: roleARN, Name: "deploy", Trust: policy, MaxSession: 7200}, arn == roleARN
	}
	return b
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var failure *awserr.Error
	got := ""
	if errors.As(err, &failure) {
		got = failure.Code
	}
	if got != code {
		t.Errorf("%v, not %q", err, code)
	}
}

func TestWhoMayAssume(t *testing.T) {
	const allow, action = `"Effect":"Allow",`, `,"Action":"sts:AssumeRole"`
	const root = `"Principal":{"AWS":"arn:aws:iam::` + account + `:root"}`
	for name, test := range map[string]struct {
		policy, external string
		ok               bool
	}{
		"the account":         {trust(allow + root + action), "", true},
		"its number":          {trust(allow + `"Principal":{"AWS":["` + account + `"]}` + action), "", true},
		"the user":            {trust(allow + `"Principal":{"AWS":"` + userARN + `"}` + action), "", true},
		"anybody":             {trust(allow + `"Principal":"*"` + action), "", true},
		"one statement alone": {`{"Statement":{` + allow + root + action + `}}`, "", true},
		"another user":        {trust(allow + `"Principal":{"AWS":"arn:aws:iam::` + account + `:user/other"}` + action), "", false},
		"a service":           {trust(allow + `"Principal":{"Service":"ecs-tasks.amazonaws.com"}` + action), "", false},
		"another action":      {trust(allow + root + `,"Action":"sts:TagSession"`), "", false},
		"an id, given":        {trust(allow + root + action + `,"Condition":{"StringEquals":{"sts:ExternalId":"e"}}`), "e", true},
		"an id, other":        {trust(allow + root + action + `,"Condition":{"StringEquals":{"sts:ExternalId":"e"}}`), "f", false},
		"a condition unknown": {trust(allow + root + action + `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), "", false},
		"denied":              {`{"Statement":[{` + allow + root + action + `},{"Effect":"Deny",` + root + action + `}]}`, "", false},
		"denied, if unknown":  {`{"Statement":[{` + allow + root + action + `},{"Effect":"Deny",` + root + action + `,"Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}}]}`, "", false},
		"no statements":       {`{}`, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			in := &sts.AssumeRoleInput{RoleArn: aws.String(roleARN), RoleSessionName: aws.String("run")}
			if test.external != "" {
				in.ExternalId = &test.external
			}
			_, err := newBackend(&now, test.policy).AssumeRole(in)
			want := "AccessDenied"
			if test.ok {
				want = ""
			}
			wantCode(t, err, want)
		})
	}
}

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func descriptors(arns ...string) []types.PolicyDescriptorType {
	var out []types.PolicyDescriptorType
	for _, arn := range arns {
		out = append(out, types.PolicyDescriptorType{Arn: &arn})
	}
	return out
}

// tags are keys and values in turn.
func tags(texts ...string) []types.Tag {
	var out []types.Tag
	for i := 0; i < len(texts); i += 2 {
		out = append(out, types.Tag{Key: &texts[i], Value: &texts[i+1]})
	}
	return out
}

const trustAll = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`

func TestRequestsThatAreRefused(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		in   sts.AssumeRoleInput
		want string
	}{
		"no such role":  {sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + account + ":role/absent")}, "AccessDenied"},
		"no role":       {sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + account + ":user/x/y")}, "ValidationError"},
		"no ARN":        {sts.AssumeRoleInput{RoleArn: aws.String("this-is-not-an-arn-at-all")}, "ValidationError"},
		"too long":      {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), DurationSeconds: aws.Int32(7201)}, "ValidationError"},
		"long enough":   {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), DurationSeconds: aws.Int32(7200)}, ""},
		"no policy":     {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), Policy: aws.String("{}")}, "MalformedPolicyDocument"},
		"absent policy": {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), PolicyArns: descriptors("x")}, "InvalidParameterValue"},
		"long policy":   {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), Policy: aws.String(allowAll + strings.Repeat(" ", 2048))}, "ValidationError"},
		"reserved tag":  {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), Tags: tags("aws:x", "1")}, "ValidationError"},
		"tag twice":     {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), Tags: tags("a", "1", "A", "2")}, "ValidationError"},
		"no such tag":   {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), TransitiveTagKeys: []string{"a"}}, "ValidationError"},
		"second factor": {sts.AssumeRoleInput{RoleArn: aws.String(roleARN), TokenCode: aws.String("123456")}, "ValidationError"},
	} {
		t.Run(name, func(t *testing.T) {
			test.in.RoleSessionName = aws.String("run")
			_, err := newBackend(&now, trustAll).AssumeRole(&test.in)
			wantCode(t, err, test.want)
		})
	}
}

func TestChainedSessionsAreShort(t *testing.T) {
	now := time.Now()
	b := newBackend(&now, trustAll)
	b.env.CallerARN = "arn:aws:sts::" + account + ":assumed-role/other/run"
	_, err := b.AssumeRole(&sts.AssumeRoleInput{
		RoleArn: aws.String(roleARN), RoleSessionName: aws.String("run"), DurationSeconds: aws.Int32(3601),
	})
	wantCode(t, err, "ValidationError")
}

func TestASessionIsItsRoleUntilItExpires(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	b := newBackend(&now, trustAll)
	out, err := b.AssumeRole(&sts.AssumeRoleInput{RoleArn: aws.String(roleARN), RoleSessionName: aws.String("run")})
	if err != nil {
		t.Fatal(err)
	}
	key, token := *out.Credentials.AccessKeyId, *out.Credentials.SessionToken
	if !strings.HasPrefix(key, "ASIA") || len(key) != 20 {
		t.Errorf("the key is %s", key)
	}
	who, err := b.Identify(key, token)
	want := Identity{ARN: "arn:aws:sts::" + account + ":assumed-role/deploy/run", ID: "AROAEXAMPLE:run"}
	if err != nil || who != want || *out.AssumedRoleUser.Arn != want.ARN {
		t.Errorf("%v, %v", who, err)
	}
	_, err = b.Identify(key, "forged")
	wantCode(t, err, "InvalidClientTokenId")
	now = now.Add(time.Hour)
	_, err = b.Identify(key, token)
	wantCode(t, err, "ExpiredToken")
	if who, err := b.Identify("AKIAANY", ""); err != nil || who.ARN != userARN {
		t.Errorf("any other key: %v, %v", who, err)
	}
	now = now.Add(48 * time.Hour)
	if _, err := b.AssumeRole(&sts.AssumeRoleInput{RoleArn: aws.String(roleARN), RoleSessionName: aws.String("run")}); err != nil {
		t.Fatal(err)
	}
	if len(b.state.Sessions) != 1 {
		t.Errorf("%d sessions are remembered", len(b.state.Sessions))
	}
}

func TestStateSurvives(t *testing.T) {
	now := time.Now()
	b := newBackend(&now, trustAll)
	out, err := b.AssumeRole(&sts.AssumeRoleInput{RoleArn: aws.String(roleARN), RoleSessionName: aws.String("run")})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(b.State())
	if err != nil {
		t.Fatal(err)
	}
	again := newBackend(&now, trustAll)
	if err := json.Unmarshal(raw, again.State()); err != nil {
		t.Fatal(err)
	}
	who, err := again.Identify(*out.Credentials.AccessKeyId, *out.Credentials.SessionToken)
	if err != nil || !strings.HasSuffix(who.ARN, "assumed-role/deploy/run") {
		t.Errorf("%v, %v", who, err)
	}
}

func FuzzTrust(f *testing.F) {
	for _, seed := range []string{trustAll, "{}", "[", `{"Statement":{}}`, `{"Statement":[{"Principal":{"AWS":1}}]}`, "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, policy string) {
		now := time.Now()
		err := newBackend(&now, policy).decide(Role{ARN: roleARN, Trust: policy}, "sts:AssumeRole", nil)
		if err == nil && !json.Valid([]byte(policy)) {
			t.Errorf("%q trusts", policy)
		}
	})
}

const trustMarks = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}`

// TestMarks assumes a role out of a session of itself: what is transitive stays.
func TestMarks(t *testing.T) {
	now := time.Now()
	b := newBackend(&now, trustMarks)
	first, err := b.AssumeRole(&sts.AssumeRoleInput{
		RoleArn: aws.String(roleARN), RoleSessionName: aws.String("one"), SourceIdentity: aws.String("ann"),
		Tags: tags("Team", "data", "Stage", "test"), TransitiveTagKeys: []string{"Team"},
	})
	if err != nil {
		t.Fatal(err)
	}
	who, _, err := b.Session(*first.Credentials.AccessKeyId, *first.Credentials.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	b.env.CallerARN, b.env.CallerID = who.ARN, who.ID
	chained := sts.AssumeRoleInput{RoleArn: aws.String(roleARN), RoleSessionName: aws.String("two"), Tags: tags("Stage", "live")}
	second, err := b.AssumeRole(&chained)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := b.Session(*second.Credentials.AccessKeyId, *second.Credentials.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"Team": "data", "Stage": "live"}, got.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if got.SourceIdentity != "ann" || aws.ToString(second.SourceIdentity) != "ann" {
		t.Errorf("the source identity is %q", got.SourceIdentity)
	}
	chained.Tags = tags("team", "other")
	_, err = b.AssumeRole(&chained)
	wantCode(t, err, "ValidationError")
	chained.Tags, chained.SourceIdentity = nil, aws.String("bob")
	_, err = b.AssumeRole(&chained)
	wantCode(t, err, "AccessDenied")
}

func TestMarkingTakesPermission(t *testing.T) {
	now := time.Now()
	for name, in := range map[string]sts.AssumeRoleInput{
		"tags":            {Tags: tags("a", "b")},
		"source identity": {SourceIdentity: aws.String("ann")},
	} {
		t.Run(name, func(t *testing.T) {
			in.RoleArn, in.RoleSessionName = aws.String(roleARN), aws.String("run")
			_, err := newBackend(&now, trustAll).AssumeRole(&in)
			wantCode(t, err, "AccessDenied")
		})
	}
}

func TestRootAssumesNothing(t *testing.T) {
	now := time.Now()
	b := newBackend(&now, trustAll)
	b.env.CallerARN = "arn:aws:iam::" + account + ":root"
	_, err := b.AssumeRole(&sts.AssumeRoleInput{RoleArn: aws.String(roleARN), RoleSessionName: aws.String("run")})
	wantCode(t, err, "AccessDenied")
}
