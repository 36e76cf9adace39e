package spec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

func soundRole() spec.ManagedRole {
	return spec.ManagedRole{
		ARN: "arn:aws:iam::012345678901:role/team/app", Path: "/team/", Name: "app",
		Description:         to("What it is for: é, ÿ and\ta tab."),
		MaxSessionDuration:  to(int32(3600)),
		PermissionsBoundary: to("arn:aws:iam::012345678901:policy/team/limits"),
		ManagedPolicies:     []string{"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"},
		Tags:                map[string]string{"Team": "data"},
		At:                  spec.Position{File: "app.yaml", Line: 7, Column: 3},
	}
}

func to[T any](v T) *T { return &v }

func document(t testing.TB, text string) spec.Document {
	t.Helper()
	var doc spec.Document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

const (
	soundTrust  = `{"Version":"2012-10-17","Statement":[{"Sid":"A1","Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:SourceAccount":"012345678901"}}}]}`
	soundInline = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"s3:Get*","Resource":["arn:aws:s3:::b/*","*"]}}`
)

func TestRoleCheckTakesWhatIsSound(t *testing.T) {
	r := soundRole()
	r.TrustPolicy = document(t, soundTrust)
	r.InlinePolicies = map[string]spec.Document{"s3": document(t, soundInline), "gone": nil}
	if err := r.Check(); err != nil {
		t.Errorf("refused: %v", err)
	}
	r = soundRole()
	r.Path, r.PermissionsBoundary, r.ManagedPolicies = "/", to(""), []string{}
	if err := r.Check(); err != nil {
		t.Errorf("refused: %v", err)
	}
}

func TestRoleCheckRefuses(t *testing.T) {
	for _, c := range []struct {
		name       string
		edit       func(*spec.ManagedRole)
		path, says string
	}{
		{"long name", func(r *spec.ManagedRole) { r.Name = strings.Repeat("n", 65) }, "role.role_arn", "at most 64"},
		{"odd name", func(r *spec.ManagedRole) { r.Name = "a b" }, "role.role_arn", `"a b"`},
		{"path without end", func(r *spec.ManagedRole) { r.Path = "/team" }, "role.role_arn", `"/team"`},
		{"long path", func(r *spec.ManagedRole) { r.Path = "/" + strings.Repeat("p", 511) + "/" }, "role.role_arn", "512"},
		{"service-linked", func(r *spec.ManagedRole) { r.Path = "/aws-service-role/ecs.amazonaws.com/" }, "role.role_arn", "only AWS"},
		{"long description", func(r *spec.ManagedRole) { r.Description = to(strings.Repeat("é", 1001)) }, "role.description", "1001 characters"},
		{"odd description", func(r *spec.ManagedRole) { r.Description = to("日本") }, "role.description", "does not take"},
		{"short session", func(r *spec.ManagedRole) { r.MaxSessionDuration = to(int32(3599)) }, "role.max_session_duration", "3599 seconds"},
		{"long session", func(r *spec.ManagedRole) { r.MaxSessionDuration = to(int32(43201)) }, "role.max_session_duration", "43201 seconds"},
		{"boundary", func(r *spec.ManagedRole) { r.PermissionsBoundary = to("limits") }, "role.permissions_boundary", "not a policy's ARN"},
		{"attached role", func(r *spec.ManagedRole) { r.ManagedPolicies = []string{"arn:aws:iam::aws:role/x"} }, "role.managed_policies[0]", "not a policy's ARN"},
		{"too many attached", func(r *spec.ManagedRole) { r.ManagedPolicies = manyPolicies(21) }, "role.managed_policies", "21 policies"},
		{"too many tags", func(r *spec.ManagedRole) { r.Tags = manyTags(48) }, "role.tags", "48 tags"},
		{"AWS's tag", func(r *spec.ManagedRole) { r.Tags = map[string]string{"AWS:x": "y"} }, "role.tags", "aws:"},
		{"our tag", func(r *spec.ManagedRole) { r.Tags = map[string]string{spec.TagOwner: "y"} }, "role.tags", "set by us"},
		{"long tag", func(r *spec.ManagedRole) { r.Tags = map[string]string{"k": strings.Repeat("v", 257)} }, "role.tags", "256"},
		{"policy name", func(r *spec.ManagedRole) {
			r.InlinePolicies = map[string]spec.Document{"a/b": nil}
		}, "role.inline_policies[a/b]", `"a/b"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := soundRole()
			c.edit(&r)
			wantComplaint(t, r.Check(), c.path, c.says)
		})
	}
}

