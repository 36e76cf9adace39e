package spec_test

import (
	"testing"

	"ecs-reconciler/pkg/spec"
)

func TestParseObject(t *testing.T) {
	for text, want := range map[string]spec.Object{
		"s3://b/k":                     {Bucket: "b", Key: "k"},
		"s3://b/a/k.env#v1":            {Bucket: "b", Key: "a/k.env", Version: "v1"},
		"arn:aws:s3:::b/k":             {Bucket: "b", Key: "k"},
		"arn:aws-us-gov:s3:::b/a/k#v1": {Bucket: "b", Key: "a/k", Version: "v1"},
		"":                             {}, "s3://b": {}, "s3://b/": {}, "s3:///k": {}, "s3://b/#v": {}, "b/k": {}, "arn:aws:s3:::b": {}, "arn:aws:ssm:::b/k": {},
	} {
		got, err := spec.ParseObject(text)
		if got != want || (err == nil) != (want != spec.Object{}) {
			t.Errorf("%q: got %+v, error %v", text, got, err)
		}
	}
}
