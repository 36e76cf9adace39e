package parameter_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/reconcile/kind/kindtest"
	"ecs-reconciler/pkg/reconcile/kind/parameter"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

const (
	tokenName = "/org/app/staging/token"
	hostsName = "/org/app/staging/hosts"
	flagName  = "/org/app/staging/flag"
	onceName  = "once"
	canary    = "CANARY-7vt2"
	region    = "us-west-2"
)

// deployment declares a parameter of each type and one that is written once,
// the first with every setting.
func deployment() *spec.Deployment {
	return &spec.Deployment{
		Project: "app", Environment: "staging", AccountID: "012345678901", Partition: "aws", Region: region,
		Tags: map[string]string{"team": "data"},
		Parameters: []spec.ManagedParameter{
			{Name: tokenName, Type: spec.ParameterSecure, Tier: spec.TierIntelligent, DataType: "text", Value: spec.NewSecret("TOKEN=" + canary), Tasks: []string{"report"},
				KMSKeyID: aws.String("alias/app"), AllowedPattern: aws.String("^[A-Z]+=.*$"), Description: aws.String("the token"), Tags: map[string]string{"tier": "gold"}},
			{Name: hostsName, Type: spec.ParameterList, Value: spec.NewSecret("a." + canary + ",b"), Tasks: []string{"report", "worker"}},
			{Name: flagName, Type: spec.ParameterString, Tier: spec.TierStandard, Value: spec.NewSecret("on"), Shown: true, Tasks: []string{"worker"}},
			{Name: onceName, Type: spec.ParameterSecure, Value: spec.NewSecret("first"), CreateOnly: true, Tasks: []string{"worker"}, Description: aws.String("written once")},
		},
	}
}

// first is the parameter of d that the cases edit.
func first(d *spec.Deployment) *spec.ManagedParameter { return &d.Parameters[0] }