func TestPolicyCheckRefuses(t *testing.T) {
	sound := func(element string) string {
		return `{"Version":"2012-10-17","Statement":[{` + element + `}]}`
	}
	for _, c := range []struct {
		name          string
		trust, inline string // with what is wrong in it; "" leaves that policy out
		path, says    string
	}{
		{"empty", `{}`, `{}`, "", "no Statement"},
		{"no statement", `{"Version":"2012-10-17","Statement":[]}`, "", "", "no Statement"},
		{"statement of another type", `{"Statement":["x"]}`, `{"Statement":["x"]}`, ".Statement[0]", "mapping"},
		{"version", `{"Version":"2012-10-18"}`, `{"Version":20121017}`, ".Version", "not a version"},
		{"unknown top-level element", `{"Foo":1}`, `{"Foo":1}`, ".Foo", "no element"},
		{"element in another case", `{"statement":[]}`, `{"version":"2012-10-17"}`, "", "write"},
		{"unknown element", sound(`"Foo":1`), sound(`"Foo":1`), ".Statement[0].Foo", "no element"},
		{"effect in lower case", sound(`"Effect":"allow"`), sound(`"Effect":"allow"`), ".Statement[0].Effect", "allow"},
		{"no effect", sound(`"Action":"*"`), sound(`"Action":"*"`), ".Statement[0].Effect", "missing"},
		{"no action", sound(`"Effect":"Allow"`), sound(`"Effect":"Allow"`), ".Statement[0]", "either Action"},
		{"both actions", sound(`"Action":"a:b","NotAction":"a:b"`), "", ".Statement[0]", "either Action"},
		{"action without vendor", "", sound(`"Action":"GetObject"`), ".Statement[0].Action", "not an action"},
		{"action of another type", "", sound(`"Action":1`), ".Statement[0].Action", "string or a list"},
		{"no actions", "", sound(`"Action":[]`), ".Statement[0].Action", "string or a list"},
		{"action outside sts", sound(`"Action":["sts:AssumeRole","s3:GetObject"]`), "", ".Statement[0].Action", "no place"},
		{"no principal", sound(`"Action":"sts:AssumeRole"`), "", ".Statement[0]", "either Principal"},
		{"trust with resource", sound(`"Resource":"*"`), "", ".Statement[0]", "no Resource"},
		{"inline with principal", "", sound(`"Principal":"*"`), ".Statement[0]", "no Principal"},
		{"no resource", "", sound(`"Action":"s3:GetObject"`), ".Statement[0]", "either Resource"},
		{"resource that is no ARN", "", sound(`"Resource":["*","my-bucket"]`), ".Statement[0].Resource", `"my-bucket" is no ARN`},
		{"sid", sound(`"Sid":"a-b"`), sound(`"Sid":"a-b"`), ".Statement[0].Sid", "letters and digits"},
		{"condition", sound(`"Condition":"x"`), sound(`"Condition":[]`), ".Statement[0].Condition", "mapping"},
		{"long trust", sound(`"Principal":{"AWS":"` + strings.Repeat("1", 2048) + `"}`), "", "", "IAM allows 2048"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.trust != "" {
				r := soundRole()
				r.TrustPolicy = document(t, c.trust)
				wantComplaint(t, r.Check(), "role.trust_policy"+c.path, c.says)
			}
			if c.inline != "" {
				r := soundRole()
				r.InlinePolicies = map[string]spec.Document{"p": document(t, c.inline)}
				wantComplaint(t, r.Check(), "role.inline_policies[p]"+c.path, c.says)
			}
		})
	}
}

// White space is not counted, and neither are the escapes of < and &.
func TestTrustSizeIsAsIAMCounts(t *testing.T) {
	r := soundRole()
	r.TrustPolicy = document(t, soundTrust)
	spaces := strings.Repeat("< & ", 300)
	r.TrustPolicy["Statement"].([]any)[0].(map[string]any)["Condition"] = map[string]any{"StringEquals": map[string]any{"k": spaces}}
	if err := r.Check(); err != nil {
		t.Errorf("refused: %v", err)
	}
}

func wantComplaint(t *testing.T, err error, path, says string) {
	t.Helper()
	var all spec.Errors
	if !errors.As(err, &all) {
		t.Fatalf("got %v, want complaints", err)
	}
	for _, e := range all {
		if strings.HasPrefix(e.Path, path) && strings.Contains(e.Error(), says) {
			if e.At.Line != 7 {
				t.Errorf("%v does not say where", e)
			}
			return
		}
	}
	t.Errorf("no complaint at %s says %q:\n%v", path, says, err)
}

func manyPolicies(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("arn:aws:iam::aws:policy/p%d", i)
	}
	return out
}

func manyTags(n int) map[string]string {
	out := map[string]string{}
	for i := range n {
		out[fmt.Sprint(i)] = "v"
	}
	return out
}

func FuzzRoleCheck(f *testing.F) {
	f.Add(soundTrust)
	f.Add(soundInline)
	f.Add(`{"Statement":{"Action":{"a":[]},"Condition":null,"Effect":[],"Sid":{}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var doc spec.Document
		if json.Unmarshal([]byte(text), &doc) != nil {
			return
		}
		r := soundRole()
		r.TrustPolicy, r.InlinePolicies = doc, map[string]spec.Document{"p": doc}
		if doc != nil && r.Check() == nil {
			t.Errorf("one document is taken both for a trust and for an inline policy: %s", text)
		}
	})
}
