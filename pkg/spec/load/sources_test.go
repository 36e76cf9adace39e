package load

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

const stateFile = `{"version": 4, "outputs": {"url": {"value": "postgres://` + canary + `"}, "all": {"value": {"B": 2, "A": "` + canary + `"}}},
 "resources": [{"mode": "managed", "type": "random_password", "name": "db", "instances": [{"attributes": {"result": "` + canary + `", "length": 16}}]}]}`

// outside are Sources that know what they are asked for, and count it.
type outside struct {
	says  map[string]string
	asked []string
}

func (o *outside) say(what string) ([]byte, error) {
	o.asked = append(o.asked, what)
	text, ok := o.says[what]
	if !ok {
		return nil, errors.New("there is no " + what)
	}
	return []byte(text), nil
}

func (o *outside) Output(_ context.Context, argv []string, dir string, timeout time.Duration) ([]byte, error) {
	if filepath.Base(dir) != folderName {
		return nil, errors.New("it runs in " + dir)
	}
	return o.say(strings.Join(argv, " ") + " " + timeout.String())
}

func (o *outside) Object(_ context.Context, object spec.Object) ([]byte, error) {
	return o.say(fmt.Sprint(object))
}

func (o *outside) Parameter(_ context.Context, name string) ([]byte, error) { return o.say(name) }

// sourced is a task with one secret of a source.
func sourced(from, more string) string {
	return task("a", "env_locations:", "  - {secret: s, from: "+from+more+"}")
}

func TestSources(t *testing.T) {
	variables := "{db: {USER: app, PORT: 5432, 'a/b': {c: 1}}, text: \"{A: '1', B: x}\\n\", up: '{{ db }}', registry:"
	project := strings.Replace(projectYAML, "{registry:", variables, 1)
	for _, c := range []struct {
		name, from, more string
		value            string
		keys             []string
		location         string // what follows the name in it
	}{
		{"file as JSON", "{file: a.env}", ", output: json", `{"B":"2","A":"${B}"}`, []string{"B", "A"}, "!json"},
		{"flat JSON as dotenv", "{file: flat.json}", ", output: dotenv", "B='TRUE'\nA='it\\'s'\n", []string{"B", "A"}, ""},
		{"YAML as JSON", "{file: a.yaml}", ", output: json", `{"B":{"x":[1,null]},"A":"1.0"}`, []string{"B", "A"}, "!json"},
		{"JSON as it is", "{file: flat.json}", "", `{"B": true, "A": "it's"}`, []string{"B", "A"}, "!json"},
		{"variable", "{vars: db}", "", `{"USER":"app","PORT":5432,"a/b":{"c":1}}`, []string{"USER", "PORT", "a/b"}, "!json"},
		{"variable that is an expression", "{vars: up}", "", `{"USER":"app","PORT":5432,"a/b":{"c":1}}`, []string{"USER", "PORT", "a/b"}, "!json"},
		{"part of a variable", "{vars: /db/a~1b}", ", output: dotenv", "c='1'\n", []string{"c"}, ""},
		{"variable that is YAML", "{vars: text}", "", `{"A":"1","B":"x"}`, []string{"A", "B"}, "!json"},
		{"environment", "{env: TOKEN}", "", " t \n", nil, ""},
		{"environment as JSON", "{env: JSON, format: json, trim: true}", "", `{"A": 1}`, []string{"A"}, "!json"},
		{"command", "{exec: [sops, -d, 'a b'], format: dotenv}", "", "A=1\n", []string{"A"}, ""},
		{"command with a timeout", "{exec: [op], timeout: 90s}", "", "x", nil, ""},
		{"binary", "{file: a.bin, format: binary}", ", output: binary", "\xff\x00\n", nil, ""},
		{"object", "{s3: 's3://b/k.env#v1'}", "", "C=3\n", []string{"C"}, ""},
		{"object by ARN", "{s3: 'arn:aws:s3:::b/k.json'}", ", output: dotenv", "D='4'\n", []string{"D"}, ""},
		{"parameter", "{ssm: /app/token}", "", "p", nil, ""},
		{"output", "{tfstate: {file: s.tfstate, output: url}}", "", "postgres://" + canary, nil, ""},
		{"output that is an object", "{tfstate: {file: s.tfstate, output: all}, format: json}", ", output: dotenv", "B='2'\nA='" + canary + "'\n", []string{"B", "A"}, ""},
		{"attribute", "{tfstate: {s3: 's3://b/state', address: random_password.db.result}}", "", canary, nil, ""},
		{"attribute that is a number", "{tfstate: {file: s.tfstate, address: random_password.db.length}}", "", "16", nil, ""},
		{"merge", "{merge: [{file: flat.json}, {vars: db}, {exec: [sops, -d, 'a b'], format: dotenv}]}", "", `{"B":true,"A":"1","USER":"app","PORT":5432,"a/b":{"c":1}}`, []string{"B", "A", "USER", "PORT", "a/b"}, "!json"},
		{"merge as dotenv", "{merge: [{s3: 's3://b/k.env#v1'}, {file: flat.json}]}", ", output: dotenv", "C='3'\nB='TRUE'\nA='it\\'s'\n", []string{"C", "B", "A"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			says := &outside{says: map[string]string{"sops -d a b 30s": "A=1\n", "op 1m30s": "x", "{b k.env v1}": "C=3\n", "{b k.json }": `{"D": 4}`, "{b state }": stateFile, "/app/token": "p"}}
			f := files{projectFile: project, "a.env": "B=2\nA=${B}\n", "flat.json": `{"B": true, "A": "it's"}`, "a.bin": "\xff\x00\n", "a.yaml": "B: {x: [1, ~]}\nA: '1.0'\n", "s.tfstate": stateFile,
				"tasks/a.yaml": sourced(c.from, c.more), "tasks/b.yaml": strings.Replace(sourced(c.from, c.more), "name: a}", "name: b}", 1)}
			d := f.mustLoad(t, process{sources: says, env: map[string]string{"TOKEN": " t \n", "JSON": "{\"A\": 1}\n\n"}})
			if diff := cmp.Diff(c.value, d.Secrets[0].Value.Reveal()); diff != "" || d.Secrets[0].Unread {
				t.Errorf("unread: %t (-want +got):\n%s", d.Secrets[0].Unread, diff)
			}
			if diff := cmp.Diff(c.keys, d.Secrets[0].Keys); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
			if got := d.Tasks[0].EnvLocations[0].Location; !strings.HasSuffix(got, ":secret:s"+c.location) {
				t.Errorf("the location is %s", got)
			}
			if len(says.asked) > 1 {
				t.Errorf("asked more than once: %q", says.asked)
			}
			if strings.Contains(rendered(t, d)+warnings(d), canary) {
				t.Error("the value is shown")
			}
		})
	}
}

