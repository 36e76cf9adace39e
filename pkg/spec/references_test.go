package spec_test

import (
	"testing"

	"ecs-reconciler/pkg/spec"
)

func TestWhatATaskRefersTo(t *testing.T) {
	d := &spec.Deployment{Tasks: []spec.Task{{
		RoleARN:      "arn:aws:iam::012345678901:role/team/task",
		EnvLocations: []spec.EnvLocation{{Secret: "managed"}, {Location: "arn:aws:secretsmanager:us-west-2:012345678901:secret:by/partial-arn"}, {Location: "AWS_SM:by/name!json"}},
		TaskDefinition: spec.Document{
			"executionRoleArn": "execution",
			"containerDefinitions": []any{map[string]any{
				"command": []any{"elsewhere"},
				"secrets": []any{map[string]any{"name": "A", "valueFrom": "arn:aws:secretsmanager:us-west-2:012345678901:secret:by/full-AbCdEf:key::"}},
			}},
		},
	}}}
	for _, name := range []string{"task", "TASK", "execution"} {
		if !d.RefersToRole(name) {
			t.Errorf("the role %s is not referred to", name)
		}
	}
	for _, name := range []string{"managed", "by/partial-arn", "by/name", "by/full"} {
		if !d.RefersToSecret(name) {
			t.Errorf("the secret %s is not referred to", name)
		}
	}
	for _, name := range []string{"elsewhere", "by", "full"} {
		if d.RefersToRole(name) || d.RefersToSecret(name) {
			t.Errorf("%s is referred to", name)
		}
	}
}
