package permission_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/permission"
	"ecs-reconciler/pkg/spec"
)

func TestSourcesAreAllowed(t *testing.T) {
	d := deployment()
	d.Secrets = []spec.ManagedSecret{
		{Name: "a", From: spec.Source{S3: "s3://b/k"}}, {Name: "b", From: spec.Source{SSM: "/app/token:3"}}, {Name: "c", From: spec.Source{TFState: &spec.TFState{S3: "s3://t/state"}}},
		{Name: "d", From: spec.Source{Merge: []spec.Source{{File: "f"}, {S3: "s3://b/k"}, {S3: "s3://b/old#v1"}, {SSM: "arn:aws-cn:ssm:cn-north-1:012345678901:parameter/x"}, {SSM: "plain"}}}},
		{Name: "e", From: spec.Source{TFState: &spec.TFState{File: "f"}}}, {Name: "f", From: spec.Source{Exec: []string{"x"}}},
	}
	got := map[string][]string{}
	for _, s := range permission.For(d, permission.Plan).Statement {
		for _, action := range s.Action {
			if action == "s3:GetObject" || action == "s3:GetObjectVersion" || action == "ssm:GetParameter" {
				got[action] = append(got[action], s.Resource...)
			}
		}
	}
	want := map[string][]string{
		"s3:GetObject":        {"arn:aws-cn:s3:::b/k", "arn:aws-cn:s3:::t/state"},
		"s3:GetObjectVersion": {"arn:aws-cn:s3:::b/old"},
		"ssm:GetParameter": {"arn:aws-cn:ssm:cn-north-1:012345678901:parameter/app/token", "arn:aws-cn:ssm:cn-north-1:012345678901:parameter/plain",
			"arn:aws-cn:ssm:cn-north-1:012345678901:parameter/x"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVaultPasswordsAreAllowed(t *testing.T) {
	got := map[string][]string{}
	for _, s := range permission.For(deployment(), permission.Plan, "s3://v/pass.txt", "s3://v/old#v1", "secretsmanager:vault",
		"secretsmanager:arn:aws-cn:secretsmanager:cn-north-1:999999999999:secret:theirs", "secretsmanager:arn:aws-cn:secretsmanager:cn-north-1:999999999999:secret:whole-AbCdEf").Statement {
		got[s.Sid] = s.Resource
	}
	const theirs = "arn:aws-cn:secretsmanager:cn-north-1:999999999999:secret:"
	want := map[string][]string{
		"ReadVaultPasswords": {"arn:aws-cn:secretsmanager:cn-north-1:012345678901:secret:vault-??????", theirs + "theirs-??????", theirs + "whole-AbCdEf"},
		"ReadObjects":        {"arn:aws-cn:s3:::v/pass.txt"}, "ReadObjectVersions": {"arn:aws-cn:s3:::v/old"},
	}
	for sid, resources := range want {
		if diff := cmp.Diff(resources, got[sid]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sid, diff)
		}
	}
}
