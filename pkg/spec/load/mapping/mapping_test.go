package mapping

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec/dotenv"
)

func readers() map[string]func(string) (Mapping, error) {
	return map[string]func(string) (Mapping, error){
		"json":   func(text string) (Mapping, error) { return FromJSON([]byte(text)) },
		"yaml":   func(text string) (Mapping, error) { return FromYAML([]byte(text)) },
		"dotenv": func(text string) (Mapping, error) { return FromDotenv(dotenv.Parse([]byte(text)).Entries) },
	}
}

func TestConversions(t *testing.T) {
	for _, c := range []struct{ name, format, text, json, dotenv string }{
		{"order", "json", `{"b": 1, "a": "x", "b": 2}`, `{"b":2,"a":"x"}`, "b='2'\na='x'\n"},
		{"texts", "json", `{"A": "it's <&> \"q\" \\ \u00e9\n"}`, `{"A":"it's <&> \"q\" \\ \u00e9\n"}`, "A='it\\'s <&> \"q\" \\\\ é\n'\n"},
		{"a number that JSON has not", "json", `{"T":true,"F":false,"N":null,"I":-07e0,"D":1.50,"L":1e5,"Z":123456789012345678901234567890}`, "", ""},
		{"scalars", "json", `{"T":true,"F":false,"N":null,"D":1.50,"L":1e5,"Z":123456789012345678901234567890}`,
			`{"T":true,"F":false,"N":null,"D":1.50,"L":1e5,"Z":123456789012345678901234567890}`, "T='TRUE'\nF='FALSE'\nN=''\nD='1.5'\nL='100000.0'\nZ='123456789012345678901234567890'\n"},
		{"YAML", "yaml", "b: yes\na: 0x10\nc: '1'\nd: ~\ne: 1.5\nf: |\n  two\n  lines\n", `{"b":true,"a":16,"c":"1","d":null,"e":1.5,"f":"two\nlines\n"}`,
			"b='TRUE'\na='16'\nc='1'\nd=''\ne='1.5'\nf='two\nlines\n'\n"},
		{"nested YAML", "yaml", "a: {x: [1, {y: z}], é: ☃}\n", `{"a":{"x":[1,{"y":"z"}],"é":"☃"}}`, ""},
		{"names", "yaml", "2: a\ntrue: b\nnull: c\n", `{"2":"a","True":"b","None":"c"}`, "2='a'\nTrue='b'\nNone='c'\n"},
		{"env file", "dotenv", "A=1\nB\nA=\"2\\n\"\n", `{"A":"2\n","B":""}`, "A='2\n'\nB=''\n"},
		{"nothing", "json", `{}`, `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := readers()[c.format](c.text)
			if c.json == "" {
				if err == nil {
					t.Fatal("it is accepted")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			object, err := m.JSON()
			if err != nil || !json.Valid([]byte(object.Reveal())) {
				t.Errorf("no JSON, error %v", err)
			}
			if diff := cmp.Diff(c.json, object.Reveal()); diff != "" {
				t.Errorf("json (-want +got):\n%s", diff)
			}
			file, err := m.Dotenv()
			if c.dotenv == "" && c.json != "{}" {
				if err == nil {
					t.Error("what is not flat becomes an env file")
				}
				return
			}
			if diff := cmp.Diff(c.dotenv, file.Reveal()); err != nil || diff != "" {
				t.Errorf("dotenv, error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	var parts []Mapping
	for _, text := range []string{`{"a":1,"b":{"x":1}}`, `{"c":2,"b":{"y":2}}`, `{"a":3}`} {
		m, err := FromJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, m)
	}
	got := Merge(parts...)
	object, err := got.JSON()
	if err != nil || object.Reveal() != `{"a":3,"b":{"y":2},"c":2}` {
		t.Errorf("got %s, error %v", object.Reveal(), err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, got.Names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if before, err := parts[0].JSON(); err != nil || before.Reveal() != `{"a":1,"b":{"x":1}}` {
		t.Errorf("merging has changed a part: %s, error %v", before.Reveal(), err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct{ format, text, mentions string }{
		{"json", `["canary"]`, "not an object"},
		{"json", `{"a": canary}`, "not JSON"},
		{"yaml", "a: [canary", "not YAML"},
		{"yaml", "- canary", "mapping"},
		{"yaml", "a: 1\n---\nb: canary\n", "one YAML document"},
		{"yaml", "a: .nan\n", "no such number"},
		{"yaml", "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  canary\n", "encrypted by itself"},
		{"yaml", "", "one YAML document"},
	} {
		_, err := readers()[c.format](c.text)
		var syntax *dotenv.SyntaxError
		if !errors.As(err, &syntax) || syntax.Line < 1 || !strings.Contains(err.Error(), c.mentions) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s %q: the error is %v", c.format, c.text, err)
		}
	}
}

func FuzzConversions(f *testing.F) {
	f.Add("json", `{"b": 1, "a": "it's", "c": [null, {"d": 1e5}]}`)
	f.Add("yaml", "a: &x {b: 1}\n<<: *x\nc: yes\n")
	f.Add("dotenv", "A='1'\nB=\"\\n\"\n")
	f.Fuzz(func(t *testing.T, format, text string) {
		read := readers()[format]
		if read == nil || !utf8.ValidString(text) {
			return
		}
		m, err := read(text)
		if err != nil {
			return
		}
		object, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := FromJSON([]byte(object.Reveal()))
		if err != nil || cmp.Diff(m.Names(), again.Names()) != "" {
			t.Fatalf("the JSON has other names, error %v", err)
		}
		file, err := m.Dotenv()
		if err != nil {
			return
		}
		if names := dotenv.Unique(dotenv.Parse([]byte(file.Reveal())).Entries); len(names) != len(m) {
			t.Fatalf("%d of %d names are in the env file", len(names), len(m))
		}
	})
}

func TestEnvFilesAsJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                        `{}`,
		"B=2\nA=1\nB=3":           `{"B":"3","A":"1"}`,
		"NAKED":                   `{"NAKED":""}`,
		`A="q\"b\\n\n<&>☃"`:       `{"A":"q\"b\\n\n<&>☃"}`,
		"'odd \"key'=x":           `{"odd \"key":"x"}`,
		"A=\u2028" + "b":          `{"A":"b"}`,
		"A=x\u2028b":              `{"A":"x\u2028b"}`,
		"A=${B}\nskipped line\n#": `{"A":"${B}"}`,
	} {
		m, err := FromDotenv(dotenv.Parse([]byte(text)).Entries)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.JSON(); err != nil || got.Reveal() != want {
			t.Errorf("%q gives %s, want %s, error %v", text, got.Reveal(), want, err)
		}
	}
}
