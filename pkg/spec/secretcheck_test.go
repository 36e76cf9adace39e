package spec_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ecs-reconciler/pkg/spec"
)

// secretPolicy has one statement, in which who says whom it is for.
func secretPolicy(action, who string) *spec.Document {
	return &spec.Document{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", who: "111111111111", "Action": action, "Resource": "*"}}}
}

func TestManagedSecretCheck(t *testing.T) {
	at := spec.Position{File: "tasks/a.yaml", Line: 3, Column: 5}
	good := func() spec.ManagedSecret {
		return spec.ManagedSecret{Name: "org/app/staging/db.env", Value: spec.NewSecret("A=1\n"), At: at}
	}
	tags := func(n int) map[string]string {
		out := map[string]string{}
		for i := range n {
			out[fmt.Sprintf("key-%d", i)] = "v"
		}
		return out
	}
	for name, c := range map[string]struct {
		edit func(*spec.ManagedSecret)
		says []string // one for each complaint; none when it is fine
	}{
		"plain":            {func(*spec.ManagedSecret) {}, nil},
		"every character":  {func(s *spec.ManagedSecret) { s.Name = "aZ09/_+=.@-" }, nil},
		"longest name":     {func(s *spec.ManagedSecret) { s.Name = strings.Repeat("n", 512) }, nil},
		"name too long":    {func(s *spec.ManagedSecret) { s.Name = strings.Repeat("n", 513) }, []string{"512 characters"}},
		"no name":          {func(s *spec.ManagedSecret) { s.Name = "" }, []string{"no name"}},
		"blank in name":    {func(s *spec.ManagedSecret) { s.Name = "a b" }, []string{"characters of this name"}},
		"umlaut in name":   {func(s *spec.ManagedSecret) { s.Name = "ä" }, []string{"characters of this name"}},
		"newline in name":  {func(s *spec.ManagedSecret) { s.Name = "a\n" }, []string{"characters of this name"}},
		"largest value":    {func(s *spec.ManagedSecret) { s.Value = spec.NewSecret(strings.Repeat("v", 65536)) }, nil},
		"value too large":  {func(s *spec.ManagedSecret) { s.Value = spec.NewSecret(strings.Repeat("v", 65537)) }, []string{"64 KiB"}},
		"bytes count":      {func(s *spec.ManagedSecret) { s.Value = spec.NewSecret(strings.Repeat("é", 32769)) }, []string{"64 KiB"}},
		"empty value":      {func(s *spec.ManagedSecret) { s.Value = spec.NewSecret("") }, []string{"no value"}},
		"no value":         {func(s *spec.ManagedSecret) { s.Value = spec.Secret{} }, []string{"no value"}},
		"not text":         {func(s *spec.ManagedSecret) { s.Value = spec.NewSecret("\xff\xfe") }, []string{"UTF-8"}},
		"long description": {func(s *spec.ManagedSecret) { s.Description = ptr(strings.Repeat("é", 2049)) }, []string{"2048"}},
		"full description": {func(s *spec.ManagedSecret) { s.Description = ptr(strings.Repeat("é", 2048)) }, nil},
		"long key":         {func(s *spec.ManagedSecret) { s.KMSKeyID = ptr(strings.Repeat("k", 2049)) }, []string{"kms_key_id"}},
		"a word for key":   {func(s *spec.ManagedSecret) { s.KMSKeyID = ptr("not a key") }, []string{"is not a KMS key"}},
		"ARN of a secret": {func(s *spec.ManagedSecret) {
			s.KMSKeyID = ptr("arn:aws:secretsmanager:us-west-2:012345678901:secret:x")
		}, []string{"is not a KMS key"}},
		"ARN of no key":   {func(s *spec.ManagedSecret) { s.KMSKeyID = ptr("arn:aws:kms:us-west-2:012345678901:grant/x") }, []string{"is not a KMS key"}},
		"ARN of an alias": {func(s *spec.ManagedSecret) { s.KMSKeyID = ptr("arn:aws:kms:us-west-2:012345678901:alias/shop/db") }, nil},
		"id of a key":     {func(s *spec.ManagedSecret) { s.KMSKeyID = ptr("mrk-1234abcd12ab34cd56ef1234567890ab") }, nil},
		"AWS's own key":   {func(s *spec.ManagedSecret) { s.KMSKeyID = ptr("") }, nil},
		"six days":        {func(s *spec.ManagedSecret) { s.RecoveryWindowDays = 6 }, []string{"7 to 30"}},
		"seven days":      {func(s *spec.ManagedSecret) { s.RecoveryWindowDays = 7 }, nil},
		"31 days":         {func(s *spec.ManagedSecret) { s.RecoveryWindowDays = 31 }, []string{"7 to 30"}},
		"negative days":   {func(s *spec.ManagedSecret) { s.RecoveryWindowDays = -1 }, []string{"7 to 30"}},
		"46 tags":         {func(s *spec.ManagedSecret) { s.Tags = tags(46) }, nil},
		"47 tags":         {func(s *spec.ManagedSecret) { s.Tags = tags(47) }, []string{"more tags"}},
		"replicas": {func(s *spec.ManagedSecret) {
			s.Replicas = []spec.Replica{{Region: "eu-west-1"}, {Region: "us-gov-west-1", KMSKeyID: ptr("")}, {Region: "ap-southeast-2", KMSKeyID: ptr("alias/x")}}
		}, nil},
		"a word for region": {func(s *spec.ManagedSecret) { s.Replicas = []spec.Replica{{Region: "Europe"}} }, []string{"is not a region"}},
		"a region twice": {func(s *spec.ManagedSecret) { s.Replicas = []spec.Replica{{Region: "eu-west-1"}, {Region: "eu-west-1"}} },
			[]string{"named twice"}},
		"a replica's key elsewhere": {func(s *spec.ManagedSecret) {
			s.Replicas = []spec.Replica{{Region: "eu-west-1", KMSKeyID: ptr("arn:aws:kms:us-west-2:012345678901:key/k")}}
		}, []string{"the key is in us-west-2, and the replica in eu-west-1"}},
		"a word for a replica's key": {func(s *spec.ManagedSecret) { s.Replicas = []spec.Replica{{Region: "eu-west-1", KMSKeyID: ptr("a b")}} },
			[]string{"is not a KMS key"}},
		"policy":    {func(s *spec.ManagedSecret) { s.ResourcePolicy = secretPolicy("secretsmanager:*", "Principal") }, nil},
		"no policy": {func(s *spec.ManagedSecret) { s.ResourcePolicy = new(spec.Document) }, nil},
		"policy of no principal": {func(s *spec.ManagedSecret) { s.ResourcePolicy = secretPolicy("secretsmanager:*", "Sid") },
			[]string{"either Principal or NotPrincipal"}},
		"policy of another service": {func(s *spec.ManagedSecret) { s.ResourcePolicy = secretPolicy("s3:GetObject", "Principal") },
			[]string{"no place in a policy of secretsmanager"}},
		"long policy": {func(s *spec.ManagedSecret) {
			s.ResourcePolicy = secretPolicy("secretsmanager:"+strings.Repeat("a", 20480), "Principal")
		},
			[]string{"AWS allows 20480"}},
		"aws tag":        {func(s *spec.ManagedSecret) { s.Tags = map[string]string{"AWS:x": "v"} }, []string{"aws:"}},
		"our tag":        {func(s *spec.ManagedSecret) { s.Tags = map[string]string{spec.TagOwner: "x"} }, []string{"ecs-reconciler/"}},
		"empty tag key":  {func(s *spec.ManagedSecret) { s.Tags = map[string]string{"": "v"} }, []string{"between 1 and 128"}},
		"long tag value": {func(s *spec.ManagedSecret) { s.Tags = map[string]string{"k": strings.Repeat("v", 257)} }, []string{"256"}},
		"two at once":    {func(s *spec.ManagedSecret) { s.Name, s.RecoveryWindowDays = "a b", 1 }, []string{"this name", "7 to 30"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := good()
			c.edit(&s)
			err := s.Check()
			var problems spec.Errors
			if err != nil && !errors.As(err, &problems) {
				t.Fatalf("got a %T, want spec.Errors", err)
			}
			if len(problems) != len(c.says) {
				t.Fatalf("got %d complaints, want %d: %v", len(problems), len(c.says), err)
			}
			for i, p := range problems {
				if !strings.Contains(p.Message, c.says[i]) || p.At != at || p.Hint == "" {
					t.Errorf("got %q, want one at %s that says %q and has a hint", p, at, c.says[i])
				}
			}
		})
	}
}

func TestManagedSecretCheckTellsNothingOfTheValue(t *testing.T) {
	canary := "CANARY-4711"
	for _, value := range []string{strings.Repeat(canary, 6000), canary + "\xff"} {
		err := spec.ManagedSecret{Name: "x", Value: spec.NewSecret(value)}.Check()
		if err == nil {
			t.Fatal("accepted")
		}
		// What %#v prints holds addresses, whose digits may be those of any length.
		if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, fmt.Sprint(len(value))) || strings.Contains(text+fmt.Sprintf("%#v", err), "CANARY") {
			t.Errorf("the complaint tells of the value: %s", text)
		}
	}
}

func ptr[T any](v T) *T { return &v }
