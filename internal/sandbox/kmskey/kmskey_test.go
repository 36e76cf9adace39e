package kmskey

import (
	"testing"

	"ecs-reconciler/internal/sandbox/awsenv"
)

func TestExists(t *testing.T) {
	env := &awsenv.Env{Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws"}
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	arn := env.ARN("kms", "key/"+id)
	for name, test := range map[string]struct {
		declared []string
		key      string
		want     bool
	}{
		"by id":          {[]string{arn}, id, true},
		"by ARN":         {[]string{id}, arn, true},
		"alias":          {[]string{"alias/mine"}, env.ARN("kms", "alias/mine"), true},
		"other":          {[]string{id}, "alias/mine", false},
		"none declared":  {nil, id, false},
		"every":          {[]string{Every}, "alias/mine", true},
		"every, no form": {[]string{Every}, "mine", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Exists(env, test.declared, test.key); got != test.want {
				t.Errorf("exists is %v", got)
			}
		})
	}
}
