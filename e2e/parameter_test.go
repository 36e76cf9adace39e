package e2e

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Names of what parametersTask declares.
const (
	tokenParameter = "/shop/staging/token.env"
	hostsParameter = "/shop/staging/hosts"
	flagParameter  = "/shop/staging/flag"
	shopFamily     = "shop_web_staging"
)

// parametersTask declares a parameter of each type: one that proc_wrapper reads,
// and two that the program is left to read by itself.
const parametersTask = `apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  role_arn: arn:aws:iam::ACCOUNT_ID:role/web
  env_locations:
    - parameter: /shop/{{ env }}/token.env
      from: {file: env/token.env}
      tier: Intelligent-Tiering
      description: What web reads at start
      tags: {team: web}
    - parameter: /shop/{{ env }}/settings
      from: {file: env/settings.json}
  task_definition:
    family: shop_web_staging
    containerDefinitions: [{name: web, image: "shop:1", memory: 128}]
---
apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: sweep}
spec:
  inject: none
  env_locations:
    - parameter: /shop/{{ env }}/hosts
      type: StringList
      from: {env: SHOP_HOSTS}
    - parameter: /shop/{{ env }}/flag
      type: String
      sensitive: false
      from: {literal: "on"}
  task_definition:
    family: shop_sweep_staging
    containerDefinitions: [{name: sweep, image: "shop:1", memory: 128}]
`

// parameters is a project of parameters.
func (c *cloud) parameters(t testing.TB) *project {
	t.Helper()
	p := c.write(t, map[string]string{
		"deploy_config/reconciler.yaml": "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec:\n" +
			"  environments:\n    staging: {account_id: \"ACCOUNT_ID\", region: us-west-2, tags: {unit: shop}}\n",
		"deploy_config/tasks/web.yaml":    parametersTask,
		"deploy_config/env/token.env":     "TOKEN='t-0123 #4'\nPLACE=here\n",
		"deploy_config/env/settings.json": `{"LEVEL": 3, "LIST": ["a"]}`,
	})
	p.env = append(p.env, "SHOP_HOSTS=a.internal,b.internal")
	return p
}

// parameter is a parameter as boto3 reads it, decrypted.
func (c *cloud) parameter(t testing.TB, name string) map[string]any {
	t.Helper()
	return c.boto3(t, "ssm", "get_parameter", arguments{"Name": name, "WithDecryption": true})["Parameter"].(map[string]any)
}

func (c *cloud) putParameter(t testing.TB, name, value string, more arguments) {
	t.Helper()
	args := arguments{"Name": name, "Value": value, "Overwrite": true}
	maps.Copy(args, more)
	c.boto3(t, "ssm", "put_parameter", args)
	c.catchUp()
}

// soleChange is the one object that a plan changes.
func soleChange(t testing.TB, p *project, args ...string) change {
	t.Helper()
	planned := p.plan(t, args...)
	if len(planned.Changes) != 1 {
		t.Fatalf("planned is %+v", planned.Changes)
	}
	return planned.Changes[0]
}

func TestParametersConverge(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.parameters(t)
		if planned := p.plan(t); planned.Summary["create"] != 7 || planned.Changes[0].Kind != "parameter" {
			t.Fatalf("planned is %+v", planned)
		}
		p.apply(t)
		c.settled(t, p)
		for name, want := range map[string][2]string{
			tokenParameter: {"SecureString", "TOKEN='t-0123 #4'\nPLACE=here\n"}, "/shop/staging/settings": {"SecureString", `{"LEVEL": 3, "LIST": ["a"]}`},
			hostsParameter: {"StringList", "a.internal,b.internal"}, flagParameter: {"String", "on"},
		} {
			if got := c.parameter(t, name); got["Type"] != want[0] || got["Value"] != want[1] {
				t.Errorf("%s is %v", name, got)
			}
		}
		tags := text(c.boto3(t, "ssm", "list_tags_for_resource", arguments{"ResourceType": "Parameter", "ResourceId": tokenParameter}))
		for _, want := range []string{"shop/staging", `"web"`, `"unit"`} {
			if !strings.Contains(tags, want) {
				t.Errorf("the tags %s lack %s", tags, want)
			}
		}

		c.putParameter(t, tokenParameter, "TOKEN=mine\n", nil)
		if got := soleChange(t, p); got.Kind != "parameter" || got.Action != "update" || got.Reason != "drift" || got.Fields[0].Path != "/value" {
			t.Errorf("what was put by hand is planned as %+v", got)
		}
		p.apply(t)
		c.settled(t, p)
		if got := c.parameter(t, tokenParameter); got["Value"] != "TOKEN='t-0123 #4'\nPLACE=here\n" {
			t.Errorf("the value is not put back: %v", got["Version"])
		}

		p.file(t, "deploy_config/env/token.env", "TOKEN=new\n")
		if got := soleChange(t, p); got.Reason != "spec_changed" {
			t.Errorf("the new value is planned as %+v", got)
		}
		p.apply(t)
		c.settled(t, p)
	})
}