// TestSourcesThatAreNotAsked: without Sources nothing outside is read, and the
// rest is as with them.
func TestSourcesThatAreNotAsked(t *testing.T) {
	f := files{"a.env": "A=1\n", "tasks/a.yaml": task("a", roleLine, "env_locations:", "  - {secret: exec, from: {exec: [x]}}", "  - {secret: s3, from: {s3: 's3://b/k.json'}}", "  - {secret: ssm, from: {ssm: n}}",
		"  - {secret: env, from: {env: UNSET}}", "  - {secret: state, from: {tfstate: {s3: 's3://b/k', output: o}}}", "  - {secret: merge, from: {merge: [{file: a.env}, {ssm: n, format: json}]}}", "  - {secret: file, from: {file: a.env}}"),
		"tasks/b.yaml": task("b", definitionLine, "inject: ecs_secrets", "env_locations: [{secret: s3, from: {s3: 's3://b/k.json'}}]")}
	d := f.mustLoad(t, process{})
	for _, s := range d.Secrets {
		if s.Unread != (s.Name != "file") || s.Unread && s.Value.IsSet() {
			t.Errorf("%s: unread is %t", s.Name, s.Unread)
		}
	}
	wantText(t, warnings(d), "tasks/a.yaml:10:33: spec.env_locations[3].from.env: the variable UNSET is not set here (plan and apply need it)",
		`tasks/b.yaml:7:19: spec.env_locations[0]: which variables the secret "s3" has is not known here (plan and apply read it)`)
	wantText(t, rendered(t, d), "exec:", "s3: s3://b/k.json", `ssm: "n"`, "env: UNSET", "merge:")
}

