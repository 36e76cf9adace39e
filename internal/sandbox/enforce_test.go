package sandbox

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	ownAccount = "012345678901"
	ownIAM     = "arn:aws:iam::" + ownAccount + ":"
	ownSecrets = "arn:aws:secretsmanager:us-west-2:" + ownAccount + ":secret:"
	ownECS     = "arn:aws:ecs:us-west-2:" + ownAccount + ":"
)

// enforced is a sandbox that enforces IAM, and its administrator.
type enforced struct {
	t      *testing.T
	server *Server
	admin  aws.Config
}

func newEnforced(t *testing.T) *enforced {
	server := newTestServer(t, Options{EnforceIAM: true})
	e := &enforced{t: t, server: server}
	e.admin = e.as(AdminKey, AdminSecret, "")
	return e
}

func (e *enforced) as(key, secret, token string) aws.Config {
	cfg := testConfig(e.server.Transport())
	cfg.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
	return cfg
}

// done fails the test on an error of the administrator's.
func (e *enforced) done(_ any, err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// user makes a user with one inline policy, and gives its configuration.
func (e *enforced) user(name, statements string) aws.Config {
	e.t.Helper()
	api := iam.NewFromConfig(e.admin)
	e.done(api.CreateUser(e.t.Context(), &iam.CreateUserInput{UserName: &name}))
	if statements != "" {
		e.allow(name, statements)
	}
	key, err := api.CreateAccessKey(e.t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	e.done(key, err)
	return e.as(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
}

func (e *enforced) allow(user, statements string) {
	e.t.Helper()
	e.done(iam.NewFromConfig(e.admin).PutUserPolicy(e.t.Context(), &iam.PutUserPolicyInput{
		UserName: &user, PolicyName: aws.String("inline"), PolicyDocument: aws.String(document(statements)),
	}))
}

// role makes a role.
func (e *enforced) role(name, trust string) string {
	e.t.Helper()
	out, err := iam.NewFromConfig(e.admin).CreateRole(e.t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(document(trust))})
	e.done(out, err)
	return *out.Role.Arn
}

func (e *enforced) secret(name, resourcePolicy string, tags ...types.Tag) string {
	e.t.Helper()
	api := secretsmanager.NewFromConfig(e.admin)
	out, err := api.CreateSecret(e.t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: aws.String("v"), Tags: tags})
	e.done(out, err)
	if resourcePolicy != "" {
		e.done(api.PutResourcePolicy(e.t.Context(), &secretsmanager.PutResourcePolicyInput{SecretId: &name, ResourcePolicy: aws.String(document(resourcePolicy))}))
	}
	return *out.ARN
}

func document(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func allowed(action, resource string) string { return statement("Allow", action, resource, "") }

func statement(effect, action, resource, more string) string {
	return `{"Effect":"` + effect + `","Action":"` + action + `","Resource":"` + resource + `"` + more + `}`
}

// refusedWith checks code, status and message of a failure.
func refusedWith(t *testing.T, err error, code string, status int, message string) {
	t.Helper()
	var api smithy.APIError
	var response *smithyhttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		t.Fatalf("%v is no answer of AWS, want %s", err, code)
	}
	if api.ErrorCode() != code || response.HTTPStatusCode() != status || !strings.Contains(api.ErrorMessage(), message) {
		t.Errorf("%d %s: %s\nwant %d %s: %s", response.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage(), status, code, message)
	}
}

func readSecret(ctx context.Context, cfg aws.Config, id string) error {
	_, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id})
	return err
}

