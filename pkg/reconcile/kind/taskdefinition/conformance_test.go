package taskdefinition

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/reconcile/kind/kindtest"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

const canary = "c4n4ry-in-a-task-definition"

// nightly has a member of nearly every kind that ECS takes on EC2.
const nightly = `{
	"family": "shop_nightly_staging", "networkMode": "bridge", "requiresCompatibilities": ["EC2"], "cpu": "1 vCPU", "memory": "1 GB",
	"taskRoleArn": "arn:aws:iam::012345678901:role/task", "executionRoleArn": "arn:aws:iam::012345678901:role/execution",
	"runtimePlatform": {"operatingSystemFamily": "LINUX"}, "placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}],
	"volumes": [{"name": "data"}, {"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-12345678"}}],
	"tags": [{"key": "team", "value": "data"}],
	"containerDefinitions": [
		{"name": "app", "image": "busybox:1", "memory": 512, "command": ["run", "all"], "workingDirectory": "/app",
		 "environment": [{"name": "MODE", "value": "fast"}, {"name": "PASSWORD", "value": "` + canary + `"}, {"name": "EMPTY", "value": ""}],
		 "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:secretsmanager:us-west-2:012345678901:secret:token-AbCdEf"}],
		 "portMappings": [{"containerPort": 80}, {"containerPort": 443, "hostPort": 8443}],
		 "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
		 "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
		 "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
		 "healthCheck": {"command": ["CMD", "true"]},
		 "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "nightly", "awslogs-region": "us-west-2", "awslogs-stream-prefix": "app"}},
		 "dockerLabels": {"team": "data"}},
		{"name": "init", "image": "busybox:1", "essential": false, "memoryReservation": 64}]}`

const api = `{
	"family": "shop_api_staging", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
	"containerDefinitions": [{"name": "api", "image": "nginx", "portMappings": [{"containerPort": 80}]}]}`

func shop(t testing.TB) *spec.Deployment {
	t.Helper()
	return &spec.Deployment{Project: "shop", Environment: "staging", AccountID: "012345678901", Partition: "aws", Region: "us-west-2",
		Tags: map[string]string{"cost": "42"},
		Tasks: []spec.Task{
			{Name: "nightly", TaskDefinition: parse(t, nightly), Vaulted: []string{"/containerDefinitions/0/environment/1/value"}},
			{Name: "api", TaskDefinition: parse(t, api)},
		}}
}

// put changes one member of the first task's definition; nil takes it out.
func put(path string, value any) func(*spec.Deployment) {
	return func(d *spec.Deployment) {
		d.Tasks[0].TaskDefinition = with(d.Tasks[0].TaskDefinition, strings.Split(strings.TrimPrefix(path, "/"), "/"), value)
	}
}

const app = "/containerDefinitions/0"

func changes(t testing.TB) []kindtest.Change {
	t.Helper()
	one := func(name, path string, value any, reported ...string) kindtest.Change {
		if len(reported) == 0 {
			reported = []string{path}
		}
		return kindtest.Change{Name: name, Edit: put(path, value), Paths: reported}
	}
	json := func(text string) any { return parse(t, `{"v": `+text+`}`)["v"] }
	return []kindtest.Change{
		one("image", app+"/image", "busybox:2"),
		one("another container's image", "/containerDefinitions/1/image", "busybox:2"),
		one("cpu", "/cpu", "512"),
		one("memory", "/memory", "2048"),
		one("task role", "/taskRoleArn", "arn:aws:iam::012345678901:role/other"),
		one("execution role", "/executionRoleArn", "arn:aws:iam::012345678901:role/other"),
		one("platform", "/runtimePlatform/cpuArchitecture", "ARM64"),
		one("pid mode", "/pidMode", "task"),
		one("ipc mode", "/ipcMode", "task"),
		one("fault injection", "/enableFaultInjection", true),
		one("placement constraint", "/placementConstraints/0/expression", "attribute:a == c"),
		one("another volume", "/volumes", json(`[{"name": "data"}, {"name": "efs", "efsVolumeConfiguration": {"fileSystemId": "fs-12345678"}}, {"name": "scratch"}]`), "/volumes/2"),
		one("container cpu", app+"/cpu", json("10")),
		one("container memory", app+"/memory", json("256")),
		one("memory reservation", "/containerDefinitions/1/memoryReservation", json("32")),
		one("command", app+"/command/1", "some", app+"/command"),
		one("entry point", app+"/entryPoint", json(`["sh"]`)),
		one("working directory", app+"/workingDirectory", nil),
		one("user", app+"/user", "nobody"),
		one("hostname", app+"/hostname", "nightly"),
		one("labels", app+"/dockerLabels/team", "ops"),
		one("a new variable", app+"/environment", json(`[{"name": "MODE", "value": "slow"}, {"name": "PASSWORD", "value": "`+canary+`"}, {"name": "NEW", "value": ""}]`),
			app+"/environment/EMPTY", app+"/environment/MODE", app+"/environment/NEW"),
		one("a value out of a vault", app+"/environment/1/value", canary+"-2", app+"/environment/PASSWORD"),
		one("secret", app+"/secrets/0/valueFrom", "arn:aws:secretsmanager:us-west-2:012345678901:secret:other-AbCdEf", app+"/secrets/TOKEN"),
		one("host port", app+"/portMappings/1/hostPort", json("9443")),
		one("protocol", app+"/portMappings/0/protocol", "udp"),
		one("mount point", app+"/mountPoints/0/readOnly", true),
		one("dependency", app+"/dependsOn/0/condition", "COMPLETE"),
		one("ulimit", app+"/ulimits/0/softLimit", json("1000")),
		one("health check", app+"/healthCheck/retries", json("5")),
		one("log option", app+"/logConfiguration/options/awslogs-group", "other"),
		one("stop timeout", app+"/stopTimeout", json("60")),
		one("privileged", app+"/privileged", true),
		one("readonly root", app+"/readonlyRootFilesystem", true),
		one("version consistency", app+"/versionConsistency", "disabled"),
		one("init process", app+"/linuxParameters", json(`{"initProcessEnabled": true}`), app+"/linuxParameters/initProcessEnabled"),
		one("system control", app+"/systemControls", json(`[{"namespace": "net.core.somaxconn", "value": "1024"}]`), app+"/systemControls/0"),
		one("own tag", "/tags/0/value", "ops", "/tags/team"),
		{Name: "deployment's tag", Edit: func(d *spec.Deployment) { d.Tasks = d.Tasks[:1]; d.Tags = map[string]string{"cost": "43"} }, Paths: []string{"/tags/cost"}},
	}
}

