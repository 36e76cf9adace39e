package load

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

const canary = "c4n4ry-v4lue"

func encrypted(t *testing.T, text string) string {
	t.Helper()
	out, err := ansiblevault.Encrypt([]byte(text), ansiblevault.Password{Text: spec.NewSecret("pw")}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// inline is a !vault scalar whose lines stand at an indent.
func inline(t *testing.T, text, indent string) string {
	t.Helper()
	return "!vault |\n" + indent + strings.ReplaceAll(strings.TrimSpace(encrypted(t, text)), "\n", "\n"+indent)
}

// TestVaultedValues: what comes out of a vault reaches what is registered and
// is never shown.
func TestVaultedValues(t *testing.T) {
	environment := "task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, environment: [{name: TOKEN, value: %s}, {name: OPEN, value: x}]}]}"
	variable := strings.Replace(projectYAML, "{registry:", "{token: !vault_, registry:", 1)
	variable = strings.Replace(variable, "  variables: {token: !vault_, registry: \"{{ account_id }}.example.com\", size: 512}",
		"  variables:\n    token: "+inline(t, canary, "      ")+"\n", 1)
	for name, f := range map[string]files{
		"through a variable": {projectFile: variable, "tasks/a.yaml": task("a", fmt.Sprintf(environment, "'Bearer {{ token }}'"))},
		"in place": {"tasks/a.yaml": task("a", "task_definition:", "  memory: 512", "  containerDefinitions:", "    - name: main", "      image: i", "      environment:",
			"        - name: TOKEN", "          value: "+inline(t, "Bearer "+canary, "              "), "        - {name: OPEN, value: x}")},
	} {
		d := f.mustLoad(t, process{password: "pw"})
		list := container(t, d.Tasks[0])["environment"].([]any)
		if got := list[0].(map[string]any)["value"]; got != "Bearer "+canary {
			t.Errorf("%s: the value did not arrive", name)
		}
		if got := d.Tasks[0].Vaulted; len(got) != 1 || got[0] != "/containerDefinitions/0/environment/0/value" {
			t.Errorf("%s: vaulted are %v", name, got)
		}
		wantText(t, warnings(d), "a value that is encrypted here is stored in clear in the task definition (put it into a secret")
		text := rendered(t, d)
		wantText(t, text, spec.Masked, "value: x")
		if strings.Contains(text+warnings(d), canary) {
			t.Errorf("%s: the value is shown", name)
		}
	}
}

// TestVaultedFiles: whole files are decrypted wherever a file is read.
func TestVaultedFiles(t *testing.T) {
	f := files{
		projectFile:    encrypted(t, projectYAML),
		"tasks/a.yaml": encrypted(t, task("a", "env_locations: [{secret: s, from: {file: db.env}}]", definitionLine)),
		"db.env":       encrypted(t, "A="+canary+"\n"),
	}
	d := f.mustLoad(t, process{password: "pw"})
	if d.Secrets[0].Value.Reveal() != "A="+canary+"\n" || d.Secrets[0].From.Format != "dotenv" {
		t.Error("the env file is not decrypted")
	}
	tasks, err := json.Marshal(d.Tasks)
	if err != nil || !strings.Contains(string(tasks), "busybox") {
		t.Errorf("the task is %s, %v", tasks, err)
	}
	if strings.Contains(rendered(t, d), "busybox") {
		t.Error("what was encrypted as a whole is rendered in the clear")
	}
}

// TestNoComplaintQuotesAVault: what is wrong with a value out of a vault is
// told without the value.
func TestNoComplaintQuotesAVault(t *testing.T) {
	v := func(indent string) string { return inline(t, canary, indent) }
	for _, lines := range [][]string{
		{"role_arn: " + v("      ")},
		{"inject: " + v("      ")},
		{"drift: " + v("      ")},
		{"ignore:", "  - " + v("      ")},
		{"env_locations:", "  - " + inline(t, "arn:"+canary, "      ")},
		{"env_locations:", "  - secret: s", "    from:", "      file: db.env", "      format: " + v("          ")},
		{"env_locations:", "  - secret: s", "    from:", "      file: " + v("          ")},
		{"env_locations:", "  - secret: " + inline(t, canary+" !", "          "), "    from: {file: db.env}"},
		{"task_definition:", "  networkMode: " + v("      ")},
		{"task_definition:", "  containerDefinitions:", "    - name: main", "      image: i", "      memory: " + v("          ")},
		{"role:", "  max_session_duration: " + v("      ")},
	} {
		_, err := files{"db.env": "A=1\n", "tasks/a.yaml": task("a", lines...)}.load(t, process{password: "pw"})
		if err == nil {
			t.Errorf("%s: there is no complaint", lines[len(lines)-1][:20])
			continue
		}
		if strings.Contains(err.Error(), canary) {
			t.Errorf("a complaint quotes the value: %s", strings.ReplaceAll(err.Error(), canary, "CANARY"))
		}
	}
}

// TestSensitiveLocations: a location that holds or is a value is registered
// and not shown.
func TestSensitiveLocations(t *testing.T) {
	for name, lines := range map[string][]string{
		"plain": {"env_locations: ['PLAIN:A=" + canary + "']", definitionLine},
		"vault": {"env_locations:", "  - " + inline(t, "AWS_SM:"+canary, "      "), definitionLine},
	} {
		d := files{"tasks/a.yaml": task("a", lines...)}.mustLoad(t, process{password: "pw"})
		if len(d.Tasks[0].Vaulted) != 1 {
			t.Errorf("%s: vaulted are %v", name, d.Tasks[0].Vaulted)
		}
		data, err := json.Marshal(d.Tasks[0].TaskDefinition)
		if err != nil || !strings.Contains(string(data), canary) {
			t.Errorf("%s: the process is not told where to read", name)
		}
		if text := rendered(t, d); strings.Contains(text[strings.Index(text, "task_definition:"):]+warnings(d), canary) {
			t.Errorf("%s: the value is shown", name)
		}
		if name == "plain" && strings.Contains(rendered(t, d), canary) {
			t.Error("the location shows the value")
		}
	}
}
