package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox/awserr"
)

func newTestServer(t *testing.T, opts Options) *Server {
	t.Helper()
	if opts.Seed == 0 {
		opts.Seed = 1
	}
	server, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func secretsClient(server *Server, region string) *secretsmanager.Client {
	cfg := testConfig(server.Transport())
	cfg.Region = region
	return secretsmanager.NewFromConfig(cfg)
}

// plainRequest is a request as one would write it by hand.
type plainRequest struct {
	target, body, query string // one of target (JSON) and query (a form)
	auth                string
}

// authFor is an Authorization header for a service.
func authFor(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-west-2/" + service +
		"/aws4_request, SignedHeaders=host, Signature=0"
}

// answerTo sends a plain request and returns the status and the body.
func answerTo(t *testing.T, server *Server, p plainRequest) (int, string) {
	t.Helper()
	body := p.body
	if p.query != "" {
		body = p.query
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://sandbox/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if p.target != "" {
		r.Header.Set("X-Amz-Target", p.target)
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	}
	if p.query != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	if p.auth != "" {
		r.Header.Set("Authorization", p.auth)
	}
	resp, err := server.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("x-amzn-RequestId") == "" {
		t.Error("the answer has no request id")
	}
	return resp.StatusCode, string(raw)
}

// TestRefusals holds status and wording of what never reaches a backend.
func TestRefusals(t *testing.T) {
	secrets, roles := authFor("secretsmanager"), authFor("iam")
	const list = "secretsmanager.ListSecrets"
	const listRoles = "Action=ListRoles&Version=2010-05-08"
	for name, test := range map[string]struct {
		in     plainRequest
		status int
		want   string // within the body
	}{
		"JSON":                  {plainRequest{target: list, auth: secrets, body: "{}"}, 200, `{"SecretList":[]}`},
		"no body":               {plainRequest{target: list, auth: secrets}, 200, `{"SecretList":[]}`},
		"null":                  {plainRequest{target: list, auth: secrets, body: "null"}, 200, `{"SecretList":[]}`},
		"query":                 {plainRequest{query: listRoles, auth: roles}, 200, "<ListRolesResult><Roles></Roles><IsTruncated>false</IsTruncated>"},
		"no operation, JSON":    {plainRequest{target: "secretsmanager.Nothing", auth: secrets}, 400, `"__type":"UnknownOperationException"`},
		"no such service":       {plainRequest{target: "DynamoDB_20120810.ListTables", auth: secrets}, 400, `"__type":"UnknownOperationException"`},
		"neither":               {plainRequest{auth: secrets, body: "{}"}, 400, `"__type":"UnknownOperationException"`},
		"no operation, query":   {plainRequest{query: "Action=Nothing&Version=2010-05-08", auth: roles}, 400, "<Code>InvalidAction</Code>"},
		"no such version":       {plainRequest{query: "Action=ListRoles&Version=1999-01-01", auth: roles}, 400, "<Code>InvalidAction</Code>"},
		"not a form":            {plainRequest{query: "Action=%zz", auth: roles}, 400, "<Code>MalformedQueryString</Code>"},
		"unsigned, JSON":        {plainRequest{target: list}, 403, `"__type":"MissingAuthenticationTokenException"`},
		"unsigned, query":       {plainRequest{query: listRoles}, 403, "<Code>MissingAuthenticationToken</Code>"},
		"half signed":           {plainRequest{target: list, auth: "AWS4-HMAC-SHA256 Credential=AKIA"}, 403, `"__type":"IncompleteSignatureException"`},
		"no region":             {plainRequest{target: list, auth: strings.Replace(secrets, "us-west-2", "../x", 1)}, 403, `"__type":"IncompleteSignatureException"`},
		"other service, JSON":   {plainRequest{target: list, auth: roles}, 400, `"__type":"InvalidSignatureException"`},
		"other service, query":  {plainRequest{query: listRoles, auth: secrets}, 403, "<Code>SignatureDoesNotMatch</Code>"},
		"not JSON":              {plainRequest{target: list, auth: secrets, body: "{"}, 400, `"__type":"SerializationException"`},
		"two bodies":            {plainRequest{target: list, auth: secrets, body: "{}{}"}, 400, `"__type":"SerializationException"`},
		"unknown member":        {plainRequest{target: list, auth: secrets, body: `{"maxResults":1}`}, 400, `unknown member \"maxResults\"`},
		"wrong type":            {plainRequest{target: list, auth: secrets, body: `{"MaxResults":"1"}`}, 400, `STRING_VALUE can not be converted`},
		"unknown parameter":     {plainRequest{query: listRoles + "&Extra=1", auth: roles}, 400, "unknown parameter &#34;Extra&#34;"},
		"parameter given twice": {plainRequest{query: listRoles + "&MaxItems=1&MaxItems=2", auth: roles}, 400, "<Code>MalformedInput</Code>"},
		"not found, query":      {plainRequest{query: "Action=GetRole&Version=2010-05-08&RoleName=x", auth: roles}, 404, "<Type>Sender</Type><Code>NoSuchEntity</Code>"},
		"not found, JSON": {
			plainRequest{target: "secretsmanager.GetSecretValue", auth: secrets, body: `{"SecretId":"x"}`},
			400, `{"Message":"Secrets Manager can't find the specified secret.","__type":"ResourceNotFoundException"}`,
		},
		"too large": {plainRequest{target: list, auth: secrets, body: strings.Repeat(" ", maxBody+1)}, 413, "RequestEntityTooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := answerTo(t, newTestServer(t, Options{}), test.in)
			if status != test.status || !strings.Contains(body, test.want) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}

func TestErrorsReachTheSDKTyped(t *testing.T) {
	server := newTestServer(t, Options{})
	_, err := secretsClient(server, "us-west-2").GetSecretValue(t.Context(),
		&secretsmanager.GetSecretValueInput{SecretId: aws.String("absent")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || missing.ErrorMessage() != "Secrets Manager can't find the specified secret." {
		t.Errorf("%v", err)
	}
	_, err = iam.NewFromConfig(testConfig(server.Transport())).GetRole(t.Context(),
		&iam.GetRoleInput{RoleName: aws.String("absent")})
	var noEntity *iamtypes.NoSuchEntityException
	if !errors.As(err, &noEntity) {
		t.Errorf("%v", err)
	}
}

func TestRegionsAreApart(t *testing.T) {
	server := newTestServer(t, Options{})
	create(t, secretsClient(server, "us-west-2"), "s", "x")
	out, err := secretsClient(server, "eu-west-1").ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
	if err != nil || len(out.SecretList) != 0 {
		t.Errorf("%v, %v", out, err)
	}
	cn := create(t, secretsClient(server, "cn-north-1"), "s", "x")
	if !strings.HasPrefix(*cn.ARN, "arn:aws-cn:secretsmanager:cn-north-1:") {
		t.Errorf("ARN in China is %s", *cn.ARN)
	}
}

func create(t *testing.T, c *secretsmanager.Client, name, text string) *secretsmanager.CreateSecretOutput {
	t.Helper()
	out, err := c.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &text})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestIntercept fails calls before and after they took effect.
func TestIntercept(t *testing.T) {
	throttled := awserr.New("ThrottlingException", "Rate exceeded")
	for name, test := range map[string]struct {
		intercept Intercept
		fails     string
		took      bool
	}{
		"let through": {func(_, _ string, next func() (any, error)) (any, error) { return next() }, "", true},
		"before":      {func(string, string, func() (any, error)) (any, error) { return nil, throttled }, "ThrottlingException", false},
		"after": {func(_, _ string, next func() (any, error)) (any, error) {
			_, err := next()
			return nil, errors.Join(throttled, err)
		}, "ThrottlingException", true},
		"lost after": {func(_, _ string, next func() (any, error)) (any, error) {
			_, err := next()
			return nil, errors.Join(ErrConnectionLost, err)
		}, "unexpected EOF", true},
		"other": {func(string, string, func() (any, error)) (any, error) { return nil, errors.New("odd") }, "InternalFailure", false},
	} {
		t.Run(name, func(t *testing.T) {
			server := newTestServer(t, Options{Intercept: func(service, op string, next func() (any, error)) (any, error) {
				if service != "secretsmanager" || op != "CreateSecret" {
					return next()
				}
				return test.intercept(service, op, next)
			}})
			client := secretsClient(server, "us-west-2")
			_, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("s")})
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("%v", err)
			}
			out, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
			if err != nil || (len(out.SecretList) == 1) != test.took {
				t.Errorf("took effect: %v, %v", out, err)
			}
			want := map[string]int{"secretsmanager:CreateSecret": 1, "secretsmanager:ListSecrets": 1}
			if diff := cmp.Diff(want, server.Calls()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCallerIdentity(t *testing.T) {
	server := newTestServer(t, Options{Account: "111122223333"})
	out, err := sts.NewFromConfig(testConfig(server.Transport())).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *out.Arn != "arn:aws:iam::111122223333:user/sandbox" || *out.Account != "111122223333" {
		t.Errorf("%v, %v", out, err)
	}
}

func TestOptionsThatNoAccountHas(t *testing.T) {
	for name, opts := range map[string]Options{
		"short account": {Account: "1234"}, "letters": {Account: "12345678901a"},
		"region": {Region: "nowhere"}, "path as region": {Region: "../../x"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(opts); err == nil {
				t.Error("taken")
			}
		})
	}
}

func TestOneSeedOneAnswer(t *testing.T) {
	arn := func(seed uint64) string {
		return *create(t, secretsClient(newTestServer(t, Options{Seed: seed}), "us-west-2"), "s", "x").ARN
	}
	first, second, other := arn(5), arn(5), arn(6)
	if first != second || first == other {
		t.Errorf("%s %s %s", first, second, other)
	}
}

// TestManyAtOnce is for the race detector, and for lost updates.
func TestManyAtOnce(t *testing.T) {
	server := newTestServer(t, Options{})
	client := secretsClient(server, "us-west-2")
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			_, err := client.CreateSecret(context.Background(), &secretsmanager.CreateSecretInput{
				Name: aws.String(strings.Repeat("s", i+1)), SecretString: aws.String("x"),
			})
			_, listErr := client.ListSecrets(context.Background(), &secretsmanager.ListSecretsInput{})
			if err := errors.Join(err, listErr); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	out, err := client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
	if err != nil || len(out.SecretList) != 40 {
		t.Errorf("%d secrets, %v", len(out.SecretList), err)
	}
}

func TestOwnSecret(t *testing.T) {
	server := newTestServer(t, Options{})
	client := secretsClient(server, "us-west-2")
	create(t, client, "s", "x")
	if err := server.OwnSecret("us-west-2", "s", "rds"); err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	if err != nil || aws.ToString(out.OwningService) != "rds" {
		t.Errorf("%v, %v", out, err)
	}
	if server.OwnSecret("us-west-2", "absent", "rds") == nil || server.OwnSecret("nowhere", "s", "rds") == nil {
		t.Error("owning nothing is no error")
	}
}