// newestOf reads the newest revision of the first family.
func newestOf(ctx context.Context, t testing.TB, cfg aws.Config) (*types.TaskDefinition, []types.Tag) {
	t.Helper()
	out, err := ecs.NewFromConfig(cfg).DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String("shop_nightly_staging"), Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}})
	if err != nil {
		t.Fatal(err)
	}
	return out.TaskDefinition, out.Tags
}

// registerByHand registers the newest revision anew with an edit.
func registerByHand(ctx context.Context, t testing.TB, cfg aws.Config, withTags bool, edit func(*ecs.RegisterTaskDefinitionInput)) {
	t.Helper()
	def, tags := newestOf(ctx, t, cfg)
	doc := object(shape.Encode(def))
	for _, key := range shape.DescribeOnlyKeys() {
		delete(doc, key)
	}
	in := &ecs.RegisterTaskDefinitionInput{}
	if problems := shape.Decode(doc, in); len(problems) > 0 {
		t.Fatal(problems)
	}
	if withTags {
		in.Tags = tags
	}
	edit(in)
	if _, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(ctx, in); err != nil {
		t.Fatal(err)
	}
}

func setVariable(in *ecs.RegisterTaskDefinitionInput, name, value string) {
	c := &in.ContainerDefinitions[0]
	c.Environment = slices.DeleteFunc(c.Environment, func(v types.KeyValuePair) bool { return *v.Name == name })
	c.Environment = append(c.Environment, types.KeyValuePair{Name: aws.String(name), Value: aws.String(value)})
}