func TestCredentialsCount(t *testing.T) {
	e := newEnforced(t)
	who, err := sts.NewFromConfig(e.admin).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != ownIAM+"root" || *who.UserId != ownAccount {
		t.Errorf("the administrator is %v, %v", who, err)
	}
	ann := e.user("ann", "")
	who, err = sts.NewFromConfig(ann).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || *who.Arn != ownIAM+"user/ann" || !strings.HasPrefix(*who.UserId, "AIDA") {
		t.Errorf("the user is %v, %v", who, err)
	}
	key, err := ann.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const unknown, mismatch = "The security token included in the request is invalid", "does not match the signature you provided"
	nobody, forger := e.as("AKIAIOSFODNN7EXAMPLE", "secret", ""), e.as(key.AccessKeyID, "other", "")
	refusedWith(t, readSecret(t.Context(), nobody, "s"), "UnrecognizedClientException", 400, unknown)
	refusedWith(t, readSecret(t.Context(), forger, "s"), "InvalidSignatureException", 400, mismatch)
	_, err = iam.NewFromConfig(nobody).ListRoles(t.Context(), &iam.ListRolesInput{})
	refusedWith(t, err, "InvalidClientTokenId", 403, unknown)
	_, err = iam.NewFromConfig(forger).ListRoles(t.Context(), &iam.ListRolesInput{})
	refusedWith(t, err, "SignatureDoesNotMatch", 403, mismatch)
	refusedWith(t, readSecret(t.Context(), e.as(key.AccessKeyID, key.SecretAccessKey, "token"), "s"), "UnrecognizedClientException", 400, unknown)
	e.done(iam.NewFromConfig(e.admin).DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: aws.String("ann"), AccessKeyId: &key.AccessKeyID}))
	refusedWith(t, readSecret(t.Context(), ann, "s"), "UnrecognizedClientException", 400, unknown)
}

func TestIdentityPolicies(t *testing.T) {
	e := newEnforced(t)
	arn := e.secret("app/db", "")
	ann := e.user("ann", "")
	const read = "secretsmanager:GetSecretValue"
	refused := "User: " + ownIAM + "user/ann is not authorized to perform: " + read + " on resource: "
	refusedWith(t, readSecret(t.Context(), ann, "app/db"), "AccessDeniedException", 400, refused+"app/db because no identity-based policy allows the "+read+" action")
	refusedWith(t, readSecret(t.Context(), ann, arn), "AccessDeniedException", 400, refused+arn+" because")
	e.allow("ann", allowed(read, ownSecrets+"app/db-??????"))
	for _, id := range []string{"app/db", arn, arn[:len(arn)-7]} {
		if err := readSecret(t.Context(), ann, id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	e.allow("ann", allowed(read, "*")+","+statement("Deny", "secretsmanager:*", ownSecrets+"app/*", ""))
	refusedWith(t, readSecret(t.Context(), ann, "app/db"), "AccessDeniedException", 400, "with an explicit deny in an identity-based policy")
	_, err := iam.NewFromConfig(ann).ListRoles(t.Context(), &iam.ListRolesInput{})
	refusedWith(t, err, "AccessDenied", 403, "perform: iam:ListRoles on resource: "+ownIAM+"role/ because no identity-based policy allows")
	_, err = ecs.NewFromConfig(ann).ListClusters(t.Context(), &ecs.ListClustersInput{})
	refusedWith(t, err, "AccessDeniedException", 400, "perform: ecs:ListClusters on resource: * because")
}

func TestBoundaries(t *testing.T) {
	e := newEnforced(t)
	e.secret("a", "")
	e.secret("b", "")
	api := iam.NewFromConfig(e.admin)
	ann := e.user("ann", allowed("*", "*"))
	edge, err := api.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("edge"), PolicyDocument: aws.String(document(allowed("secretsmanager:*", ownSecrets+"a-??????")))})
	e.done(edge, err)
	e.done(api.PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{UserName: aws.String("ann"), PermissionsBoundary: edge.Policy.Arn}))
	if err := readSecret(t.Context(), ann, "a"); err != nil {
		t.Error(err)
	}
	refusedWith(t, readSecret(t.Context(), ann, "b"), "AccessDeniedException", 400, "because no permissions boundary allows the secretsmanager:GetSecretValue action")
	e.done(api.DeleteUserPermissionsBoundary(t.Context(), &iam.DeleteUserPermissionsBoundaryInput{UserName: aws.String("ann")}))
	if err := readSecret(t.Context(), ann, "b"); err != nil {
		t.Error(err)
	}
}

