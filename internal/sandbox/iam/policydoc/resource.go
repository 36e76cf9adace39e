package policydoc

import (
	"regexp"
	"strings"
)

const errVendorRegex = Malformed("Resource vendor must be fully qualified and cannot contain regexes.")

// iamPaths are the beginnings of an IAM resource, in AWS's own words.
const iamPaths = "user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, " +
	"sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/"

func partitions() []string {
	return []string{
		"aws", "aws-cn", "aws-us-gov", "aws-eusc",
		"aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f",
	}
}

var accountPattern = regexp.MustCompile(`^[0-9A-Za-z*?-]*$`)

// legacyARN is the older parser's view of a resource: an ARN has six parts, a
// service, and no variable in its account.
func legacyARN(resource string) bool {
	if !strings.HasPrefix(resource, "arn:") {
		return true
	}
	parts := strings.SplitN(resource, ":", 6)
	switch {
	case len(parts) == 4 || len(parts) == 5:
		return false
	case len(parts) < 6:
		return true
	default:
		return parts[2] != "" && accountPattern.MatchString(parts[4])
	}
}

func resourcesAreARNs(all []*Node) error {
	for _, st := range all {
		for _, resource := range resourcesOf(st) {
			if resource != "*" && !strings.Contains(resource, ":") {
				return malformed("Resource %s must be in ARN format or \"*\".", resource)
			}
		}
	}
	return nil
}

func resourcesExist(all []*Node) error {
	for _, st := range all {
		for _, resource := range resourcesOf(st) {
			if err := checkResource(resource); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkResource(resource string) error {
	if resource == "*" {
		return nil
	}
	parts := strings.Split(resource, ":")
	if !knownPartition(parts[1]) {
		return malformed("Partition %q is not valid for resource %q.", parts[1], sixParts(parts))
	}
	if len(parts) < 3 || strings.ContainsAny(parts[2], "*?") {
		return errVendorRegex
	}
	if len(parts) < 6 {
		return nil
	}
	return checkServiceResource(resource, parts[2], parts[3], strings.Join(parts[5:], ":"))
}

// checkServiceResource holds the rules of the two services that IAM looks into.
func checkServiceResource(arn, service, region, path string) error {
	switch {
	case service == "iam" && region != "":
		return malformed("IAM resource %s cannot contain region information.", arn)
	case service == "s3" && region != "":
		return malformed("Resource %s can not contain region information.", arn)
	case service == "iam" && !iamPath(path):
		return malformed("IAM resource path must either be \"*\", root, or start with %s.", iamPaths)
	}
	return nil
}

func iamPath(path string) bool {
	if path == "*" || path == "root" {
		return true
	}
	for prefix := range strings.SplitSeq(iamPaths, ", ") {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

func knownPartition(pattern string) bool {
	for _, p := range partitions() {
		if glob(pattern, p) {
			return true
		}
	}
	return false
}

// sixParts is how AWS quotes an incomplete ARN back: first part "arn", what is
// missing filled with stars.
func sixParts(parts []string) string {
	out := append([]string{"arn"}, parts[1:]...)
	for len(out) < 6 {
		out = append(out, "*")
	}
	return strings.Join(out, ":")
}
