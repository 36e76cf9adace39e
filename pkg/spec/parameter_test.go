package spec_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/spec"
)

func TestManagedParameterCheck(t *testing.T) {
	good := func() spec.ManagedParameter {
		return spec.ManagedParameter{Name: "/org/app/token", Type: spec.ParameterSecure, Value: spec.NewSecret("v")}
	}
	long := func(n int) spec.Secret { return spec.NewSecret(strings.Repeat("v", n)) }
	for name, c := range map[string]struct {
		edit func(*spec.ManagedParameter)
		says []string // one for each complaint; none when it is fine
	}{
		"plain":                 {func(*spec.ManagedParameter) {}, nil},
		"without a path":        {func(p *spec.ManagedParameter) { p.Name = "bZ09_.-" }, nil},
		"fifteen levels":        {func(p *spec.ManagedParameter) { p.Name = strings.Repeat("/a", 15) }, nil},
		"sixteen levels":        {func(p *spec.ManagedParameter) { p.Name = strings.Repeat("/a", 16) }, []string{"15 levels"}},
		"no name":               {func(p *spec.ManagedParameter) { p.Name = "" }, []string{"no name"}},
		"blank in name":         {func(p *spec.ManagedParameter) { p.Name = "/a b" }, []string{"characters of this name"}},
		"empty part":            {func(p *spec.ManagedParameter) { p.Name = "/a//b" }, []string{"characters of this name"}},
		"no slash in front":     {func(p *spec.ManagedParameter) { p.Name = "a/b" }, []string{"begins with one"}},
		"AWS's own":             {func(p *spec.ManagedParameter) { p.Name = "/AWS/x" }, []string{"aws or ssm"}},
		"SSM's own":             {func(p *spec.ManagedParameter) { p.Name = "ssm-x" }, []string{"aws or ssm"}},
		"long name":             {func(p *spec.ManagedParameter) { p.Name = "/" + strings.Repeat("n", 1011) }, []string{"1011 characters"}},
		"unknown type":          {func(p *spec.ManagedParameter) { p.Type = "Text" }, []string{"is not a type"}},
		"unknown tier":          {func(p *spec.ManagedParameter) { p.Tier = "Gold" }, []string{"is not a tier"}},
		"4 KiB":                 {func(p *spec.ManagedParameter) { p.Value = long(4096) }, nil},
		"more than 4 KiB":       {func(p *spec.ManagedParameter) { p.Value = long(4097) }, []string{"4 KiB"}},
		"the same, standard":    {func(p *spec.ManagedParameter) { p.Value, p.Tier = long(4097), spec.TierStandard }, []string{"4 KiB"}},
		"the same, advanced":    {func(p *spec.ManagedParameter) { p.Value, p.Tier = long(8192), spec.TierAdvanced }, nil},
		"the same, intelligent": {func(p *spec.ManagedParameter) { p.Value, p.Tier = long(4097), spec.TierIntelligent }, nil},
		"more than 8 KiB":       {func(p *spec.ManagedParameter) { p.Value, p.Tier = long(8193), spec.TierAdvanced }, []string{"8 KiB"}},
		"empty value":           {func(p *spec.ManagedParameter) { p.Value = spec.NewSecret("") }, []string{"no value"}},
		"not read":              {func(p *spec.ManagedParameter) { p.Value, p.Unread = spec.Secret{}, true }, nil},
		"generated":             {func(p *spec.ManagedParameter) { p.Value, p.From.Generate = spec.Secret{}, &spec.Generate{} }, nil},
		"not text":              {func(p *spec.ManagedParameter) { p.Value = spec.NewSecret("\xff") }, []string{"UTF-8"}},
		"a reference":           {func(p *spec.ManagedParameter) { p.Value = spec.NewSecret("{{ssm:x}}") }, []string{"has {{ in it"}},
		"shown":                 {func(p *spec.ManagedParameter) { p.Shown, p.Type = true, spec.ParameterString }, nil},
		"shown and secure":      {func(p *spec.ManagedParameter) { p.Shown = true }, []string{"only a String"}},
		"shown list":            {func(p *spec.ManagedParameter) { p.Shown, p.Type = true, spec.ParameterList }, []string{"only a String"}},
		"key":                   {func(p *spec.ManagedParameter) { p.KMSKeyID = ptr("alias/app") }, nil},
		"no key":                {func(p *spec.ManagedParameter) { p.KMSKeyID = ptr("a b") }, []string{"is not a KMS key"}},
		"key of a String":       {func(p *spec.ManagedParameter) { p.KMSKeyID, p.Type = ptr("alias/app"), spec.ParameterString }, []string{"not encrypted"}},
		"long description":      {func(p *spec.ManagedParameter) { p.Description = ptr(strings.Repeat("é", 1025)) }, []string{"1024"}},
		"long pattern":          {func(p *spec.ManagedParameter) { p.AllowedPattern = ptr(strings.Repeat("x", 1025)) }, []string{"1024"}},
		"data type":             {func(p *spec.ManagedParameter) { p.DataType = "aws:ec2:image" }, nil},
		"odd data type":         {func(p *spec.ManagedParameter) { p.DataType = "Text!" }, []string{"not a data type"}},
		"tags":                  {func(p *spec.ManagedParameter) { p.Tags = map[string]string{"a b/c": "ä +=@-_.:"} }, nil},
		"odd tag":               {func(p *spec.ManagedParameter) { p.Tags = map[string]string{"a": "b,c"} }, []string{"characters"}},
		"our tag":               {func(p *spec.ManagedParameter) { p.Tags = map[string]string{"ecs-reconciler/owner": "x"} }, []string{"mark what reconciler manages"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := good()
			c.edit(&p)
			var found spec.Errors
			if err := p.Check(); err != nil && !errors.As(err, &found) {
				t.Fatalf("%T", err)
			}
			if len(found) != len(c.says) {
				t.Fatalf("complaints: %v", found)
			}
			for i, e := range found {
				if !strings.Contains(e.Error(), c.says[i]) || strings.Contains(e.Error(), "vvvv") {
					t.Errorf("%v, want %q", e, c.says[i])
				}
			}
		})
	}
}