func TestProcWrapperSeesTheVariablesOfParameters(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		c.parameters(t).apply(t)
		env := c.containerEnvironment(t, shopFamily)
		want := "arn:aws:ssm:us-west-2:" + c.account + ":parameter/shop/staging/token.env,arn:aws:ssm:us-west-2:" + c.account + ":parameter/shop/staging/settings!json"
		if env["PROC_WRAPPER_ENV_LOCATIONS"] != want {
			t.Fatalf("the locations are %q, want %q", env["PROC_WRAPPER_ENV_LOCATIONS"], want)
		}
		seen := c.seenBy(t, env)
		if diff := cmp.Diff(map[string]string{"TOKEN": "t-0123 #4", "PLACE": "here", "LEVEL": "3", "LIST": `["a"]`}, seen); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}
	})
}

// What the task needs to read its parameters is in the role's own policy.
func TestTheRoleOfATaskMayReadItsParameters(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, c *cloud) {
		p := c.parameters(t)
		p.file(t, "deploy_config/tasks/web.yaml", strings.ReplaceAll(strings.Replace(parametersTask, "      tier:", "      kms_key_id: alias/shop\n      tier:", 1), "ACCOUNT_ID", c.account))
		p.apply(t)
		c.settled(t, p)
		policy := text(c.boto3(t, "iam", "get_role_policy", arguments{"RoleName": "web", "PolicyName": "ecs-reconciler"})["PolicyDocument"])
		for _, want := range []string{"ssm:GetParameter", ":parameter/shop/staging/token.env", "kms:Decrypt", "ssm.us-west-2.amazonaws.com", "alias/shop"} {
			if !strings.Contains(policy, want) {
				t.Errorf("the policy %s lacks %s", policy, want)
			}
		}
		if strings.Contains(policy, "hosts") || strings.Contains(policy, "secretsmanager") {
			t.Errorf("the policy %s allows too much", policy)
		}
	})
}

func TestECSInjectsParameters(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		p := c.parameters(t)
		p.file(t, "deploy_config/tasks/web.yaml", strings.ReplaceAll(`apiVersion: ecs-reconciler/v1
kind: Task
metadata: {name: web}
spec:
  inject: ecs_secrets
  env_locations:
    - {parameter: /shop/staging/TOKEN, from: {file: env/token.env, format: text, trim: true}}
    - {parameter: /shop/staging/settings, variable: SETTINGS, from: {file: env/settings.json}}
  task_definition:
    family: shop_web_staging
    executionRoleArn: arn:aws:iam::ACCOUNT_ID:role/exec
    containerDefinitions: [{name: web, image: "shop:1", memory: 128}]
`, "ACCOUNT_ID", c.account))
		p.apply(t)
		c.settled(t, p)
		container := c.definition(t, shopFamily)["containerDefinitions"].([]any)[0].(map[string]any)
		arn := "arn:aws:ssm:us-west-2:" + c.account + ":parameter/shop/staging/"
		want := []any{map[string]any{"name": "SETTINGS", "valueFrom": arn + "settings"}, map[string]any{"name": "TOKEN", "valueFrom": arn + "TOKEN"}}
		if diff := cmp.Diff(want, sortedByName(container["secrets"])); diff != "" {
			t.Errorf("the container's secrets (-want +got):\n%s", diff)
		}
		policy := text(c.boto3(t, "iam", "get_role_policy", arguments{"RoleName": "exec", "PolicyName": "ecs-reconciler"})["PolicyDocument"])
		if !strings.Contains(policy, "ssm:GetParameters") || !strings.Contains(policy, arn+"TOKEN") {
			t.Errorf("the execution role's policy is %s", policy)
		}
	})
}