// TestOnlyWhatIsWantedIsAsked: of other secrets not even the process's
// environment is missed, wherever else their sources stand.
func TestOnlyWhatIsWantedIsAsked(t *testing.T) {
	f := files{"tasks/a.yaml": task("a", roleLine, "env_locations:", "  - {secret: exec, from: {exec: [x]}}", "  - {secret: env, from: {env: UNSET}}",
		"  - {secret: state, from: {tfstate: {s3: 's3://b/k', output: o}}}", "  - {secret: merge, from: {merge: [{ssm: n, format: json}]}}", "  - {secret: wanted, from: {ssm: n}}")}
	says := &outside{says: map[string]string{"n": "v"}}
	d := f.mustLoad(t, process{sources: says, asked: func(secret string) bool { return secret == "wanted" }})
	for _, s := range d.Secrets {
		if s.Unread != (s.Name != "wanted") {
			t.Errorf("%s: unread is %t", s.Name, s.Unread)
		}
	}
	if got := warnings(d); len(says.asked) != 1 || strings.Contains(got, "UNSET") {
		t.Errorf("it asks %q and warns: %s", says.asked, got)
	}
}

func TestGeneratedValues(t *testing.T) {
	s := files{"tasks/a.yaml": sourced("{generate: {length: 20, alphabet: ab}}", "")}.mustLoad(t, process{sources: &outside{}}).Secrets[0]
	if s.Value.IsSet() && s.Value.Reveal() != "" || !s.CreateOnly || s.Unread || s.From.Generate.Length != 20 {
		t.Errorf("got %+v", s)
	}
}

func TestLiteral(t *testing.T) {
	for name, f := range map[string]files{
		"inline": {"tasks/a.yaml": task("a", "env_locations:", "  - secret: s", "    from:", "      literal: "+inline(t, canary, "          "))},
		"whole":  {"tasks/a.yaml": encrypted(t, sourced("{literal: "+canary+"}", ""))},
	} {
		d := f.mustLoad(t, process{password: "pw"})
		if d.Secrets[0].Value.Reveal() != canary {
			t.Errorf("%s: the value did not arrive", name)
		}
		if strings.Contains(rendered(t, d)+warnings(d), canary) {
			t.Errorf("%s: the value is shown", name)
		}
	}
	got := files{"tasks/a.yaml": task("a", "env_locations:", "  - secret: s", "    from:", "      format: json", "      literal: "+inline(t, canary, "          "))}.complaints(t, process{password: "pw"})
	wantText(t, got, "tasks/a.yaml:9:18: the value is not json: this is not JSON")
}

