package role_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/pkg/reconcile/kind/kindtest"
	"ecs-reconciler/pkg/reconcile/kind/role"
	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const (
	account  = "012345678901"
	arnOf    = "arn:aws:iam::" + account + ":role/"
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	s3Read   = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
	canary   = "canary-5d1f0f2e"
)

func document(t testing.TB, text string) spec.Document {
	t.Helper()
	doc, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestKind(t *testing.T) {
	kindtest.Run(t, kindtest.Suite{
		New: func(cfg aws.Config) resource.Any {
			return resource.Erase(role.New(cfg, role.Options{Sleep: noSleep}))
		},
		Deployment: func() *spec.Deployment { return deployment(t) },
		Changes:    changes(t),
		Drifts:     drifts(),
		Unowned:    createByHand("app", "/team/"),
		Refused:    refusals(),
		Canary:     canary,
	})
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// deployment has one role with every field and one with none.
func deployment(t testing.TB) *spec.Deployment {
	t.Helper()
	location, err := spec.ParseLocation("arn:aws:secretsmanager:us-west-2:" + account + ":secret:app/staging/db.env")
	if err != nil {
		t.Fatal(err)
	}
	d := &spec.Deployment{
		Project: "reports", Environment: "staging", AccountID: account, Partition: "aws", Region: "us-west-2",
		Tags:    map[string]string{"Team": "data"},
		Tasks:   []spec.Task{{Name: "full"}, {Name: "bare"}},
		Secrets: []spec.ManagedSecret{{Name: "app/staging/db.env", Value: spec.NewSecret(canary)}},
	}
	for _, r := range []spec.ManagedRole{
		{
			ARN: arnOf + "team/app", Path: "/team/", Name: "app", Tasks: []string{"full"},
			TrustPolicy: document(t, `{"Version":"2012-10-17","Statement":[
				{"Effect":"Allow","Principal":{"Service":["scheduler.amazonaws.com","ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"`+account+`"}}},
				{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"sts:AssumeRole"}]}`),
			Grant: true, GrantLocations: []spec.Location{location}, GrantKMSKeys: []string{"alias/app"},
			InlinePolicies: map[string]spec.Document{
				"bucket": document(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket/*","Condition":{"Bool":{"aws:SecureTransport":true}}}}`),
				"gone":   nil,
			},
			ManagedPolicies:     []string{readOnly},
			PermissionsBoundary: aws.String(readOnly),
			Description:         aws.String("What the reports run as"),
			MaxSessionDuration:  aws.Int32(7200),
			Tags:                map[string]string{"Cost": "42"},
		},
		{ARN: arnOf + "bare", Path: "/", Name: "bare", Tasks: []string{"bare"}, Grant: true},
	} {
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		d.Roles = append(d.Roles, r)
	}
	return d
}

func changes(t testing.TB) []kindtest.Change {
	const inline = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}}`
	app := func(edit func(*spec.ManagedRole)) func(*spec.Deployment) {
		return func(d *spec.Deployment) { edit(&d.Roles[0]) }
	}
	return []kindtest.Change{
		{Name: "trust policy to the default", Edit: app(func(r *spec.ManagedRole) { r.TrustPolicy = nil }), Paths: []string{"/trust_policy"}},
		{Name: "a location more", Edit: app(func(r *spec.ManagedRole) {
			r.GrantLocations = append(r.GrantLocations, spec.Location{Provider: spec.ProviderSSM, Address: "/app/more"})
		}), Paths: []string{"/inline_policies/ecs-reconciler"}},
		{Name: "no key", Edit: app(func(r *spec.ManagedRole) { r.GrantKMSKeys = nil }), Paths: []string{"/inline_policies/ecs-reconciler"}},
		{Name: "nothing to grant", Edit: app(func(r *spec.ManagedRole) { r.GrantLocations = nil }), Paths: []string{"/inline_policies/ecs-reconciler"}},
		{Name: "grant no longer managed", Edit: app(func(r *spec.ManagedRole) { r.Grant = false }), Paths: []string{}},
		{Name: "inline policy", Edit: app(func(r *spec.ManagedRole) { r.InlinePolicies["bucket"] = document(t, inline) }), Paths: []string{"/inline_policies/bucket"}},
		{Name: "inline policy more", Edit: app(func(r *spec.ManagedRole) { r.InlinePolicies["queue"] = document(t, inline) }), Paths: []string{"/inline_policies/queue"}},
		{Name: "inline policy removed", Edit: app(func(r *spec.ManagedRole) { r.InlinePolicies["bucket"] = nil }), Paths: []string{"/inline_policies/bucket"}},
		{Name: "inline policy no longer named", Edit: app(func(r *spec.ManagedRole) { delete(r.InlinePolicies, "bucket") }), Paths: []string{}},
		{Name: "managed policies", Edit: app(func(r *spec.ManagedRole) { r.ManagedPolicies = []string{s3Read} }),
			Paths: []string{"/managed_policies/arn:aws:iam::aws:policy~1AmazonS3ReadOnlyAccess", "/managed_policies/arn:aws:iam::aws:policy~1ReadOnlyAccess"}},
		{Name: "no managed policies", Edit: app(func(r *spec.ManagedRole) { r.ManagedPolicies = []string{} }),
			Paths: []string{"/managed_policies/arn:aws:iam::aws:policy~1ReadOnlyAccess"}},
		{Name: "managed policies left alone", Edit: app(func(r *spec.ManagedRole) { r.ManagedPolicies = nil }), Paths: []string{}},
		{Name: "boundary", Edit: app(func(r *spec.ManagedRole) { r.PermissionsBoundary = aws.String(s3Read) }), Paths: []string{"/permissions_boundary"}},
		{Name: "no boundary", Edit: app(func(r *spec.ManagedRole) { r.PermissionsBoundary = aws.String("") }), Paths: []string{"/permissions_boundary"}},
		{Name: "description", Edit: app(func(r *spec.ManagedRole) { r.Description = aws.String("Else") }), Paths: []string{"/description"}},
		{Name: "no description", Edit: app(func(r *spec.ManagedRole) { r.Description = aws.String("") }), Paths: []string{"/description"}},
		{Name: "session", Edit: app(func(r *spec.ManagedRole) { r.MaxSessionDuration = aws.Int32(3600) }), Paths: []string{"/max_session_duration"}},
		{Name: "tag", Edit: app(func(r *spec.ManagedRole) { r.Tags["Cost"] = "43" }), Paths: []string{"/tags/Cost"}},
		{Name: "tag more", Edit: app(func(r *spec.ManagedRole) { r.Tags["More"] = "" }), Paths: []string{"/tags/More"}},
		{Name: "tasks", Edit: app(func(r *spec.ManagedRole) { r.Tasks = []string{"bare", "full"} }), Paths: []string{"/tags/ecs-reconciler~1task"}},
		{Name: "path", Edit: app(func(r *spec.ManagedRole) { r.ARN, r.Path = arnOf+"app", "/" }), Paths: []string{"/path"}, Reason: resource.Replaced},
	}
}

// by makes a change behind our back with one IAM call.
func by[In, Out any](call func(*iam.Client, context.Context, In, ...func(*iam.Options)) (Out, error), in In) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		t.Helper()
		if _, err := call(iam.NewFromConfig(cfg), ctx, in); err != nil {
			t.Fatal(err)
		}
	}
}

// each makes several.
func each(do ...func(context.Context, testing.TB, aws.Config)) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		t.Helper()
		for _, one := range do {
			one(ctx, t, cfg)
		}
	}
}

func tag(key, value string) []types.Tag {
	return []types.Tag{{Key: &key, Value: &value}}
}

const (
	openTrust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
	openInline = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

func drifts() []kindtest.Drift {
	app, bare := aws.String("app"), aws.String("bare")
	put := func(role *string, name string) func(context.Context, testing.TB, aws.Config) {
		return by((*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: role, PolicyName: &name, PolicyDocument: aws.String(openInline)})
	}
	return []kindtest.Drift{
		{Name: "trust policy", Paths: []string{"/trust_policy"},
			Do: by((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: app, PolicyDocument: aws.String(openTrust)})},
		{Name: "default trust policy", Paths: []string{"/trust_policy"},
			Do: by((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: bare, PolicyDocument: aws.String(openTrust)})},
		{Name: "derived policy widened", Paths: []string{"/inline_policies/ecs-reconciler"}, Do: put(app, "ecs-reconciler")},
		{Name: "derived policy where nothing is granted", Paths: []string{"/inline_policies/ecs-reconciler"}, Do: put(bare, "ecs-reconciler")},
		{Name: "inline policy changed", Paths: []string{"/inline_policies/bucket"}, Do: put(app, "bucket")},
		{Name: "inline policy that must not be", Paths: []string{"/inline_policies/gone"}, Do: put(app, "gone")},
		{Name: "inline policy deleted", Paths: []string{"/inline_policies/bucket"},
			Do: by((*iam.Client).DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: app, PolicyName: aws.String("bucket")})},
		{Name: "attached", Paths: []string{"/managed_policies/arn:aws:iam::aws:policy~1AmazonS3ReadOnlyAccess"},
			Do: by((*iam.Client).AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: app, PolicyArn: aws.String(s3Read)})},
		{Name: "detached", Paths: []string{"/managed_policies/arn:aws:iam::aws:policy~1ReadOnlyAccess"},
			Do: by((*iam.Client).DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: app, PolicyArn: aws.String(readOnly)})},
		{Name: "boundary removed", Paths: []string{"/permissions_boundary"},
			Do: by((*iam.Client).DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: app})},
		{Name: "boundary changed", Paths: []string{"/permissions_boundary"},
			Do: by((*iam.Client).PutRolePermissionsBoundary, &iam.PutRolePermissionsBoundaryInput{RoleName: app, PermissionsBoundary: aws.String(s3Read)})},
		{Name: "description", Paths: []string{"/description"},
			Do: by((*iam.Client).UpdateRole, &iam.UpdateRoleInput{RoleName: app, Description: aws.String("By hand"), MaxSessionDuration: aws.Int32(7200)})},
		{Name: "session", Paths: []string{"/max_session_duration"},
			Do: by((*iam.Client).UpdateRole, &iam.UpdateRoleInput{RoleName: app, Description: aws.String("What the reports run as")})},
		{Name: "tag changed", Paths: []string{"/tags/Cost"},
			Do: by((*iam.Client).TagRole, &iam.TagRoleInput{RoleName: app, Tags: tag("Cost", "0")})},
		{Name: "tag removed", Paths: []string{"/tags/Team"},
			Do: by((*iam.Client).UntagRole, &iam.UntagRoleInput{RoleName: app, TagKeys: []string{"Team"}})},
		{Name: "task tag removed", Paths: []string{"/tags/ecs-reconciler~1task"},
			Do: by((*iam.Client).UntagRole, &iam.UntagRoleInput{RoleName: bare, TagKeys: []string{spec.TagTask}})},
		{Name: "deleted", Reason: resource.Missing,
			Do: by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: bare})},
		{Name: "several at once", Paths: []string{"/description", "/inline_policies/bucket", "/trust_policy"},
			Do: each(put(app, "bucket"),
				by((*iam.Client).UpdateRole, &iam.UpdateRoleInput{RoleName: app, Description: aws.String("By hand"), MaxSessionDuration: aws.Int32(7200)}),
				by((*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: app, PolicyDocument: aws.String(openTrust)}))},
	}
}

func createByHand(name, path string, tags ...types.Tag) func(context.Context, testing.TB, aws.Config) {
	return by((*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: &name, Path: &path, Tags: tags, AssumeRolePolicyDocument: aws.String(openTrust)})
}

func refusals() []kindtest.Refusal {
	retag := by((*iam.Client).TagRole, &iam.TagRoleInput{RoleName: aws.String("bare"), Tags: tag(spec.TagOwner, "other/staging")})
	remove := by((*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: aws.String("bare")})
	return []kindtest.Refusal{
		{Name: "another owner's", Says: "other/staging", Do: retag,
			Edit: func(d *spec.Deployment) { d.Roles[1].Description = aws.String("x") }},
		{Name: "the name is taken under another path", Says: arnOf + "theirs/bare", Do: each(remove, createByHand("bare", "/theirs/"))},
		{Name: "the name is taken in another case", Says: arnOf + "BARE", Do: each(remove, createByHand("BARE", "/"))},
		{Name: "service-linked", Says: "service-linked",
			Do: by((*iam.Client).CreateServiceLinkedRole, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("ecs.amazonaws.com")}),
			Edit: func(d *spec.Deployment) {
				r := &d.Roles[1]
				r.Path, r.Name = "/aws-service-role/ecs.amazonaws.com/", "AWSServiceRoleForECS"
				r.ARN = arnOf + "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
			}},
	}
}