// One parameter that two tasks declare is one object.
func TestAddParameter(t *testing.T) {
	one := spec.ManagedParameter{Name: "/a", Type: spec.ParameterSecure, Value: spec.NewSecret("v"), Tier: spec.TierAdvanced, Description: ptr("d"), Tasks: []string{"b"}}
	two := spec.ManagedParameter{Name: "/a", Type: spec.ParameterSecure, Value: spec.NewSecret("v"), DataType: "text", KMSKeyID: ptr("k"), AllowedPattern: ptr("v"), Tasks: []string{"a"}}
	var d spec.Deployment
	if err := errors.Join(d.AddParameter(one), d.AddParameter(two)); err != nil {
		t.Fatal(err)
	}
	p, ok := d.Parameter("/a")
	if !ok || p.Tier != spec.TierAdvanced || p.DataType != "text" || *p.Description != "d" || *p.KMSKeyID != "k" || *p.AllowedPattern != "v" || !slices.Equal(p.Tasks, []string{"a", "b"}) {
		t.Errorf("united to %+v", p)
	}
	for name, edit := range map[string]func(*spec.ManagedParameter){
		"type": func(p *spec.ManagedParameter) { p.Type = spec.ParameterString }, "value": func(p *spec.ManagedParameter) { p.Value = spec.NewSecret("w") },
		"tier": func(p *spec.ManagedParameter) { p.Tier = spec.TierStandard }, "data_type": func(p *spec.ManagedParameter) { p.DataType = "json" },
		"create_only": func(p *spec.ManagedParameter) { p.CreateOnly = true }, "sensitive": func(p *spec.ManagedParameter) { p.Shown = true },
		"output": func(p *spec.ManagedParameter) { p.Output = "json" }, "parameter": func(p *spec.ManagedParameter) { p.Name = "a" },
		"allowed_pattern": func(p *spec.ManagedParameter) { p.AllowedPattern = ptr("w") }, "kms_key_id": func(p *spec.ManagedParameter) { p.KMSKeyID = ptr("l") },
	} {
		third := two
		edit(&third)
		if err := d.AddParameter(third); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), `"w"`) && name == "value" {
			t.Errorf("another %s: %v", name, err)
		}
		d = spec.Deployment{}
		if err := errors.Join(d.AddParameter(one), d.AddParameter(two)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParameterNames(t *testing.T) {
	d := spec.Deployment{Partition: "aws", Region: "us-west-2", AccountID: "012345678901"}
	got := []string{d.ParameterARN("/a/b"), d.ParameterARN("a")}
	for _, text := range []string{"arn:aws:ssm:us-west-2:012345678901:parameter/a/b", "ssm:/a/b:3", "AWS_SSM:a:label", "arn:aws:ssm:us-west-2:012345678901:parameter/a:7!json"} {
		loc, err := spec.ParseLocation(text)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, loc.ParameterName())
	}
	want := []string{"arn:aws:ssm:us-west-2:012345678901:parameter/a/b", "arn:aws:ssm:us-west-2:012345678901:parameter/a", "a/b", "a/b", "a", "a"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.Tasks = []spec.Task{{EnvLocations: []spec.EnvLocation{{Location: "ssm:/a"}, {Parameter: "/b"}},
		TaskDefinition: spec.Document{"containerDefinitions": []any{map[string]any{"secrets": []any{
			map[string]any{"valueFrom": "arn:aws:ssm:us-west-2:012345678901:parameter/c"}, map[string]any{"valueFrom": "/d"}}}}}}}
	for name, want := range map[string]bool{"/a": true, "/b": true, "/c": true, "/d": true, "/e": false} {
		if d.RefersToParameter(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