func drifts() []kindtest.Drift {
	byHand := func(name string, withTags bool, edit func(*ecs.RegisterTaskDefinitionInput), paths ...string) kindtest.Drift {
		return kindtest.Drift{Name: name, Paths: paths, Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			t.Helper()
			registerByHand(ctx, t, cfg, withTags, edit)
		}}
	}
	image := func(in *ecs.RegisterTaskDefinitionInput) { in.ContainerDefinitions[0].Image = aws.String("evil") }
	return []kindtest.Drift{
		byHand("a revision by hand", false, image, app+"/image"),
		byHand("a revision by hand that keeps our tags", true, image, app+"/image"),
		byHand("a variable by hand", true, func(in *ecs.RegisterTaskDefinitionInput) { setVariable(in, "MODE", "slow") }, app+"/environment/MODE"),
		byHand("a value out of a vault by hand", false, func(in *ecs.RegisterTaskDefinitionInput) { setVariable(in, "PASSWORD", canary+"-3") }, app+"/environment/PASSWORD"),
		byHand("a variable more", false, func(in *ecs.RegisterTaskDefinitionInput) { setVariable(in, "EXTRA", canary) }, app+"/environment/EXTRA"),
		byHand("a container more", false, func(in *ecs.RegisterTaskDefinitionInput) {
			in.ContainerDefinitions = append(in.ContainerDefinitions, types.ContainerDefinition{Name: aws.String("spy"), Image: aws.String("spy"), Memory: aws.Int32(9),
				Environment: []types.KeyValuePair{{Name: aws.String("PASSWORD"), Value: aws.String(canary)}}})
		}, "/containerDefinitions/2"),
		byHand("a container less", true, func(in *ecs.RegisterTaskDefinitionInput) {
			in.ContainerDefinitions[0].DependsOn = nil
			in.ContainerDefinitions = in.ContainerDefinitions[:1]
		}, app+"/dependsOn/0", "/containerDefinitions/1"),
		byHand("networking", true, func(in *ecs.RegisterTaskDefinitionInput) { in.PidMode = types.PidModeHost }, "/pidMode"),
		{Name: "a tag changed", Paths: []string{"/tags/team"}, Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			t.Helper()
			tagByHand(ctx, t, cfg, "team", "evil")
		}},
		{Name: "a tag taken off", Paths: []string{"/tags/cost"}, Do: untagByHand("cost")},
		{Name: "our digest and a tag taken off", Paths: []string{"/tags/cost"}, Do: untagByHand("cost", spec.TagApplied)},
		{Name: "deregistered", Reason: resource.Missing, Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			t.Helper()
			def, _ := newestOf(ctx, t, cfg)
			if _, err := ecs.NewFromConfig(cfg).DeregisterTaskDefinition(ctx, &ecs.DeregisterTaskDefinitionInput{TaskDefinition: def.TaskDefinitionArn}); err != nil {
				t.Fatal(err)
			}
		}},
	}
}

func untagByHand(keys ...string) func(context.Context, testing.TB, aws.Config) {
	return func(ctx context.Context, t testing.TB, cfg aws.Config) {
		t.Helper()
		def, _ := newestOf(ctx, t, cfg)
		if _, err := ecs.NewFromConfig(cfg).UntagResource(ctx, &ecs.UntagResourceInput{ResourceArn: def.TaskDefinitionArn, TagKeys: keys}); err != nil {
			t.Fatal(err)
		}
	}
}

func tagByHand(ctx context.Context, t testing.TB, cfg aws.Config, key, value string) {
	t.Helper()
	def, _ := newestOf(ctx, t, cfg)
	_, err := ecs.NewFromConfig(cfg).TagResource(ctx, &ecs.TagResourceInput{ResourceArn: def.TaskDefinitionArn,
		Tags: []types.Tag{{Key: aws.String(key), Value: aws.String(value)}}})
	if err != nil {
		t.Fatal(err)
	}
}

// noTwins fails when a revision was registered twice.
func noTwins(ctx context.Context, t testing.TB, cfg aws.Config) {
	t.Helper()
	k := New(cfg, Options{})
	for _, family := range []string{"shop_nightly_staging", "shop_api_staging"} {
		active, err := k.active(ctx, family)
		if err != nil {
			t.Fatal(err)
		}
		var later *Observed
		for _, r := range active {
			o, _, err := k.describe(ctx, r.arn)
			if err != nil {
				t.Fatal(err)
			}
			if later != nil && o.owner != "" && later.owner != "" && equal(o.canonical, later.canonical) {
				t.Errorf("%s and %s are the same", o, later)
			}
			later = o
		}
	}
}

func testOptions() Options {
	return Options{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func TestConformance(t *testing.T) {
	kindtest.Run(t, kindtest.Suite{
		New:        func(cfg aws.Config) resource.Any { return resource.Erase(New(cfg, testOptions())) },
		Deployment: func() *spec.Deployment { return shop(t) },
		Changes:    changes(t),
		Drifts:     drifts(),
		Unowned: func(ctx context.Context, t testing.TB, cfg aws.Config) {
			t.Helper()
			in := &ecs.RegisterTaskDefinitionInput{}
			if problems := shape.Decode(parse(t, nightly), in); len(problems) > 0 {
				t.Fatal(problems)
			}
			in.Tags = nil
			if _, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(ctx, in); err != nil {
				t.Fatal(err)
			}
		},
		Refused: []kindtest.Refusal{
			{Name: "somebody else's family", Says: "belongs to shop/production", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
				t.Helper()
				tagByHand(ctx, t, cfg, spec.TagOwner, "shop/production")
			}},
			{Name: "somebody else's revision on top", Says: "belongs to shop/production", Do: func(ctx context.Context, t testing.TB, cfg aws.Config) {
				t.Helper()
				registerByHand(ctx, t, cfg, false, func(in *ecs.RegisterTaskDefinitionInput) {
					in.Tags = []types.Tag{{Key: aws.String(spec.TagOwner), Value: aws.String("shop/production")}}
				})
			}},
		},
		Check:  noTwins,
		Canary: canary,
	})
}
