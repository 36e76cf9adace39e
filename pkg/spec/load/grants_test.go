package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGrantsOfVariables: what proc_wrapper reads because a variable says so,
// the role may read.
func TestGrantsOfVariables(t *testing.T) {
	const arn = "arn:aws:ssm:us-west-2:012345678901:parameter/"
	const suffix, prefix = "{name: PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_SUFFIX, value: _R}", "{name: PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_PREFIX, value: R_}"
	for _, c := range []struct {
		name, main, sidecar, inject string
		want                        []string
	}{
		{"resolvable", "{name: KEY_FOR_PROC_WRAPPER_TO_RESOLVE, value: '" + arn + "a'}, {name: OTHER, value: '" + arn + "b'}", "", "", []string{arn + "a"}},
		{"no locations", "{name: A_FOR_PROC_WRAPPER_TO_RESOLVE, value: 'CONFIG:x'}, {name: B_FOR_PROC_WRAPPER_TO_RESOLVE, value: 'PLAIN:x'}, {name: C_FOR_PROC_WRAPPER_TO_RESOLVE, value: 'arn:x'}", "", "", nil},
		{"config", `{name: PROC_WRAPPER_CONFIG_LOCATIONS, value: 'AWS_SM:b ; AWS_SM:a,AWS_SM:a, file:///x, AWS_SSM:c\,d,'}`, "", "", []string{"AWS_SM:a", "AWS_SM:b", "AWS_SSM:c,d"}},
		{"env", "", "{name: PROC_WRAPPER_ENV_LOCATIONS, value: 'AWS_SM:a'}", "", []string{"AWS_SM:a"}},
		{"own suffix", suffix + ", {name: A_R, value: 'ssm:a'}, {name: B_FOR_PROC_WRAPPER_TO_RESOLVE, value: 'ssm:b'}", "", "", []string{"ssm:a"}},
		{"own prefix", prefix + ", {name: R_A_FOR_PROC_WRAPPER_TO_RESOLVE, value: 'ssm:a'}, {name: B_FOR_PROC_WRAPPER_TO_RESOLVE, value: 'ssm:b'}", "", "", []string{"ssm:a"}},
		{"suffix of another container", suffix, "{name: A_R, value: 'ssm:a'}", "", []string{"ssm:a"}},
		{"neither suffix nor prefix", "{name: PROC_WRAPPER_RESOLVABLE_ENV_VAR_NAME_SUFFIX, value: ''}, {name: A, value: 'ssm:a'}", "", "", nil},
		{"not wrapped", "{name: PROC_WRAPPER_CONFIG_LOCATIONS, value: 'AWS_SM:a'}", "", "none", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inject := c.inject
			if inject == "" {
				inject = "proc_wrapper"
			}
			role, ok := files{"tasks/web.yaml": task("web", roleLine, "inject: "+inject, "task_definition: {memory: 512, containerDefinitions: "+
				"[{name: main, image: i, environment: ["+c.main+"]}, {name: side, image: i, environment: ["+c.sidecar+"]}]}")}.mustLoad(t, process{}).Role(webRole)
			var got []string
			for _, l := range role.GrantLocations {
				got = append(got, l.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || !ok {
				t.Errorf("the role may read (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadersOfVariables: a managed secret that a variable alone names is read,
// with its key, and once.
func TestReadersOfVariables(t *testing.T) {
	const arn = "arn:aws:secretsmanager:us-west-2:012345678901:secret:s"
	d := files{"a.env": "A=1\n", "tasks/a.yaml": task("a", "env_locations: [{secret: s, from: {file: a.env}, kms_key_id: alias/k}]"),
		"tasks/web.yaml": task("web", roleLine, "task_definition: {memory: 512, containerDefinitions: [{name: main, image: i, environment: "+
			"[{name: PROC_WRAPPER_CONFIG_LOCATIONS, value: '"+arn+"'}, {name: K_FOR_PROC_WRAPPER_TO_RESOLVE, value: '"+arn+"'}]}]}")}.mustLoad(t, process{})
	role, _ := d.Role(webRole)
	if len(role.GrantLocations) != 1 || !cmp.Equal(role.GrantKMSKeys, []string{"alias/k"}) || !cmp.Equal(d.Secrets[0].Tasks, []string{"a", "web"}) {
		t.Errorf("the role is %+v and the secret is read by %v", role, d.Secrets[0].Tasks)
	}
}

func TestSplitLocations(t *testing.T) {
	for list, want := range map[string][]string{
		"": nil, " , ;": nil, "a": {"a"}, "a , b;c": {"a", "b", "c"}, `a\,b\;c,d`: {"a,b;c", "d"}, `a\\,b`: {`a\\`, "b"}, `\,a`: {",a"}, `a\`: {`a\`},
	} {
		if diff := cmp.Diff(want, splitLocations(list)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", list, diff)
		}
	}
}

// FuzzSplitLocations: what is joined with separators escaped comes apart again.
func FuzzSplitLocations(f *testing.F) {
	for _, pair := range [][2]string{{"a", "b"}, {"a,b", ";"}, {"", " x "}, {`a\b`, "é"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var want, parts []string
		for _, text := range []string{a, b} {
			if strings.HasSuffix(text, `\`) || strings.Contains(text, `\,`) || strings.Contains(text, `\;`) {
				return // proc_wrapper has no way to write it
			}
			parts = append(parts, strings.NewReplacer(",", `\,`, ";", `\;`).Replace(text))
			if text = strings.TrimSpace(text); text != "" {
				want = append(want, text)
			}
		}
		if diff := cmp.Diff(want, splitLocations(strings.Join(parts, ","))); diff != "" {
			t.Errorf("%q and %q (-want +got):\n%s", a, b, diff)
		}
	})
}