func TestSourcesThatAreRefused(t *testing.T) {
	for _, c := range []struct{ name, from, more, want string }{
		{"none", "{format: text}", "", "spec.env_locations[0].from: it does not say where the value comes from (want one of file, vars,"},
		{"two", "{file: a.env, env: X}", "", "6:44: spec.env_locations[0].from.env: file and env are both given (a value comes from one place; merge takes several)"},
		{"unknown key", "{fil: a.env}", "", `6:26: spec.env_locations[0].from: there is no key "fil" (did you mean "file"?)`},
		{"timeout without a command", "{file: a.env, timeout: 1s}", "", "from.timeout: timeout goes with exec"},
		{"timeout that is none", "{exec: [x], timeout: soon}", "", `from.timeout: "soon" is no timeout`},
		{"command without a name", "{exec: ['']}", "", "from.exec[0]: the command has no name"},
		{"bucket alone", "{s3: 's3://b'}", "", `6:30: spec.env_locations[0].from.s3: "s3://b" names no object`},
		{"short", "{generate: {length: 3}}", "", "from.generate.length: the length is 3: want 8 to 4096"},
		{"one letter", "{generate: {alphabet: a}}", "", "from.generate.alphabet: the alphabet is none"},
		{"letter twice", "{generate: {alphabet: aba}}", "", "from.generate.alphabet: the alphabet is none"},
		{"format of what is generated", "{generate: {}, format: json}", "", `from.format: "json" is no format (want text)`},
		{"state without a place", "{tfstate: {output: o}}", "", "from.tfstate: it does not say which one state it is"},
		{"state without a value", "{tfstate: {file: s.tfstate}}", "", "from.tfstate: it does not say which one value of the state it is"},
		{"no such output", "{tfstate: {file: s.tfstate, output: o}}", "", `from.tfstate: the state has no output "o"; its outputs are all, url`},
		{"output that is no text", "{tfstate: {file: s.tfstate, output: all}}", "", "from.tfstate: tfstate s.tfstate all is no text (say format: json"},
		{"no state", "{tfstate: {file: a.env, output: o}}", "", "from.tfstate: this is not a Terraform state"},
		{"literal in the clear", "{literal: " + canary + "}", "", "6:35: spec.env_locations[0].from.literal: a value may only stand here encrypted"},
		{"no such variable", "{vars: nosuch.x}", "", "6:32: spec.env_locations[0].from.vars: there is no variable nosuch.x"},
		{"variable that is no mapping", "{vars: registry}", "", "from.vars: the variable registry is no mapping of names to values"},
		{"variable that is a number", "{vars: size}", "", "from.vars: the variable size is no mapping of names to values"},
		{"format of a variable", "{vars: size, format: yaml}", "", `from.format: "yaml" is no format (want json)`},
		{"text in a merge", "{merge: [{file: t.txt}]}", "", "6:34: spec.env_locations[0].from.merge[0]: a text source has no names to merge by"},
		{"part of a merge", "{merge: [{file: a.env}, {file: t.txt, env: X}]}", "", "from.merge[1].env: file and env are both given"},
		{"broken part of a merge", "{merge: [{file: a.env}, {file: broken.json}]}", "", "broken.json:1:6: the file is not json"},
		{"nested as dotenv", "{file: nested.json}", ", output: dotenv", `6:25: spec.env_locations[0].from: the file cannot be stored as dotenv: "A": its value is a list or a mapping`},
		{"interpolation as dotenv", "{file: dollar.json}", ", output: dotenv", `"A": python-dotenv would expand the ${…} in its value`},
		{"binary as text", "{file: a.env, format: binary}", "", `spec.env_locations[0].output: a binary source cannot be stored as "" (want binary)`},
		{"text as binary", "{file: a.env}", ", output: binary", `a dotenv source cannot be stored as "binary" (want dotenv, json)`},
		{"trimmed bytes", "{file: a.env, format: binary, trim: true}", ", output: binary", "from.trim: there is no white space to leave out"},
		{"text as dotenv", "{file: t.txt}", ", output: dotenv", `a text source cannot be stored as "dotenv"`},
		{"variable not set", "{env: UNSET}", "", "6:31: spec.env_locations[0].from.env: the variable UNSET is not set"},
		{"environment that is no JSON", "{env: TEXT, format: json}", "", "6:25: the value of env TEXT is not json"},
		{"environment that is no env file", "{env: TEXT, format: dotenv}", "", "6:25: this is not an env file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{"a.env": "A=1\n", "t.txt": "x", "nested.json": `{"A": {}}`, "dollar.json": `{"A": "${` + canary + `}"}`, "broken.json": `{"A": ` + canary, "s.tfstate": stateFile, "tasks/a.yaml": sourced(c.from, c.more)}
			got := f.complaints(t, process{sources: &outside{}, env: map[string]string{"TEXT": canary}})
			wantText(t, got, c.want)
			if !strings.Contains(got, "deploy_config/") || strings.Contains(got, canary) {
				t.Errorf("it shows the value or no place: %s", strings.ReplaceAll(got, canary, "CANARY"))
			}
		})
	}
}

// TestSourcesThatFail: what the world outside does is no fault of the spec.
func TestSourcesThatFail(t *testing.T) {
	_, err := files{"tasks/a.yaml": sourced("{merge: [{exec: [sops, x], format: json}]}", "")}.load(t, process{sources: &outside{}})
	var complaint *spec.Error
	if errors.As(err, &complaint) || !strings.Contains(fmt.Sprint(err), "deploy_config/tasks/a.yaml:6:34: spec.env_locations[0].from.merge[0]: the value of exec sops cannot be read: there is no sops x 30s") {
		t.Errorf("the error is %v", err)
	}
}

func TestTwoSourcesOfOneSecret(t *testing.T) {
	two := func(a, b string) files {
		return files{"tasks/a.yaml": sourced(a, ""), "tasks/b.yaml": strings.Replace(sourced(b, ""), "name: a}", "name: b}", 1)}
	}
	wantText(t, two("{ssm: a}", "{ssm: b}").complaints(t, process{}), `secret "s" is given value ssm b here and ssm a at`)
	wantText(t, two("{generate: {}}", "{generate: {length: 9}}").complaints(t, process{}), `secret "s" is given value`)
	if got := two("{ssm: a}", "{ssm: a}").complaints(t, process{}); got != "" {
		t.Errorf("one source is refused: %s", got)
	}
}