func TestNewSecretsByName(t *testing.T) {
	e := newEnforced(t)
	const create = "secretsmanager:CreateSecret"
	ann := e.user("ann", "")
	for name, test := range map[string]struct {
		resource string
		ok       bool
	}{
		"one": {ownSecrets + "one-??????", true}, "two": {ownSecrets + "t*", true}, "all": {"*", true},
		"exact": {ownSecrets + "exact", false}, "drawn": {ownSecrets + "drawn-AbCdEf", false}, "other": {ownSecrets + "one-??????", false},
	} {
		e.allow("ann", allowed(create, test.resource))
		_, err := secretsmanager.NewFromConfig(ann).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name})
		if test.ok != (err == nil) {
			t.Errorf("%s by %s: %v", name, test.resource, err)
		}
		if !test.ok {
			refusedWith(t, err, "AccessDeniedException", 400, "perform: "+create+" on resource: "+name+" because no identity-based policy allows")
		}
	}
	tagged := secretsmanager.CreateSecretInput{Name: aws.String("tagged"), Tags: []types.Tag{{Key: aws.String("Owner"), Value: aws.String("x")}}}
	e.allow("ann", allowed(create, "*"))
	_, err := secretsmanager.NewFromConfig(ann).CreateSecret(t.Context(), &tagged)
	refusedWith(t, err, "AccessDeniedException", 400, "perform: secretsmanager:TagResource on resource: tagged")
	e.allow("ann", allowed(create, "*")+","+statement("Allow", "secretsmanager:TagResource", "*",
		`,"Condition":{"StringEquals":{"aws:RequestTag/Owner":"x"},"ForAllValues:StringEquals":{"aws:TagKeys":["Owner"]}}`))
	if _, err := secretsmanager.NewFromConfig(ann).CreateSecret(t.Context(), &tagged); err != nil {
		t.Error(err)
	}
}

func TestTagsAndStagesAsConditions(t *testing.T) {
	e := newEnforced(t)
	e.secret("mine", "", types.Tag{Key: aws.String("Owner"), Value: aws.String("ann")})
	e.secret("yours", "", types.Tag{Key: aws.String("Owner"), Value: aws.String("bob")})
	for _, condition := range []string{
		`"aws:ResourceTag/Owner":"ann"`, `"secretsmanager:ResourceTag/owner":"${aws:username}"`, `"aws:ResourceTag/Owner":"${aws:PrincipalTag/Name, 'ann'}"`,
	} {
		ann := e.user("ann", statement("Allow", "secretsmanager:*", "*", `,"Condition":{"StringEquals":{`+condition+`}}`))
		if err := readSecret(t.Context(), ann, "mine"); err != nil {
			t.Errorf("%s: %v", condition, err)
		}
		refusedWith(t, readSecret(t.Context(), ann, "yours"), "AccessDeniedException", 400, "because no identity-based policy")
		if err := e.remove("ann", ann); err != nil {
			t.Fatal(err)
		}
	}
	staged := e.user("bob", statement("Allow", "secretsmanager:GetSecretValue", "*", `,"Condition":{"StringEquals":{"secretsmanager:VersionStage":"AWSCURRENT"}}`))
	refusedWith(t, readSecret(t.Context(), staged, "mine"), "AccessDeniedException", 400, "because no identity-based policy")
	_, err := secretsmanager.NewFromConfig(staged).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("mine"), VersionStage: aws.String("AWSCURRENT")})
	if err != nil {
		t.Error(err)
	}
}

// remove takes a user away in the order that AWS insists on.
func (e *enforced) remove(name string, cfg aws.Config) error {
	api := iam.NewFromConfig(e.admin)
	key, err := cfg.Credentials.Retrieve(e.t.Context())
	if err != nil {
		return err
	}
	_, keyErr := api.DeleteAccessKey(e.t.Context(), &iam.DeleteAccessKeyInput{UserName: &name, AccessKeyId: &key.AccessKeyID})
	_, policyErr := api.DeleteUserPolicy(e.t.Context(), &iam.DeleteUserPolicyInput{UserName: &name, PolicyName: aws.String("inline")})
	_, userErr := api.DeleteUser(e.t.Context(), &iam.DeleteUserInput{UserName: &name})
	return errors.Join(keyErr, policyErr, userErr)
}