// instant is options that wait for nothing.
func instant() parameter.Options {
	return parameter.Options{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func TestConformance(t *testing.T) {
	kindtest.Run(t, kindtest.Suite{
		New:        func(cfg aws.Config) resource.Any { return resource.Erase(parameter.New(cfg, instant())) },
		Deployment: deployment,
		Changes:    changes(),
		Drifts:     drifts(),
		Unowned:    unowned,
		Refused:    refusals(),
		Canary:     canary,
	})
}

func changes() []kindtest.Change {
	edit := func(name string, edit func(*spec.ManagedParameter), paths ...string) kindtest.Change {
		return kindtest.Change{Name: name, Edit: func(d *spec.Deployment) { edit(first(d)) }, Paths: paths}
	}
	return []kindtest.Change{
		edit("value", func(p *spec.ManagedParameter) { p.Value = spec.NewSecret("TOKEN=other") }, "/value"),
		edit("description", func(p *spec.ManagedParameter) { p.Description = aws.String("another") }, "/description"),
		edit("description emptied", func(p *spec.ManagedParameter) { p.Description = aws.String("") }, "/description"),
		edit("description no longer named", func(p *spec.ManagedParameter) { p.Description = nil }),
		edit("key", func(p *spec.ManagedParameter) { p.KMSKeyID = aws.String("alias/other") }, "/kms_key_id"),
		edit("AWS's own key", func(p *spec.ManagedParameter) { p.KMSKeyID = aws.String("") }, "/kms_key_id"),
		edit("key no longer named", func(p *spec.ManagedParameter) { p.KMSKeyID = nil }),
		edit("tier", func(p *spec.ManagedParameter) { p.Tier = spec.TierAdvanced }, "/tier"),
		edit("tier no longer named", func(p *spec.ManagedParameter) { p.Tier = "" }),
		edit("pattern", func(p *spec.ManagedParameter) { p.AllowedPattern = aws.String("TOKEN=.*") }, "/allowed_pattern"),
		edit("pattern emptied", func(p *spec.ManagedParameter) { p.AllowedPattern = aws.String("") }, "/allowed_pattern"),
		edit("data type no longer named", func(p *spec.ManagedParameter) { p.DataType = "" }),
		edit("tag", func(p *spec.ManagedParameter) { p.Tags = map[string]string{"tier": "silver"} }, "/tags/tier"),
		edit("tag added", func(p *spec.ManagedParameter) { p.Tags = map[string]string{"tier": "gold", "a/b": ""} }, "/tags/a~1b"),
		edit("tag no longer named", func(p *spec.ManagedParameter) { p.Tags = nil }),
		edit("tasks", func(p *spec.ManagedParameter) { p.Tasks = []string{"report", "worker"} }, "/tags/ecs-reconciler~1task"),
		edit("all at once", func(p *spec.ManagedParameter) {
			p.Value, p.Description, p.Tags = spec.NewSecret("X=y"), aws.String("new"), map[string]string{"tier": "iron"}
		}, "/value", "/description", "/tags/tier"),
		{Name: "data type", Edit: func(d *spec.Deployment) {
			d.Parameters[2].DataType, d.Parameters[2].Value = "aws:ec2:image", spec.NewSecret("ami-12345678")
		}, Paths: []string{"/data_type", "/value"}},
		{Name: "type", Edit: func(d *spec.Deployment) { d.Parameters[1].Type = spec.ParameterSecure }, Paths: []string{"/type"}, Reason: resource.Replaced},
		{Name: "shown no longer", Edit: func(d *spec.Deployment) { d.Parameters[2].Shown, d.Parameters[2].Value = false, spec.NewSecret(canary) }, Paths: []string{"/value"}},
		{Name: "description of what is written once", Edit: func(d *spec.Deployment) { d.Parameters[3].Description = aws.String("once") }, Paths: []string{"/description"}},
		{Name: "value looked after from now on", Edit: func(d *spec.Deployment) {
			d.Parameters[3].CreateOnly, d.Parameters[3].Value = false, spec.NewSecret("second")
		}, Paths: []string{"/value"}},
	}
}

func drifts() []kindtest.Drift {
	return []kindtest.Drift{
		{Name: "value put", Do: put(&ssm.PutParameterInput{Value: aws.String("TOKEN=by hand")}), Paths: []string{"/value"}},
		{Name: "list put", Do: put(&ssm.PutParameterInput{Name: aws.String(hostsName), Value: aws.String("by,hand")}), Paths: []string{"/value"}},
		{Name: "flag put", Do: put(&ssm.PutParameterInput{Name: aws.String(flagName), Value: aws.String("off")}), Paths: []string{"/value"}},
		{Name: "description", Do: put(&ssm.PutParameterInput{Value: aws.String("TOKEN=" + canary), Description: aws.String("by hand")}), Paths: []string{"/description"}},
		{Name: "key", Do: put(&ssm.PutParameterInput{Value: aws.String("TOKEN=" + canary), KeyId: aws.String("alias/mine")}), Paths: []string{"/kms_key_id"}},
		{Name: "pattern", Do: put(&ssm.PutParameterInput{Value: aws.String("TOKEN=" + canary), AllowedPattern: aws.String(".*")}), Paths: []string{"/allowed_pattern"}},
		{Name: "tier that sinks", Do: put(&ssm.PutParameterInput{Name: aws.String(flagName), Value: aws.String("on"), Tier: types.ParameterTierAdvanced}),
			Paths: []string{"/tier"}, Reason: resource.Replaced},
		{Name: "made anew with another type", Do: madeAnew, Paths: []string{"/type"}, Reason: resource.Replaced},
		{Name: "description of what is written once", Do: put(&ssm.PutParameterInput{Name: aws.String(onceName), Value: aws.String("by hand"), Description: aws.String("mine")}), Paths: []string{"/description"}},
		{Name: "tag changed", Do: tag("tier", "lead"), Paths: []string{"/tags/tier"}},
		{Name: "deployment's tag changed", Do: tag("team", "other"), Paths: []string{"/tags/team"}},
		{Name: "tag removed", Do: untag("tier"), Paths: []string{"/tags/tier"}},
		{Name: "applied tag and a tag", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			untag(spec.TagApplied)(ctx, t, cfg)
			tag("tier", "lead")(ctx, t, cfg)
		}, Paths: []string{"/tags/tier"}},
		{Name: "task tag removed", Do: untag(spec.TagTask), Paths: []string{"/tags/ecs-reconciler~1task"}},
		{Name: "gone", Do: remove(tokenName), Reason: resource.Missing},
	}
}

func refusals() []kindtest.Refusal {
	return []kindtest.Refusal{
		{Name: "another owner", Do: tag(spec.TagOwner, "other/production"), Says: "belongs to other/production",
			Edit: func(d *spec.Deployment) { first(d).Value = spec.NewSecret("A=changed") }},
		{Name: "another type of what is written once", Do: func(context.Context, testing.TB, aws.Config) {}, Says: "create_only: true",
			Edit: func(d *spec.Deployment) { d.Parameters[3].Type = spec.ParameterString }},
		{Name: "a tier that sinks of what is written once",
			Do:   put(&ssm.PutParameterInput{Name: aws.String(onceName), Value: aws.String("mine"), Tier: types.ParameterTierAdvanced}),
			Edit: func(d *spec.Deployment) { d.Parameters[3].Tier = spec.TierStandard }, Says: "AWS makes no standard parameter of it"},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put overwrites a parameter, the token unless in names another.
func put(in *ssm.PutParameterInput) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		in := *in
		in.Overwrite = aws.Bool(true)
		if in.Name == nil {
			in.Name = aws.String(tokenName)
		}
		_, err := ssm.NewFromConfig(cfg).PutParameter(ctx, &in)
		must(t, err)
	}
}

func remove(name string) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		_, err := ssm.NewFromConfig(cfg).DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: &name})
		must(t, err)
	}
}

// madeAnew puts another parameter, with the same tags, in the list's place.
func madeAnew(ctx context.Context, t testing.TB, cfg aws.Config) {
	api := ssm.NewFromConfig(cfg)
	tags, err := api.ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: aws.String(hostsName)})
	must(t, err)
	remove(hostsName)(ctx, t, cfg)
	_, err = api.PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String(hostsName), Value: aws.String("a." + canary + ",b"), Type: types.ParameterTypeString, Tags: tags.TagList})
	must(t, err)
}

func tag(key, value string) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		_, err := ssm.NewFromConfig(cfg).AddTagsToResource(ctx, &ssm.AddTagsToResourceInput{
			ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: aws.String(tokenName), Tags: []types.Tag{{Key: &key, Value: &value}}})
		must(t, err)
	}
}

func untag(key string) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		_, err := ssm.NewFromConfig(cfg).RemoveTagsFromResource(ctx, &ssm.RemoveTagsFromResourceInput{
			ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: aws.String(tokenName), TagKeys: []string{key}})
		must(t, err)
	}
}

// unowned makes the first parameter by hand, with another value.
func unowned(ctx context.Context, t testing.TB, cfg aws.Config) {
	_, err := ssm.NewFromConfig(cfg).PutParameter(ctx, &ssm.PutParameterInput{
		Name: aws.String(tokenName), Type: types.ParameterTypeSecureString, Value: aws.String("TOKEN=by hand")})
	must(t, err)
}
