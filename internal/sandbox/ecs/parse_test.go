package ecs

import (
	"strconv"
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for _, c := range []struct {
		text, unit string
		want       int
	}{
		{"256", "vcpu", 256}, {" 256 ", "vcpu", 256}, {"1 vCPU", "vcpu", 1024}, {"1vcpu", "vcpu", 1024},
		{".25 vCPU", "vcpu", 256}, {"0.5 VCPU", "vcpu", 512}, {"1. vCPU", "vcpu", 1024},
		{"512", "gb", 512}, {"1GB", "gb", 1024}, {"1 gb", "gb", 1024}, {"0.5 GB", "gb", 512}, {"30 GB", "gb", 30720},
	} {
		if got, ok := parseSize(c.text, c.unit); !ok || got != c.want {
			t.Errorf("parseSize(%q) = %d, %v, want %d", c.text, got, ok, c.want)
		}
	}
	for _, text := range []string{"", "0", "-1", "vCPU", ". vCPU", "1 GB", "1e3 vCPU", "NaN vCPU", "-1 vCPU", "1.2.3 vCPU", "0.0001 vCPU", "9999999999999 vCPU", "1 vCPU!"} {
		if got, ok := parseSize(text, "vcpu"); ok {
			t.Errorf("parseSize(%q) = %d, want a refusal", text, got)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"256", "1 vCPU", ".25vcpu", "1e9 vcpu", "-1", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := parseSize(text, "vcpu")
		if !ok {
			return
		}
		if again, ok := parseSize(strconv.Itoa(n), "vcpu"); n < 1 || !ok || again != n {
			t.Errorf("parseSize(%q) = %d, which reads as %d, %v", text, n, again, ok)
		}
	})
}

func TestParseReference(t *testing.T) {
	b := newBackend()
	for name, want := range map[string]reference{
		"web":                      {family: "web"},
		"web:12":                   {family: "web", revision: 12},
		definitionARN("web", 3):    {family: "web", revision: 3},
		arn("task-definition/web"): {family: "web"},
	} {
		if got, ok := b.parseReference(name); !ok || got != want {
			t.Errorf("parseReference(%q) = %+v, %v, want %+v", name, got, ok, want)
		}
	}
	for _, name := range []string{
		"", ":1", "web:", "web:0", "web:-1", "web:x", "web:1:2", "web:99999999999",
		"arn:aws:ecs:us-east-1:012345678901:task-definition/web:1", "arn:aws:ecs:us-west-2:999999999999:task-definition/web:1", arn("cluster/web"),
	} {
		if got, ok := b.parseReference(name); ok {
			t.Errorf("parseReference(%q) = %+v, want a refusal", name, got)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	for _, seed := range []string{"web", "web:1", definitionARN("web", 1), "arn:", ":"} {
		f.Add(seed)
	}
	b := newBackend()
	f.Fuzz(func(t *testing.T, name string) {
		ref, ok := b.parseReference(name)
		if ok && (ref.family == "" || ref.revision < 0 || strings.Contains(ref.family, ":")) {
			t.Errorf("parseReference(%q) = %+v", name, ref)
		}
	})
}

func TestIsRole(t *testing.T) {
	for _, role := range []string{"task", "my+role=,.@-", "arn:aws:iam::012345678901:role/a", "arn:aws:iam::012345678901:role/team/x/a", "arn:aws-cn:iam::012345678901:role/a"} {
		if !isRole(role) {
			t.Errorf("%q should be a role", role)
		}
	}
	for _, role := range []string{
		"", "a b", "arn:aws:iam::012345678901:role/", "arn:aws:iam::012345678901:role", "arn:aws:iam:us-west-2:012345678901:role/a", "arn:aws:iam::012345678901:user/a",
		"arn:aws:iam::01234567890:role/a", "arn:aws:s3:::role/a", "arn:gcp:iam::012345678901:role/a", "team/a", strings.Repeat("a", 65),
	} {
		if isRole(role) {
			t.Errorf("%q should be no role", role)
		}
	}
}

func TestPortRange(t *testing.T) {
	for text, want := range map[string]bool{
		"80-90": true, "1-65535": true, "80": false, "80-80": false, "90-80": false, "0-9": false, "1-65536": false, "-1-2": false, "": false, "a-b": false,
	} {
		if _, _, got := portRange(text); got != want {
			t.Errorf("portRange(%q) is a range: %v", text, got)
		}
	}
}

func TestInECR(t *testing.T) {
	for image, want := range map[string]bool{
		"012345678901.dkr.ecr.us-west-2.amazonaws.com/app:1":     true,
		"012345678901.dkr.ecr.cn-north-1.amazonaws.com.cn/app:1": true,
		"012345678901.dkr-ecr.us-west-2.on.aws/app:1":            true,
		"public.ecr.aws/app:1":                                   false,
		"example.com/a.dkr.ecr.b/app":                            false,
		"nginx":                                                  false,
	} {
		if got := inECR(image); got != want {
			t.Errorf("inECR(%q) = %v", image, got)
		}
	}
}
