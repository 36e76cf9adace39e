package load

import (
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

const (
	account = `"012345678901"`
	kmsKey  = "arn:aws:kms:us-west-2:012345678901:key/k"
)

// ours is a project whose
// environment staging has these settings.
func ours(environment string) string {
	return "apiVersion: ecs-reconciler/v1\nkind: Project\nmetadata: {name: shop}\nspec: {environments: {staging: {" + environment + "}, production: {}}}\n"
}

// secretLine declares a secret with further settings.
func secretLine(settings string) string {
	return "env_locations: [{secret: s, from: {file: a.env}" + settings + "}]"
}

// refusal is a project with something wrong that stands in one of its tasks.
type refusal struct {
	name    string
	project string   // reconciler.yaml; "" for the usual one
	web     []string // lines of the tasks' specs
	worker  []string // nil for no such task
	want    []string // parts of the complaints; none for no complaint
}

func (c refusal) files() files {
	f := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", c.web...)}
	if c.worker != nil {
		f["tasks/worker.yaml"] = task("worker", c.worker...)
	}
	if c.project != "" {
		f[projectFile] = c.project
	}
	return f
}

func (c refusal) check(t *testing.T) {
	t.Helper()
	got := c.files().complaints(t, process{})
	if len(c.want) == 0 && got != "" {
		t.Errorf("got %s", got)
	}
	wantText(t, got, c.want...)
}

func checkRefusals(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, c.check)
	}
}

// TestOneObjectOneWord: what two tasks say of one object must agree, and each
// complaint names both places.
func TestOneObjectOneWord(t *testing.T) {
	checkRefusals(t, []refusal{
		{name: "drift of a role", web: []string{roleLine, "drift: report"}, worker: []string{roleLine},
			want: []string{"worker.yaml:5:", "spec.role.drift: role " + `"` + webRole + `" is given drift correct here and report at deploy_config/tasks/web.yaml:5:13`}},
		{name: "the default spelt out", web: []string{roleLine, "drift: correct"}, worker: []string{roleLine}},
		{name: "drift of a secret, by its task", web: []string{secretLine(""), "drift: ignore"}, worker: []string{secretLine("")},
			want: []string{`spec.env_locations[0].drift: secret "s" is given drift correct here and ignore at deploy_config/tasks/web.yaml:5:`}},
		{name: "drift of a secret, its own", web: []string{secretLine(", drift: correct"), "drift: ignore"}, worker: []string{secretLine("")}},
		{name: "managed and not", web: []string{roleLine}, worker: []string{roleLine, "role: {manage: false}"},
			want: []string{"worker.yaml:6:18: spec.role.manage: the role " + webRole + " is only referred to here, and managed at deploy_config/tasks/web.yaml:5:13 for web"}},
		{name: "not managed and managed", web: []string{roleLine, "role: {manage: false}"}, worker: []string{roleLine},
			want: []string{"web.yaml:6:18: spec.role.manage: ", "managed at deploy_config/tasks/worker.yaml:5:13 for worker"}},
		{name: "managed by none", web: []string{roleLine, "role: {manage: false}"}, worker: []string{roleLine, "role: {manage: false}"}},
		{name: "an execution role for a task role", web: []string{"role_arn: " + execRole}, worker: []string{definitionLine, "execution_role: {manage: false}"},
			want: []string{"worker.yaml:6:28: spec.execution_role.manage: the role " + execRole + " is only referred to here"}},
		{name: "settings of a role left alone", web: []string{roleLine, "role: {manage: false, description: d, tags: {a: b}}"},
			want: []string{"web.yaml:6:18: spec.role.manage: manage: false leaves the role as it is, and there are settings for it: description, tags"}},
	})
}

