package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A service whose tasks read a secret, and what is done about it.
const (
	rolloutSecret  = "shop/staging/web.env"
	rolloutFamily  = "shop_web_staging"
	rolloutCluster = "shop"
	rolloutService = "web"
	rolloutName    = rolloutCluster + "/" + rolloutService
)

const rolloutProject = `apiVersion: ecs-reconciler/v1
kind: Project
metadata: {name: shop}
spec:
  environments:
    staging: {account_id: "ACCOUNT_ID", region: us-west-2}
`

const rolloutTask = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  env_locations:
    - secret: shop/staging/web.env
      from: {file: env/web.env, format: dotenv}
  task_definition:
    containerDefinitions: [{name: main, image: registry.example.com/web:1, memory: 64, essential: true}]
`

// shop is a project that is applied, with services of its own family and of
// another's, each old enough for a plan to find nothing.
func (c *cloud) shop(t testing.TB) *project {
	t.Helper()
	p := c.write(t, map[string]string{
		"deploy_config/reconciler.yaml": rolloutProject,
		"deploy_config/tasks/web.yaml":  rolloutTask,
		"deploy_config/env/web.env":     "TOKEN=first\n",
	})
	p.apply(t)
	time.Sleep(rolloutMargin)
	c.boto3(t, "ecs", "create_cluster", arguments{"clusterName": rolloutCluster})
	c.boto3(t, "ecs", "register_task_definition", arguments{"family": "theirs",
		"containerDefinitions": []any{arguments{"name": "main", "image": "registry.example.com/theirs:1", "memory": 64}}})
	for service, family := range map[string]string{rolloutService: rolloutFamily, "theirs": "theirs"} {
		c.boto3(t, "ecs", "create_service", arguments{"cluster": rolloutCluster, "serviceName": service, "taskDefinition": family, "desiredCount": 1})
	}
	c.listed(t)
	return p
}

// listed waits until lists show both services: those of AWS may be late.
func (c *cloud) listed(t testing.TB) {
	t.Helper()
	for range 100 {
		clusters, _ := c.try(t, "ecs", "list_clusters", arguments{}).Result["clusterArns"].([]any)
		services, _ := c.try(t, "ecs", "list_services", arguments{"cluster": rolloutCluster}).Result["serviceArns"].([]any)
		if len(clusters) == 1 && len(services) == 2 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the services are not listed")
}

// rolloutMargin is more than the age by which a deployment is known to be newer
// than a value.
const rolloutMargin = 6 * time.Second

func (p *project) onSecretChange(t testing.TB, setting string) {
	t.Helper()
	p.file(t, "deploy_config/tasks/web.yaml", rolloutTask+"  on_secret_change: "+setting+"\n")
}

// primary is a service's deployment in force, and how many tasks it wants.
func (c *cloud) primary(t testing.TB, service string) (id string, desired any) {
	t.Helper()
	list := c.boto3(t, "ecs", "describe_services", arguments{"cluster": rolloutCluster, "services": []any{service}})["services"].([]any)
	found := list[0].(map[string]any)
	for _, d := range found["deployments"].([]any) {
		if d := d.(map[string]any); d["status"] == "PRIMARY" {
			id = d["id"].(string)
		}
	}
	return id, found["desiredCount"]
}

// deploymentsMade counts the deployments that the service ever had, where the
// emulator knows them.
func (c *cloud) deploymentsMade(t testing.TB) int {
	t.Helper()
	if c.sandbox == nil {
		return 0
	}
	out := c.boto3(t, "ecs", "list_service_deployments", arguments{"cluster": rolloutCluster, "service": rolloutService})
	return len(out["serviceDeployments"].([]any))
}

func TestANewValueDeploysServicesAnew(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.shop(t)
		p.onSecretChange(t, "redeploy")
		c.settled(t, p)
		p.file(t, "deploy_config/env/web.env", "TOKEN=second\n")
		before, wanted := c.primary(t, rolloutService)
		theirs, _ := c.primary(t, "theirs")
		i := slices.IndexFunc(p.plan(t).Changes, func(c change) bool { return c.Kind == "service" })
		if i < 0 {
			t.Fatal("the plan holds no service")
		}
		if s := p.plan(t).Changes[i]; s.Name != rolloutName || s.Action != "update" || s.Reason != "spec_changed" || s.Fields[0].Path != "/deployment" {
			t.Errorf("the plan holds %+v", s)
		}

		earlier := c.deploymentsMade(t)
		var done applied
		calls := count(c.during(func() { done = p.apply(t) }))
		if done.Summary["done"] != 2 || calls["ecs:UpdateService"] != 1 && c.target != troubled {
			t.Fatalf("the apply did %+v by %v", done, calls)
		}
		if made := c.deploymentsMade(t) - earlier; c.sandbox != nil && made != 1 {
			t.Errorf("the apply made %d deployments, not one, by %v", made, calls)
		}
		after, wants := c.primary(t, rolloutService)
		if after == before || wants != wanted {
			t.Errorf("the deployment %s became %s, %v tasks %v", before, after, wanted, wants)
		}
		if now, _ := c.primary(t, "theirs"); now != theirs {
			t.Error("a service of another family was deployed")
		}
		c.settled(t, p)
	})
}

// TestANewValueOfAParameterDeploysServicesAnew: a parameter's value counts as a
// secret's does.
func TestANewValueOfAParameterDeploysServicesAnew(t *testing.T) {
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.shop(t)
		p.file(t, "deploy_config/tasks/web.yaml", strings.Replace(rolloutTask, "secret: shop/staging/web.env", "parameter: /shop/staging/web.env", 1)+"  on_secret_change: redeploy\n")
		p.apply(t)
		c.settled(t, p)
		time.Sleep(rolloutMargin)
		p.file(t, "deploy_config/env/web.env", "TOKEN=second\n")
		before, _ := c.primary(t, rolloutService)
		if done := p.apply(t); done.Summary["done"] != 2 {
			t.Fatalf("the apply did %+v", done)
		}
		if after, _ := c.primary(t, rolloutService); after == before {
			t.Errorf("the deployment is still %s", after)
		}
		c.settled(t, p)
	})
}

// TestALaterRunFindsWhatRunsWithAnOldValue: reporting leaves it, and says so in
// every run; nothing said, and it is reported in the run that changes the value
// alone. Redeploying makes up for both.
func TestALaterRunFindsWhatRunsWithAnOldValue(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.shop(t)
		before, _ := c.primary(t, rolloutService)
		p.file(t, "deploy_config/env/web.env", "TOKEN=second\n")
		wantWarning(t, p.plan(t).Warnings, true)
		out := p.ok(t, "apply", "staging", "--yes")
		wantWarning(t, strings.Split(out.stderr, "\n"), true)
		calls := c.during(func() { wantWarning(t, p.plan(t).Warnings, false) })
		for call := range count(calls) {
			if strings.Contains(call, "Services") || strings.Contains(call, "Clusters") || strings.Contains(call, "VersionIds") {
				t.Errorf("nothing asks for services, and %s is sent", call)
			}
		}

		p.onSecretChange(t, "report")
		wantWarning(t, p.plan(t).Warnings, true)
		if done := p.apply(t); len(done.Results) != 0 {
			t.Errorf("reporting did %+v", done.Results)
		}
		if now, _ := c.primary(t, rolloutService); now != before {
			t.Error("reporting has deployed")
		}

		p.onSecretChange(t, "redeploy")
		done := p.apply(t)
		if len(done.Results) != 1 || done.Results[0].Name != rolloutName || done.Results[0].Status != "done" {
			t.Errorf("the apply did %+v", done.Results)
		}
		c.settled(t, p)
	})
}

func wantWarning(t testing.TB, warnings []string, want bool) {
	t.Helper()
	got := slices.ContainsFunc(warnings, func(w string) bool {
		return strings.Contains(w, "service "+rolloutName+": its tasks run with an older value of "+rolloutSecret)
	})
	if got != want {
		t.Errorf("warned of the service: %v, want %v: %q", got, want, warnings)
	}
}

// TestARotationDeploysNothing: the values of the new versions are as old as
// before. A value that changes after it is deployed once.
func TestARotationDeploysNothing(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, c *cloud) {
		p := c.shop(t)
		p.onSecretChange(t, "redeploy")
		c.settled(t, p)
		before, _ := c.primary(t, rolloutService)
		id := c.current(t, rolloutSecret)
		if got := p.rotate(t); len(got.Moved) != 1 || !got.Finished {
			t.Fatalf("the rotation: %+v", got)
		}
		if c.current(t, rolloutSecret) == id {
			t.Error("the rotation moved nothing")
		}
		c.settled(t, p)
		if now, _ := c.primary(t, rolloutService); now != before {
			t.Error("the rotation has deployed a service")
		}
		p.file(t, "deploy_config/env/web.env", "TOKEN=second\n")
		if done := p.apply(t); done.Summary["done"] != 2 {
			t.Errorf("a new value after that: %+v", done.Results)
		}
		if now, _ := c.primary(t, rolloutService); now == before {
			t.Error("a new value was not deployed")
		}
		c.settled(t, p)
	})
}

// A service whose new tasks cannot start, in a sandbox: its circuit breaker ends
// the deployment, and rolls it back where it is told to. Each apply fails,
// whatever is in force then, and the value stays.
func TestAFailedRolloutFailsTheApply(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rollback bool
		want     []string // one of these
	}{
		"left":        {false, []string{" failed: "}},
		"rolled back": {true, []string{" is gone: it was rolled back", " failed: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := newCloud(t, sandbox)
			p := cloud.fragile(t, c.rollback)
			before, wanted := cloud.primary(t, fragileService)
			p.file(t, "deploy_config/env/web.env", "TOKEN=second\n")
			for attempt := range 2 {
				var out applied
				decode(t, p.exits(t, 1, "apply", "staging", "--yes", "-o", "json").stdout, &out)
				i := len(out.Results) - 1
				if i < 0 || out.Results[i].Kind != "service" || out.Results[i].Status != "failed" || !slices.ContainsFunc(c.want, func(w string) bool {
					return strings.Contains(out.Results[i].Error.Message, w)
				}) {
					t.Fatalf("attempt %d: the apply did %+v", attempt, out.Results)
				}
				if len(out.Results) != 2-attempt {
					t.Errorf("attempt %d: the value was written again: %+v", attempt, out.Results)
				}
			}
			now, wants := cloud.primary(t, fragileService)
			if c.rollback != (now == before) || wants != wanted {
				t.Errorf("the deployment %s became %s, %v tasks %v", before, now, wanted, wants)
			}
			if cloud.secret(t, rolloutSecret) != "TOKEN=second\n" {
				t.Error("the value is not the new one")
			}
		})
	}
}

const fragileService = "fragile"

// fragile is a project that is applied, with one service whose tasks start once.
func (c *cloud) fragile(t testing.TB, rollback bool) *project {
	t.Helper()
	p := c.write(t, map[string]string{
		"deploy_config/reconciler.yaml": rolloutProject,
		"deploy_config/tasks/web.yaml":  strings.Replace(rolloutTask, "example.com/web:1", "example.com/fragile-image:1", 1) + "  on_secret_change: redeploy\n",
		"deploy_config/env/web.env":     "TOKEN=first\n",
	})
	p.apply(t)
	time.Sleep(rolloutMargin)
	c.boto3(t, "ecs", "create_cluster", arguments{"clusterName": rolloutCluster})
	c.boto3(t, "ecs", "create_service", arguments{"cluster": rolloutCluster, "serviceName": fragileService, "taskDefinition": rolloutFamily, "desiredCount": 1,
		"deploymentConfiguration": arguments{"deploymentCircuitBreaker": arguments{"enable": true, "rollback": rollback}}})
	c.settled(t, p)
	return p
}

// TestSchedulesThatNameAnOlderRevisionAreToldOf: with redeploy as well, and they
// are never changed.
func TestSchedulesThatNameAnOlderRevisionAreToldOf(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, c *cloud) {
		p := c.shop(t)
		p.onSecretChange(t, "redeploy")
		inECS := "arn:aws:ecs:us-west-2:" + c.account
		cluster, family := inECS+":cluster/"+rolloutCluster, inECS+":task-definition/"+rolloutFamily
		c.boto3(t, "iam", "create_role", arguments{"RoleName": "starter", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
			`"Principal":{"Service":["scheduler.amazonaws.com","events.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`})
		starter := "arn:aws:iam::" + c.account + ":role/starter"
		for name, definition := range map[string]string{"pinned": family + ":1", "free": family} {
			c.boto3(t, "scheduler", "create_schedule", arguments{"Name": name, "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": arguments{"Mode": "OFF"},
				"Target": arguments{"Arn": cluster, "RoleArn": starter, "EcsParameters": arguments{"TaskDefinitionArn": definition}}})
			c.boto3(t, "events", "put_rule", arguments{"Name": name, "ScheduleExpression": "rate(1 day)"})
			c.boto3(t, "events", "put_targets", arguments{"Rule": name, "Targets": []any{
				arguments{"Id": "1", "Arn": cluster, "RoleArn": starter, "EcsParameters": arguments{"TaskDefinitionArn": definition}}}})
		}
		told := func(when string, want bool) {
			t.Helper()
			all := strings.Join(p.plan(t).Warnings, "\n")
			for _, object := range []string{"schedule default/pinned", "rule pinned"} {
				if got := strings.Contains(all, object+": it starts tasks of "+rolloutFamily+":1, which is not the newest revision"); got != want {
					t.Errorf("%s: told of the %s: %v, want %v:\n%s", when, object, got, want, all)
				}
			}
			if strings.Contains(all, "free") {
				t.Errorf("%s: told of what starts the newest revision:\n%s", when, all)
			}
		}
		told("of the newest revision", false)
		p.file(t, "deploy_config/tasks/web.yaml", strings.Replace(rolloutTask, "web:1", "web:2", 1)+"  on_secret_change: redeploy\n")
		told("before a newer one is registered", true)
		p.apply(t)
		told("after that", true)
		calls := c.during(func() { p.apply(t) })
		if wrote := writesOf(calls); len(wrote) > 0 {
			t.Errorf("a second apply writes: %v", wrote)
		}
	})
}