func TestBatchesReadWhatTheyMay(t *testing.T) {
	e := newEnforced(t)
	e.secret("a", "")
	e.secret("b", "")
	ann := e.user("ann", allowed("secretsmanager:BatchGetSecretValue", "*")+","+allowed("secretsmanager:GetSecretValue", ownSecrets+"a-*"))
	out, err := secretsmanager.NewFromConfig(ann).BatchGetSecretValue(t.Context(), &secretsmanager.BatchGetSecretValueInput{SecretIdList: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.SecretValues) != 1 || len(out.Errors) != 1 || *out.Errors[0].ErrorCode != "AccessDeniedException" ||
		!strings.Contains(*out.Errors[0].Message, "secretsmanager:GetSecretValue on resource: b because") {
		t.Errorf("%v, %v", out.SecretValues, out.Errors)
	}
}

func TestResourcePolicies(t *testing.T) {
	e := newEnforced(t)
	ann, bob := e.user("ann", ""), e.user("bob", allowed("secretsmanager:*", "*"))
	grant := func(principal string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}`
	}
	e.secret("named", grant(ownIAM+"user/ann"))
	e.secret("account", grant(ownIAM+"root"))
	e.secret("closed", `{"Effect":"Deny","NotPrincipal":{"AWS":["`+ownAccount+`","`+ownIAM+`user/ann"]},"Action":"secretsmanager:GetSecretValue","Resource":"*"}`)
	if err := readSecret(t.Context(), ann, "named"); err != nil {
		t.Errorf("whom a secret names: %v", err)
	}
	refusedWith(t, readSecret(t.Context(), ann, "account"), "AccessDeniedException", 400, "because no identity-based policy")
	if err := readSecret(t.Context(), bob, "account"); err != nil {
		t.Errorf("whom the account allows: %v", err)
	}
	refusedWith(t, readSecret(t.Context(), bob, "closed"), "AccessDeniedException", 400, "with an explicit deny in a resource-based policy")
	if err := readSecret(t.Context(), e.admin, "closed"); err != nil {
		t.Errorf("root, which is named: %v", err)
	}
	e.secret("sealed", `{"Effect":"Deny","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}`)
	refusedWith(t, readSecret(t.Context(), e.admin, "sealed"), "AccessDeniedException", 400, "with an explicit deny in a resource-based policy")
}

// assume gives the configuration of a new session.
func (e *enforced) assume(cfg aws.Config, in sts.AssumeRoleInput) (aws.Config, error) {
	in.RoleSessionName = aws.String("run")
	out, err := sts.NewFromConfig(cfg).AssumeRole(e.t.Context(), &in)
	if err != nil {
		return aws.Config{}, err
	}
	return e.as(*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken), nil
}

func TestSessions(t *testing.T) {
	e := newEnforced(t)
	e.secret("a", "")
	e.secret("b", "")
	e.secret("c", "")
	ann := e.user("ann", "")
	named := e.role("named", `{"Effect":"Allow","Principal":{"AWS":"`+ownIAM+`user/ann"},"Action":["sts:AssumeRole","sts:TagSession"]}`)
	account := e.role("account", `{"Effect":"Allow","Principal":{"AWS":"`+ownAccount+`"},"Action":"sts:AssumeRole"}`)
	e.done(iam.NewFromConfig(e.admin).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String("named"), PolicyName: aws.String("p"), PolicyDocument: aws.String(document(
			allowed("secretsmanager:*", ownSecrets+"a-??????") + "," + allowed("secretsmanager:*", ownSecrets+"b-??????") + "," +
				statement("Allow", "secretsmanager:*", ownSecrets+"c-??????", `,"Condition":{"StringEquals":{"aws:PrincipalTag/Team":"data"}}`))),
	}))
	_, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &account})
	refusedWith(t, err, "AccessDenied", 403, "User: "+ownIAM+"user/ann is not authorized to perform: sts:AssumeRole on resource: "+account)
	e.allow("ann", allowed("sts:AssumeRole", account))
	if _, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &account}); err != nil {
		t.Errorf("whom the account allows: %v", err)
	}
	_, err = e.assume(e.admin, sts.AssumeRoleInput{RoleArn: &named})
	refusedWith(t, err, "AccessDenied", 403, "Roles may not be assumed by root accounts.")

	session, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &named})
	e.done(session, err)
	if err := readSecret(t.Context(), session, "b"); err != nil {
		t.Error(err)
	}
	refusedWith(t, readSecret(t.Context(), session, "c"), "AccessDeniedException", 400, "assumed-role/named/run is not authorized")
	narrow, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &named, Policy: aws.String(document(allowed("secretsmanager:*", ownSecrets+"a-??????")))})
	e.done(narrow, err)
	if err := readSecret(t.Context(), narrow, "a"); err != nil {
		t.Error(err)
	}
	refusedWith(t, readSecret(t.Context(), narrow, "b"), "AccessDeniedException", 400, "because no session policy allows the secretsmanager:GetSecretValue action")
	tagged, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &named, Tags: []ststypes.Tag{{Key: aws.String("Team"), Value: aws.String("data")}}})
	e.done(tagged, err)
	if err := readSecret(t.Context(), tagged, "c"); err != nil {
		t.Error(err)
	}
	key, err := session.Credentials.Retrieve(t.Context())
	e.done(key, err)
	refusedWith(t, readSecret(t.Context(), e.as(key.AccessKeyID, "other", key.SessionToken), "a"), "InvalidSignatureException", 400, "")
	refusedWith(t, readSecret(t.Context(), e.as(key.AccessKeyID, key.SecretAccessKey, "other"), "a"), "InvalidClientTokenIdException", 403, "")
}