// TestOnePlace: account, region and partition are one for all, as far as they
// are known.
func TestOnePlace(t *testing.T) {
	theirs := strings.NewReplacer("012345678901", "111111111111")
	location := "env_locations: ['arn:aws:secretsmanager:us-west-2:012345678901:secret:x.env']"
	checkRefusals(t, []refusal{
		{name: "all agree", project: ours(""), web: []string{roleLine, definitionLine, location}},
		{name: "an execution role elsewhere, undeclared", project: ours(""), web: []string{roleLine, theirs.Replace(definitionLine)},
			want: []string{"web.yaml:6:", "spec.task_definition.executionRoleArn: executionRoleArn is in account 111111111111, and role_arn at deploy_config/tasks/web.yaml:5:13 says 012345678901"}},
		{name: "an execution role elsewhere, declared", project: ours("account_id: " + account), web: []string{roleLine, theirs.Replace(definitionLine)}},
		{name: "a location elsewhere, undeclared", project: ours(""), web: []string{theirs.Replace(roleLine), location},
			want: []string{"spec.env_locations[0]: a location is in account 012345678901, and role_arn at"}},
		{name: "a trusted account is not ours", project: ours("trusted_accounts: ['111111111111']"), web: []string{theirs.Replace(location), roleLine}},
		{name: "key of another region", web: []string{secretLine(", kms_key_id: " + strings.Replace(kmsKey, "us-west-2", "us-east-1", 1))},
			want: []string{"web.yaml:5:64: spec.env_locations[0].kms_key_id: the key is in the region us-east-1, and the secret \"s\" in us-west-2"}},
		{name: "key of another account", web: []string{secretLine(", kms_key_id: " + theirs.Replace(kmsKey))}, want: []string{"the key is in the account 111111111111", "trusted_accounts"}},
		{name: "key of a trusted account", web: []string{secretLine(", kms_key_id: " + strings.Replace(kmsKey, "012345678901", "999999999999", 1))}},
		{name: "key of another partition", web: []string{secretLine(", kms_key_id: " + strings.Replace(kmsKey, "aws:", "aws-cn:", 1))}, want: []string{"the key is in the partition aws-cn"}},
		{name: "key here", web: []string{secretLine(", kms_key_id: " + kmsKey)}},
		{name: "role of another partition", web: []string{strings.Replace(roleLine, "arn:aws:", "arn:aws-cn:", 1)},
			want: []string{"web.yaml:5:13: spec.role_arn: role_arn is in the partition aws-cn, and the region us-west-2 is in aws"}},
		{name: "policies of another partition", web: []string{roleLine, "role: {managed_policies: ['arn:aws-cn:iam::aws:policy/P'], permissions_boundary: 'arn:aws-cn:iam::aws:policy/P'}"},
			want: []string{"web.yaml:6:29: spec.role.managed_policies[0]: the policy is in the partition aws-cn", "spec.role.permissions_boundary: the policy is in the partition aws-cn"}},
		{name: "two partitions", project: ours(""), web: []string{strings.Replace(roleLine, "arn:aws:", "arn:aws-us-gov:", 1), "env_locations: ['arn:aws:s3:::bkt/x.env']"},
			want: []string{"a location is in the partition aws, and role_arn at deploy_config/tasks/web.yaml:5:13 is in aws-us-gov"}},
		{name: "China", project: ours("region: cn-north-1"), web: []string{strings.Replace(roleLine, "arn:aws:", "arn:aws-cn:", 1)}},
		{name: "isolated", project: ours("region: us-isob-east-1"), web: []string{strings.Replace(roleLine, "arn:aws:", "arn:aws-iso-b:", 1)}},
		{name: "no region", project: ours("region: us-west"), web: []string{roleLine}, want: []string{`reconciler.yaml:4:41: spec.environments.staging.region: "us-west" is no region (want one such as us-west-2)`}},
		{name: "a zone", project: ours("region: us-west-2a"), web: []string{roleLine}, want: []string{`"us-west-2a" is no region`}},
		{name: "no trusted account", project: ours("trusted_accounts: [them]"), web: []string{roleLine}, want: []string{`spec.environments.staging.trusted_accounts[0]: "them" is no account id`}},
	})
}

