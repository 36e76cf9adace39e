package policy

import (
	"errors"
	"regexp"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// parameter is the ARN of an SSM parameter. A parameter's version or label
// (name:3) is no part of it.
func (r Reads) parameter(l spec.Location) (string, error) {
	at, name := r.Place, l.Address
	if l.ARN.Service != "" {
		rest, ok := strings.CutPrefix(l.ARN.Resource, "parameter/")
		if !ok || l.ARN.Service != "ssm" {
			return "", errors.New("it is not a parameter's ARN: want arn:aws:ssm:REGION:ACCOUNT:parameter/NAME")
		}
		at, name = Place{Partition: l.ARN.Partition, Region: l.ARN.Region, AccountID: l.ARN.AccountID}, rest
	}
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "/"), ":")
	if name == "" || strings.ContainsAny(name, "*?") {
		return "", errors.New("it does not name one parameter")
	}
	return at.arn("ssm", "parameter/"+name), nil
}

// object is the ARN of an S3 object. The characters of its key that IAM would
// read as a pattern are written as the policy variables that stand for them.
func object(l spec.Location) (string, error) {
	bucket, key, ok := strings.Cut(l.ARN.Resource, "/")
	if l.ARN.Service != "s3" || !ok || bucket == "" || key == "" {
		return "", errors.New("it is not an object's ARN: want arn:aws:s3:::BUCKET/KEY")
	}
	key = strings.NewReplacer("$", "${$}", "*", "${*}", "?", "${?}").Replace(key)
	return spec.ARN{Partition: l.ARN.Partition, Service: "s3", Resource: bucket + "/" + key}.String(), nil
}

// configuration is the ARN of an AppConfig configuration, given as
// application/environment/profile. AppConfig takes names for each of them, but
// its ARNs are made of ids, so a name is granted as any.
func (r Reads) configuration(l spec.Location) (string, error) {
	if l.ARN.Service == "appconfig" {
		return l.ARN.String(), nil
	}
	parts := strings.Split(l.Address, "/")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return "", errors.New("want APPLICATION/ENVIRONMENT/PROFILE")
	}
	for i, part := range parts {
		if !isAppConfigID(part) {
			parts[i] = "*"
		}
	}
	return r.Place.arn("appconfig", "application/"+parts[0]+"/environment/"+parts[1]+"/configuration/"+parts[2]), nil
}

// isAppConfigID tells an id (4 to 7 of a-z and 0-9, in AppConfig's API) from a
// name. A word without a digit is taken for a name: ids are random.
func isAppConfigID(text string) bool {
	return regexp.MustCompile(`^[a-z0-9]{4,7}$`).MatchString(text) && strings.ContainsAny(text, "0123456789")
}