// sortedByName puts two pairs in order.
func sortedByName(pairs any) []any {
	list, _ := pairs.([]any)
	if len(list) == 2 && fmt.Sprint(list[0].(map[string]any)["name"]) > fmt.Sprint(list[1].(map[string]any)["name"]) {
		list[0], list[1] = list[1], list[0]
	}
	return list
}

// What AWS cannot change is planned as a replacement, and waits as AWS asks.
func TestAParameterOfAnotherTypeIsReplaced(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, c *cloud) {
		p := c.parameters(t)
		p.apply(t)
		p.file(t, "deploy_config/tasks/web.yaml", strings.ReplaceAll(strings.Replace(parametersTask, "      type: StringList\n", "", 1), "ACCOUNT_ID", c.account))
		if got := soleChange(t, p); got.Name != hostsParameter || got.Action != "replace" || got.Fields[0].Path != "/type" {
			t.Fatalf("another type is planned as %+v", got)
		}
		p.apply(t)
		c.settled(t, p)
		if got := c.parameter(t, hostsParameter); got["Type"] != "SecureString" || got["Value"] != "a.internal,b.internal" {
			t.Errorf("it is %v", got)
		}
	})
}

func TestParametersAreAdoptedAndPruned(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		c.boto3(t, "ssm", "put_parameter", arguments{"Name": flagParameter, "Value": "off", "Type": "String"})
		c.boto3(t, "ssm", "put_parameter", arguments{"Name": "/shop/staging/theirs", "Value": "x", "Type": "String",
			"Tags": []any{map[string]any{"Key": "ecs-reconciler/owner", "Value": "other/staging"}}})
		c.catchUp()
		p := c.parameters(t)
		got := p.exits(t, 1, "apply", "staging", "--yes")
		if !strings.Contains(got.stdout+got.stderr, "--adopt") || c.parameter(t, flagParameter)["Value"] != "off" {
			t.Fatalf("without leave to adopt:\n%s%s", got.stdout, got.stderr)
		}
		p.apply(t, "--adopt")
		c.settled(t, p)
		if c.parameter(t, flagParameter)["Value"] != "on" {
			t.Error("it was adopted and not converged")
		}

		whole := strings.ReplaceAll(parametersTask, "ACCOUNT_ID", c.account)
		web, _, _ := strings.Cut(whole, "---\n")
		p.file(t, "deploy_config/tasks/web.yaml", web)
		c.settled(t, p)
		c.catchUp()
		p.apply(t, "--prune")
		for _, name := range []string{hostsParameter, flagParameter} {
			if v := c.try(t, "ssm", "get_parameter", arguments{"Name": name}); v.Code != "ParameterNotFound" {
				t.Errorf("%s is not pruned: %s", name, v.Code)
			}
		}
		c.parameter(t, tokenParameter)
		c.parameter(t, "/shop/staging/theirs")
	})
}

func TestNothingPrintsAParameter(t *testing.T) {
	t.Parallel()
	c := newCloud(t, sandbox)
	k := hatch()
	p := c.parameters(t)
	p.file(t, "deploy_config/env/token.env", "CANARY='"+k.dotenv+" <&>'\n")
	p.file(t, "deploy_config/env/settings.json", `{"CANARY": "`+k.json+`"}`)
	p.env = append(p.env, "SHOP_HOSTS=a,"+k.vaulted, "TMPDIR="+p.dir)
	s := newSearch(k.all())
	for _, format := range []string{"text", "json"} {
		s.run(t, p, 0, "validate", "staging", "-o", format)
		s.run(t, p, 0, "render", "staging", "-o", format)
	}
	s.everyPlan(t, p)
	s.run(t, p, 0, "plan", "staging", "--out", "create.plan")
	s.run(t, p, 0, "apply", "staging", "--plan", "create.plan")
	c.putParameter(t, tokenParameter, "CANARY="+k.drifted+"\n", nil)
	c.putParameter(t, hostsParameter, k.drifted, nil)
	s.everyPlan(t, p)
	s.run(t, p, 0, "apply", "staging", "--yes", "-o", "json")
	tags := text(c.boto3(t, "ssm", "list_tags_for_resource", arguments{"ResourceType": "Parameter", "ResourceId": tokenParameter}))
	s.text(t, "the tags", tags)
	for name, bad := range map[string]struct{ file, text string }{
		"beyond 8 KiB": {"env/settings.json", `{"CANARY": "` + strings.Repeat(k.json, 400) + `"}`},
		"a reference":  {"env/settings.json", `{"CANARY": "{{` + k.json + `}}"}`},
	} {
		p.file(t, filepath.Join("deploy_config", bad.file), bad.text)
		if got := s.run(t, p, 64, "plan", "staging"); !strings.Contains(got.stderr, "settings") {
			t.Errorf("%s: %s", name, got.stderr)
		}
	}
	s.text(t, "the sandbox's log", c.sandbox.log.String())
}