// TestWhatNothingWouldHeed: what would silently mean something else, or
// nothing, is an error with a suggestion.
func TestWhatNothingWouldHeed(t *testing.T) {
	checkRefusals(t, []refusal{
		{name: "no window", web: []string{secretLine(", recovery_window_days: 0")}, want: []string{"web.yaml:5:74: spec.env_locations[0].recovery_window_days: recovery_window_days is 0: AWS takes 7 to 30"}},
		{name: "short window", web: []string{secretLine(", recovery_window_days: 6")}, want: []string{"web.yaml:5:74: spec.env_locations[0].recovery_window_days: "}},
		{name: "unknown environment", web: []string{"environments: [staging, prodction]"},
			want: []string{`web.yaml:5:27: spec.environments[1]: the project has no environment "prodction" (did you mean "production"?)`}},
		{name: "known environments", web: []string{"environments: [staging, production]"}},
		{name: "ignored key misspelt", web: []string{"ignore: [/task_definition/cpuu]"}, want: []string{`web.yaml:5:12: spec.ignore[0]: "/task_definition/cpuu" cannot be ignored: there is no "cpuu" (did you mean "cpu"?)`}},
		{name: "ignored member misspelt", web: []string{"ignore: [/task_definition/containerDefinitions/0/imag]"}, want: []string{`there is no "imag" (did you mean "image"?)`}},
		{name: "ignored container by name", web: []string{"ignore: [/task_definition/containerDefinitions/main/image]"}, want: []string{`there is no "main" (the elements of a list are named by their index, from 0)`}},
		{name: "ignored below a text", web: []string{"ignore: [/task_definition/family/x]"}, want: []string{`there is no "x"`}},
		{name: "ignored setting of a role", web: []string{roleLine, "ignore: [/role/descripton]"}, want: []string{`(did you mean "description"?)`}},
		{name: "ignored elsewhere", web: []string{"ignore: [/secret/value, task_definition/cpu, /role]"}, want: []string{"spec.ignore[0]: ", "spec.ignore[1]: ", "spec.ignore[2]: ", "it begins with /task_definition/ or /role/"}},
		{name: "what can be ignored", web: []string{roleLine, definitionLine, "execution_role: {}", "ignore: [/task_definition/containerDefinitions/0/environment/A, /task_definition/containerDefinitions/1/dockerLabels/a~1b, /task_definition/volumes,",
			"  /role/tags/a, /role/inline_policies/p/Statement/0/Action, /role/managed_policies/0, /execution_role/description, /role/trust_policy/Statement]"}},
		{name: "S3 address", web: []string{"env_locations: ['s3://bkt/a/b.env']"}, want: []string{"web.yaml:5:19: spec.env_locations[0]: proc_wrapper does not read s3:// addresses (write arn:aws:s3:::bkt/a/b.env)"}},
		{name: "key of a service", web: []string{"service: {desiredCont: 2}"}, want: []string{`web.yaml:5:26: spec.service.desiredCont: unknown key "desiredCont" (did you mean "desiredCount"?)`}},
		{name: "deep in a service", web: []string{"service: {networkConfiguration: {awsvpcConfiguration: {subnet: [a]}}}"}, want: []string{`(did you mean "subnets"?)`}},
		{name: "a service", web: []string{"service: {desiredCount: '{{ 1 + 1 }}', forceNewDeployment: true, launchType: FARGATE}"}},
		{name: "key of a schedule", web: []string{"schedule: {expresion: rate(1 day)}"}, want: []string{`spec.schedule.expresion: unknown key "expresion" (did you mean "expression"?)`}},
		{name: "a schedule", web: []string{"schedule: {expression: rate(1 day), count: 2, timezone: Europe/Berlin, networkConfiguration: {awsvpcConfiguration: {subnets: [a]}}}"}},
		{name: "form that is none", web: []string{secretLine(", output: xml")}, want: []string{`web.yaml:5:60: spec.env_locations[0].output: a dotenv source cannot be stored as "xml"`}},
		{name: "form of a text", web: []string{"env_locations: [{secret: s, from: {file: a.env, format: text}, output: json}]"}, want: []string{`spec.env_locations[0].output: a text source cannot be stored as "json"`}},
		{name: "tag of a secret", web: []string{"env_locations:", "  - secret: s", "    from: {file: a.env}", "    tags: {'aws:x': y}"}, want: []string{"web.yaml:8:13: spec.env_locations[0].tags: "}},
		{name: "name of a secret", web: []string{"env_locations:", "  - from: {file: a.env}", "    secret: a b"}, want: []string{"web.yaml:7:15: spec.env_locations[0].secret: "}},
		{name: "AWS's own key", web: []string{secretLine(", kms_key_id: ''")}},
		{name: "a key twice", web: []string{"drift: report", "drift: ignore"}, want: []string{`web.yaml:6:3: the key "drift" is here for the second time (first in line 5)`}},
	})
}

// TestNoTask: a folder without tasks is a mistake; one whose tasks are all for
// elsewhere is not.
func TestNoTask(t *testing.T) {
	for _, f := range []files{{}, {"tasks/README.md": "x"}, {"tasks/a.yaml": "---\n---\n"}} {
		wantText(t, f.complaints(t, process{}), "deploy_config/tasks: the folder declares no task (write one into NAME.yaml there")
	}
	wantText(t, files{"tasks/a.yaml": task("a", "environments: [production]")}.complaints(t, process{}))
}