func TestPassRole(t *testing.T) {
	e := newEnforced(t)
	task := e.role("task", `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	register := allowed("ecs:RegisterTaskDefinition", ownECS+"task-definition/web:*")
	pass := func(service string) string {
		return statement("Allow", "iam:PassRole", ownIAM+"role/task", `,"Condition":{"StringEquals":{"iam:PassedToService":"`+service+`"}}`)
	}
	in := ecs.RegisterTaskDefinitionInput{
		Family: aws.String("web"), TaskRoleArn: &task, ExecutionRoleArn: aws.String("task"),
		ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("i"), Memory: aws.Int32(128)}},
	}
	ann := e.user("ann", register)
	api := ecs.NewFromConfig(ann)
	_, err := api.RegisterTaskDefinition(t.Context(), &in)
	refusedWith(t, err, "AccessDeniedException", 400, "perform: iam:PassRole on resource: "+task+" because")
	e.allow("ann", register+","+pass("ec2.amazonaws.com"))
	_, err = api.RegisterTaskDefinition(t.Context(), &in)
	refusedWith(t, err, "AccessDeniedException", 400, "perform: iam:PassRole on resource: "+task)
	e.allow("ann", register+","+pass("ecs-tasks.amazonaws.com"))
	if _, err := api.RegisterTaskDefinition(t.Context(), &in); err != nil {
		t.Error(err)
	}
	in.Tags = []ecstypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	_, err = api.RegisterTaskDefinition(t.Context(), &in)
	refusedWith(t, err, "AccessDeniedException", 400, "perform: ecs:TagResource on resource: "+ownECS+"task-definition/web:*")
	in.Family = aws.String("other")
	_, err = api.RegisterTaskDefinition(t.Context(), &in)
	refusedWith(t, err, "AccessDeniedException", 400, "perform: ecs:RegisterTaskDefinition on resource: "+ownECS+"task-definition/other:*")
}

func TestTagsOnECSResources(t *testing.T) {
	e := newEnforced(t)
	api := ecs.NewFromConfig(e.admin)
	e.done(api.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("mine"), Tags: []ecstypes.Tag{{Key: aws.String("Owner"), Value: aws.String("ann")}}}))
	e.done(api.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("yours")}))
	ann := ecs.NewFromConfig(e.user("ann", statement("Allow", "ecs:*", "*", `,"Condition":{"StringEquals":{"ecs:ResourceTag/Owner":"ann"}}`)))
	_, err := ann.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"mine"}})
	e.done(nil, err)
	_, err = ann.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"mine", "yours"}})
	refusedWith(t, err, "AccessDeniedException", 400, "perform: ecs:DescribeClusters on resource: "+ownECS+"cluster/yours because")
}

// TestBoundariesOfRolesAsConditions is how accounts let a team make roles, and
// none that could do more than its own.
func TestBoundariesOfRolesAsConditions(t *testing.T) {
	e := newEnforced(t)
	const edge = ownIAM + "policy/edge"
	e.done(iam.NewFromConfig(e.admin).CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: aws.String("edge"), PolicyDocument: aws.String(document(allowed("s3:*", "*")))}))
	ann := iam.NewFromConfig(e.user("ann", statement("Allow", "iam:*", "*", `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+edge+`"}}`)))
	trust := aws.String(document(`{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}`))
	_, err := ann.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("free"), AssumeRolePolicyDocument: trust})
	refusedWith(t, err, "AccessDenied", 403, "perform: iam:CreateRole on resource: "+ownIAM+"role/free because no identity-based policy")
	e.done(ann.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("bound"), AssumeRolePolicyDocument: trust, PermissionsBoundary: aws.String(edge)}))
	put := iam.PutRolePolicyInput{RoleName: aws.String("bound"), PolicyName: aws.String("p"), PolicyDocument: aws.String(document(allowed("s3:*", "*")))}
	e.done(ann.PutRolePolicy(t.Context(), &put))
	e.done(iam.NewFromConfig(e.admin).DeleteRolePermissionsBoundary(t.Context(), &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String("bound")}))
	_, err = ann.PutRolePolicy(t.Context(), &put)
	refusedWith(t, err, "AccessDenied", 403, "perform: iam:PutRolePolicy on resource: "+ownIAM+"role/bound")
	_, err = ann.TagRole(t.Context(), &iam.TagRoleInput{RoleName: aws.String("bound"), Tags: []iamtypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}}})
	refusedWith(t, err, "AccessDenied", 403, "perform: iam:TagRole")
}

