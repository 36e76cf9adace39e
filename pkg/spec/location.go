package spec

import (
	"strings"
)

// Provider is the store a location names.
type Provider string

// The stores that proc_wrapper 6 reads from.
const (
	ProviderSecretsManager Provider = "secretsmanager"
	ProviderSSM            Provider = "ssm"
	ProviderS3             Provider = "s3"
	ProviderAppConfig      Provider = "appconfig"
	ProviderFile           Provider = "file"
	ProviderPlain          Provider = "plain"
)

// Location is one env location taken apart.
type Location struct {
	Text     string // as written
	Provider Provider
	Address  string // what follows the provider, without format and path
	ARN      ARN    // zero unless the address is an ARN
	Format   string // of an explicit !dotenv, !json or !yaml
	JSONPath string // of an explicit |JP:
	Version  string // of an S3 object: #version
}

// ParseLocation reads [PROVIDER:]address[!format][|JP:path] as proc_wrapper
// 6.0.2's config_resolver does. Only an address that looks like an ARN can be
// malformed; anything else is a file path.
func ParseLocation(text string) (Location, error) {
	loc := Location{Text: text}
	rest, jsonPath, _ := strings.Cut(text, "|JP:")
	loc.JSONPath = jsonPath
	loc.Provider, rest = cutProvider(strings.TrimSpace(rest))
	if loc.Provider == ProviderPlain {
		loc.Address = rest
		return loc, nil
	}
	loc.Address, loc.Format = cutFormat(rest)
	if !strings.HasPrefix(loc.Address, "arn:") {
		return loc, nil
	}
	arn, err := ParseARN(loc.Address)
	if err != nil {
		return loc, err
	}
	loc.ARN = arn
	if loc.Provider == ProviderS3 {
		loc.ARN.Resource, loc.Version, _ = strings.Cut(arn.Resource, "#")
	}
	return loc, nil
}

func cutProvider(text string) (Provider, string) {
	for _, p := range []struct {
		prefix   string
		provider Provider
		keep     bool
	}{
		{"AWS_SM:", ProviderSecretsManager, false},
		{"arn:aws:secretsmanager:", ProviderSecretsManager, true},
		{"AWS_SSM:", ProviderSSM, false},
		{"arn:aws:ssm:", ProviderSSM, true},
		{"ssm:", ProviderSSM, false},
		{"AWS_S3:", ProviderS3, false},
		{"arn:aws:s3:::", ProviderS3, true},
		{"AWS_APP_CONFIG:", ProviderAppConfig, false},
		{"aws:appconfig:", ProviderAppConfig, false},
		{"PLAIN:", ProviderPlain, false},
		{"file://", ProviderFile, false},
	} {
		if rest, ok := strings.CutPrefix(text, p.prefix); ok {
			if p.keep {
				rest = text
			}
			return p.provider, rest
		}
	}
	return providerOfARN(text), text
}

// providerOfARN knows the ARNs of other partitions, which proc_wrapper's own
// prefixes miss.
func providerOfARN(text string) Provider {
	parts := strings.SplitN(text, ":", 4)
	if len(parts) == 4 && parts[0] == "arn" {
		switch p := Provider(parts[2]); p {
		case ProviderSecretsManager, ProviderSSM, ProviderS3, ProviderAppConfig:
			return p
		case ProviderFile, ProviderPlain: // not services of AWS
		}
	}
	return ProviderFile
}

func cutFormat(text string) (address, format string) {
	for _, f := range []string{"dotenv", "json", "yaml"} {
		if rest, ok := strings.CutSuffix(text, "!"+f); ok {
			return rest, f
		}
	}
	return text, ""
}

// SecretName is the name of the secret a Secrets Manager location refers to,
// and whether the ARN ends in the six random characters that AWS adds. A name
// that itself ends in a hyphen and six characters reads as if it had them.
func (l Location) SecretName() (name string, suffixed bool) {
	name = l.Address
	if l.ARN.Service == "secretsmanager" {
		name = strings.TrimPrefix(l.ARN.Resource, "secret:")
	}
	if LooksSuffixed(name) && l.ARN.Service != "" {
		return name[:len(name)-suffixLength-1], true
	}
	return name, false
}

// LooksSuffixed tells whether a secret's name ends in a hyphen and six
// characters, which makes partial ARNs of it ambiguous (AWS: DescribeSecret).
func LooksSuffixed(name string) bool {
	cut := len(name) - suffixLength - 1
	return cut >= 0 && name[cut] == '-' && !strings.ContainsFunc(name[cut+1:], func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// suffixLength is how many random characters AWS adds to a secret's ARN, after
// a hyphen.
const suffixLength = 6