// TestRefusedDefinitions: what cannot be registered keeps a plan from being
// made, and render goes on.
func TestRefusedDefinitions(t *testing.T) {
	for name, c := range map[string]struct{ task, want string }{
		"an odd name": {task("a b/c", definitionLine), `deploy_config/tasks/a.yaml:3:18: metadata.name: "shop_a b/c_staging" cannot be the name of a family`},
		"a variable twice": {task("a", "task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, environment: [{name: A, value: x}, {name: B, value: x}, {name: A, value: y}]}]}"),
			`containerDefinitions[0].environment[2].name: the variable "A" is in environment already (keep one of them)`},
	} {
		d, err := files{"tasks/a.yaml": c.task}.load(t, process{})
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Refusals) != 1 {
			t.Errorf("%s: got %v", name, d.Refusals)
			continue
		}
		wantText(t, d.Refusals[0].Error(), c.want)
	}
}

// TestDefaultDrift: a task's policy is that of its secrets, unless they have
// their own.
func TestDefaultDrift(t *testing.T) {
	for settings, want := range map[string]spec.Drift{"": spec.DriftReport, ", drift: correct": spec.DriftCorrect, ", drift: ignore": spec.DriftIgnore} {
		d := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", secretLine(settings), "drift: report")}.mustLoad(t, process{})
		if got := d.Secrets[0].Drift; got != want {
			t.Errorf("%q: got %s, want %s", settings, got, want)
		}
	}
}

// TestAWSsOwnKeyNeedsNoGrant: so an empty kms_key_id grants nothing.
func TestAWSsOwnKeyNeedsNoGrant(t *testing.T) {
	d := files{"a.env": "A=1\n", "tasks/web.yaml": task("web", roleLine, secretLine(", kms_key_id: ''"))}.mustLoad(t, process{})
	if s, r := d.Secrets[0], d.Roles[0]; s.KMSKeyID == nil || *s.KMSKeyID != "" || len(r.GrantKMSKeys) != 0 {
		t.Errorf("the key is %v and the grants are %v", s.KMSKeyID, r.GrantKMSKeys)
	}
}

// TestManyPolicies: ten are attached without asking AWS, twenty at most.
func TestManyPolicies(t *testing.T) {
	list := func(prefix string, n int) string {
		var arns []string
		for i := range n {
			arns = append(arns, "arn:aws:iam::aws:policy/"+prefix+string(rune('a'+i)))
		}
		return "role: {managed_policies: ['" + strings.Join(arns, "', '") + "']}"
	}
	wantText(t, warnings(files{"tasks/a.yaml": task("a", roleLine, list("x", 10))}.mustLoad(t, process{})))
	wantText(t, warnings(files{"tasks/a.yaml": task("a", roleLine, list("x", 11))}.mustLoad(t, process{})), "11 managed policies for a together, and IAM attaches 10 unless the account's quota was raised")
	both := files{"tasks/a.yaml": task("a", roleLine, list("x", 11)), "tasks/b.yaml": task("b", roleLine, list("y", 10))}
	wantText(t, both.complaints(t, process{}), "21 managed policies for a, b together, and IAM attaches 20 at most")
}

// TestFileWarnings: what proc_wrapper or the process reads otherwise than it
// may be meant.
func TestFileWarnings(t *testing.T) {
	show := func(location string) string {
		return warnings(files{"tasks/a.yaml": task("a", definitionLine, "env_locations: ['"+location+"']")}.mustLoad(t, process{}))
	}
	wantText(t, show("not/an/arn"), "spec.env_locations[0]: proc_wrapper reads this as a file, relative to where it is started")
	for _, location := range []string{"/etc/app.env", "file:///etc/app.env", "file://app.env", "AWS_SM:x.env"} {
		wantText(t, show(location))
	}
	d := files{"a.json": "{\"A\": \"1\",\n \"B\": {\"A\": 1}, \"A\": \"2\"}", "tasks/a.yaml": task("a", "env_locations: [{secret: s, from: {file: a.json}}]")}.mustLoad(t, process{})
	wantText(t, warnings(d), "deploy_config/a.json:2:", ": A: the name is in this JSON twice")
	if len(d.Warnings) != 1 {
		t.Errorf("got the warnings %v", d.Warnings)
	}
}