func TestRolesOfServices(t *testing.T) {
	e := newEnforced(t)
	ann := iam.NewFromConfig(e.user("ann", statement("Allow", "iam:CreateServiceLinkedRole", ownIAM+"role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS*",
		`,"Condition":{"StringLike":{"iam:AWSServiceName":"ecs.amazonaws.com"}}`)))
	_, err := ann.CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")})
	e.done(nil, err)
	_, err = ann.CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("spot.amazonaws.com")})
	refusedWith(t, err, "AccessDenied", 403, "perform: iam:CreateServiceLinkedRole on resource: "+ownIAM+"role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot")
}

func TestUsersAndTheirOwnKeys(t *testing.T) {
	e := newEnforced(t)
	ann := iam.NewFromConfig(e.user("ann", allowed("iam:*AccessKey*", ownIAM+"user/${aws:username}")))
	out, err := ann.ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{})
	if err != nil || len(out.AccessKeyMetadata) != 1 {
		t.Errorf("%v, %v", out, err)
	}
	e.user("bob", "")
	_, err = ann.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("bob")})
	refusedWith(t, err, "AccessDenied", 403, "perform: iam:CreateAccessKey on resource: "+ownIAM+"user/bob because")
}

// TestWhatNobodyHereKnows holds that an unknown condition key never lets in.
func TestWhatNobodyHereKnows(t *testing.T) {
	e := newEnforced(t)
	e.secret("s", "")
	for condition, ok := range map[string]bool{
		`"StringEquals":{"aws:SourceVpce":"vpce-1"}`:                  false,
		`"StringNotEquals":{"aws:SourceVpce":"vpce-1"}`:               false,
		`"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}`:          false,
		`"Null":{"aws:SourceVpce":"true"}`:                            false,
		`"IpAddress":{"aws:SourceIp":"127.0.0.1"}`:                    false,
		`"StringEquals":{"aws:SourceVpce":"${aws:username}"}`:         false,
		`"Null":{"aws:SourceAccount":"true"}`:                         true,
		`"Bool":{"aws:SecureTransport":"true"}`:                       true,
		`"StringEquals":{"aws:RequestedRegion":"us-west-2"}`:          true,
		`"StringEquals":{"aws:ResourceAccount":"` + ownAccount + `"}`: true,
		`"ArnLike":{"aws:PrincipalArn":"` + ownIAM + `user/*"}`:       true,
		`"DateGreaterThan":{"aws:CurrentTime":"2020-01-01"}`:          true,
	} {
		ann := e.user("ann", statement("Allow", "secretsmanager:*", "*", `,"Condition":{`+condition+`}`))
		if err := readSecret(t.Context(), ann, "s"); (err == nil) != ok {
			t.Errorf("%s: %v", condition, err)
		}
		e.allow("ann", allowed("secretsmanager:*", "*")+","+statement("Deny", "secretsmanager:*", "*", `,"Condition":{`+condition+`}`))
		if err := readSecret(t.Context(), ann, "s"); err == nil {
			t.Errorf("%s denies nothing", condition)
		}
		if err := e.remove("ann", ann); err != nil {
			t.Fatal(err)
		}
	}
}

