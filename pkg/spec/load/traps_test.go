package load

import (
	"strings"
	"testing"
)

// TestWarnings: each is given where it is due, and not where it is not.
func TestWarnings(t *testing.T) {
	full := "arn:aws:secretsmanager:us-west-2:012345678901:secret:"
	shadow := func(name string) string {
		return "task_definition: {cpu: '256', memory: '512', containerDefinitions: [{name: main, image: i, environment: [{name: " + name + ", value: x}]}]}"
	}
	for _, c := range []struct {
		name, warning string
		due, not      []string // lines of a task's spec
	}{
		{"misread", "proc_wrapper takes the full ARN of shop/a.json for dotenv and finds no variables",
			[]string{"env_locations: ['" + full + "shop/a.json-AbCdEf']", definitionLine},
			[]string{"env_locations: ['" + full + "shop/a.json-AbCdEf!json', '" + full + "shop/a.json', '" + full + "shop/a.env-AbCdEf']", definitionLine}},
		{"misread does not matter", "for dotenv and finds no variables",
			[]string{"env_locations: ['" + full + "shop/a.yaml-AbCdEf']", definitionLine}, []string{"env_locations: ['" + full + "shop/a.yaml-AbCdEf']", "inject: none"}},
		{"shadowed", "A is set by the container of web, so its value in the secret s is never seen",
			[]string{"env_locations: [{secret: s, from: {file: a.env}}]", shadow("A")}, []string{"env_locations: [{secret: s, from: {file: a.env}}]", shadow("B")}},
		{"interpolation", "proc_wrapper expands ${…} in this value",
			[]string{"env_locations: [{secret: s, from: {file: dollar.env}}]"}, []string{"env_locations: [{secret: s, from: {file: dollar.env}, output: json}]"}},
		{"comma", "proc_wrapper splits its list at , and ;",
			[]string{"env_locations: ['file:///a,b']", definitionLine}, []string{"env_locations: ['file:///a,b']", "inject: none", definitionLine}},
		{"plain", "PLAIN: stores the values themselves in clear",
			[]string{"env_locations: ['PLAIN:A=1']", definitionLine}, []string{"env_locations: ['AWS_SM:PLAIN']", definitionLine}},
		{"service", "the service of web is read and not converged", []string{"service: {desiredCount: 1}"}, []string{roleLine}},
		{"schedule", "the schedule of web is read and not converged", []string{"schedule: {expression: rate(1 day)}"}, []string{roleLine}},
	} {
		for due, lines := range map[bool][]string{true: c.due, false: c.not} {
			d := files{"a.env": "A=1\n", "dollar.env": "A='${HOME}'\n", "tasks/web.yaml": task("web", lines...)}.mustLoad(t, process{})
			if got := warnings(d); strings.Contains(got, c.warning) != due {
				t.Errorf("%s: due is %t, got:\n%s", c.name, due, got)
			}
		}
	}
}

// TestWarningsOnce: a file that two tasks read is warned of once, whatever
// it is made into.
func TestWarningsOnce(t *testing.T) {
	line := "env_locations: [{secret: s, from: {file: dollar.env}}, {secret: t, from: {file: dollar.env, trim: true}}]"
	d := files{"dollar.env": "A=${HOME}\n", "tasks/a.yaml": task("a", line), "tasks/b.yaml": task("b", line)}.mustLoad(t, process{})
	if n := strings.Count(warnings(d), "dollar.env:1"); n != 1 {
		t.Errorf("warned %d times:\n%s", n, warnings(d))
	}
}
