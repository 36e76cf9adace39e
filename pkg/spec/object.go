package spec

import (
	"fmt"
	"strings"
)

// Object is one object in S3.
type Object struct {
	Bucket, Key string
	Version     string // "" for the newest
}

// ParseObject reads s3://BUCKET/KEY or arn:PARTITION:s3:::BUCKET/KEY, with
// #VERSION at the end for one version.
func ParseObject(text string) (Object, error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	if !ok {
		arn, err := ParseARN(text)
		if err != nil || arn.Service != "s3" {
			return Object{}, fmt.Errorf("%q is no object in S3; want s3://BUCKET/KEY or its ARN", text)
		}
		rest = arn.Resource
	}
	var o Object
	o.Bucket, o.Key, _ = strings.Cut(rest, "/")
	o.Key, o.Version, _ = strings.Cut(o.Key, "#")
	if o.Bucket == "" || o.Key == "" {
		return Object{}, fmt.Errorf("%q names no object; want s3://BUCKET/KEY or its ARN", text)
	}
	return o, nil
}