// TestARoleOutOfASession assumes a role that trusts another one, where nothing
// is enforced but trust.
func TestARoleOutOfASession(t *testing.T) {
	server := newTestServer(t, Options{})
	e := &enforced{t: t, server: server, admin: testConfig(server.Transport())}
	first := e.role("first", `{"Effect":"Allow","Principal":{"AWS":"`+ownAccount+`"},"Action":"sts:AssumeRole"}`)
	second := e.role("second", `{"Effect":"Allow","Principal":{"AWS":"`+first+`"},"Action":"sts:AssumeRole"}`)
	_, err := e.assume(e.admin, sts.AssumeRoleInput{RoleArn: &second})
	refusedWith(t, err, "AccessDenied", 403, "perform: sts:AssumeRole on resource: "+second)
	session, err := e.assume(e.admin, sts.AssumeRoleInput{RoleArn: &first, Policy: aws.String(document(allowed("s3:*", "*")))})
	e.done(session, err)
	if _, err := e.assume(session, sts.AssumeRoleInput{RoleArn: &second}); err != nil {
		t.Error(err)
	}
}

func TestASessionEndsWithItsRole(t *testing.T) {
	e := newEnforced(t)
	ann := e.user("ann", "")
	role := e.role("web", `{"Effect":"Allow","Principal":{"AWS":"`+ownIAM+`user/ann"},"Action":"sts:AssumeRole"}`)
	session, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &role})
	e.done(session, err)
	e.done(iam.NewFromConfig(e.admin).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("web")}))
	e.role("web", `{"Effect":"Allow","Principal":{"AWS":"`+ownIAM+`user/ann"},"Action":"sts:AssumeRole"}`)
	refusedWith(t, readSecret(t.Context(), session, "s"), "UnrecognizedClientException", 400, "")
}

// TestEnforcementSurvives opens the state of an enforcing sandbox again.
func TestEnforcementSurvives(t *testing.T) {
	dir := t.TempDir()
	open := func() *enforced {
		server, err := New(Options{EnforceIAM: true, Dir: dir, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		e := &enforced{t: t, server: server}
		e.admin = e.as(AdminKey, AdminSecret, "")
		return e
	}
	e := open()
	ann := e.user("ann", allowed("secretsmanager:ListSecrets", "*"))
	role := e.role("web", `{"Effect":"Allow","Principal":{"AWS":"`+ownIAM+`user/ann"},"Action":"sts:AssumeRole"}`)
	session, err := e.assume(ann, sts.AssumeRoleInput{RoleArn: &role})
	e.done(session, err)
	e.done(nil, e.server.Close())
	e = open()
	for name, cfg := range map[string]aws.Config{"the user": ann, "the session": session} {
		key, err := cfg.Credentials.Retrieve(t.Context())
		e.done(key, err)
		who, err := sts.NewFromConfig(e.as(key.AccessKeyID, key.SecretAccessKey, key.SessionToken)).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		if err != nil {
			t.Errorf("%s is %v, %v", name, who, err)
		}
	}
	e.done(nil, e.server.Close())
}