// A value that is declared to be no secret is shown, and no other.
func TestAPlanShowsWhatIsNotSensitive(t *testing.T) {
	t.Parallel()
	c := newCloud(t, moto)
	p := c.parameters(t)
	p.apply(t)
	c.putParameter(t, flagParameter, "maybe", nil)
	c.putParameter(t, hostsParameter, "hidden", nil)
	got := p.ok(t, "plan", "staging", "-o", "json").stdout
	if !strings.Contains(got, `"maybe"`) || !strings.Contains(got, `"on"`) || strings.Contains(got, "hidden") || strings.Contains(got, "a.internal") {
		t.Errorf("the plan shows\n%s", got)
	}
}

// The policies that iam-policy prints suffice for parameters: to make, to
// change, to replace and to prune them, and a plan's for no more than reading.
func TestPrintedPoliciesSufficeForParameters(t *testing.T) {
	t.Parallel()
	c := enforcing(t)
	p := c.parameters(t)
	p.file(t, "deploy_config/tasks/web.yaml", strings.ReplaceAll(parametersTask, "ACCOUNT_ID", c.account))
	planner, applier := p.as(c, c.caller(t, "planner", p.policy(t, "plan"))), p.as(c, c.caller(t, "applier", p.policy(t, "apply")))
	c.refusesWrites(t, planner)
	applier.apply(t)
	if got := planner.plan(t); len(got.Changes) > 0 {
		t.Errorf("after the apply: %v", got.Changes)
	}
	c.boto3(t, "ssm", "put_parameter", arguments{"Name": tokenParameter, "Value": "A=1", "Overwrite": true, "Description": "mine"})
	applier.apply(t)
	whole := strings.ReplaceAll(parametersTask, "ACCOUNT_ID", c.account)
	web, _, _ := strings.Cut(whole, "---\n")
	p.file(t, "deploy_config/tasks/web.yaml", web)
	applier.apply(t, "--prune")
	if v := c.try(t, "ssm", "get_parameter", arguments{"Name": flagParameter}); v.Code != "ParameterNotFound" {
		t.Errorf("it is not pruned: %s", v.Code)
	}
}

// A folder of CloudReactor's in which ECS itself gives the process a parameter,
// beside the env file that proc_wrapper reads.
func TestCloudReactorFolderWithAParameterOfECS(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *cloud) {
		c.boto3(t, "ssm", "put_parameter", arguments{"Name": "/billing/staging/key", "Value": "k-1", "Type": "SecureString"})
		files := cloudReactorFolder()
		const common = "deploy_config/vars/common.yml"
		files[common] = strings.Replace(files[common], "nightly: {command: python -m nightly,", `nightly:
    ecs: {extra_main_container_properties: {secrets: [{name: BILLING_KEY, valueFrom: "arn:aws:ssm:us-west-2:ACCOUNT_ID:parameter/billing/staging/key"}]}}
    command: python -m nightly
    schedule: cron(15 3 * * ? *)
#`, 1)
		p := c.write(t, files)
		p.apply(t)
		c.settled(t, p)
		const family = "billing-jobs_nightly_staging"
		container := c.definition(t, family)["containerDefinitions"].([]any)[0].(map[string]any)
		want := []any{map[string]any{"name": "BILLING_KEY", "valueFrom": "arn:aws:ssm:us-west-2:" + c.account + ":parameter/billing/staging/key"}}
		if diff := cmp.Diff(want, container["secrets"]); diff != "" {
			t.Errorf("the container's secrets (-want +got):\n%s", diff)
		}
		seen := c.seenBy(t, c.containerEnvironment(t, family))
		if diff := cmp.Diff(map[string]string{"DB_URL": "postgres://db/billing", "LEVEL": "info"}, seen); diff != "" {
			t.Errorf("what the process sees (-want +got):\n%s", diff)
		}
		if got := c.parameter(t, "/billing/staging/key"); got["Value"] != "k-1" || fmt.Sprint(got["Version"]) != "1" {
			t.Errorf("what is only referred to was touched: %v", got)
		}
	})
}
