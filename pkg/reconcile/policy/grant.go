package policy

import (
	"errors"
	"fmt"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Reads is what a task reads when it starts.
type Reads struct {
	Place     Place // where a location is that does not say itself
	Locations []spec.Location
	// KMSKeys are the keys that the secrets are encrypted with: ARNs, ids,
	// alias ARNs or aliases. AWS's own need no grant.
	KMSKeys []string
	// ParameterKeys are those that the parameters are encrypted with.
	ParameterKeys []string
	// Managed tells whether the spec has a secret of exactly this name, which
	// settles whether an ARN ends in AWS's random suffix. May be nil.
	Managed func(name string) bool
}

// Policy is the least that lets the task read its locations, with the calls
// that proc_wrapper and ECS make: GetSecretValue, GetParameter and
// GetParameters, GetObject or GetObjectVersion, StartConfigurationSession and
// GetLatestConfiguration, and Decrypt through the store alone. Files and plain values need nothing.
// The document is empty when nothing needs a grant.
func (r Reads) Policy() (Document, error) {
	var g grants
	for _, l := range r.Locations {
		if err := r.location(&g, l); err != nil {
			return Document{}, fmt.Errorf("no grant can be derived from the location %q: %w", l.Text, err)
		}
	}
	doc := New(g.statements()...)
	if doc.IsEmpty() {
		return doc, nil
	}
	for _, of := range []encrypted{{"secretsmanager", r.KMSKeys}, {"ssm", r.ParameterKeys}} {
		decrypt, err := r.decrypt(of)
		if err != nil {
			return doc, err
		}
		doc.Statement = append(doc.Statement, decrypt...)
	}
	return doc, nil
}

func (r Reads) location(g *grants, l spec.Location) error {
	switch l.Provider {
	case spec.ProviderSecretsManager:
		resources, err := r.secret(l)
		g.secrets = append(g.secrets, resources...)
		return err
	case spec.ProviderSSM:
		resource, err := r.parameter(l)
		g.parameters = append(g.parameters, resource)
		return err
	case spec.ProviderS3:
		resource, err := object(l)
		if l.Version != "" {
			g.objectVersions = append(g.objectVersions, resource)
		} else {
			g.objects = append(g.objects, resource)
		}
		return err
	case spec.ProviderAppConfig:
		resource, err := r.configuration(l)
		g.configurations = append(g.configurations, resource)
		return err
	default:
		return nil
	}
}

// grants are resources by what is done with them.
type grants struct {
	secrets, parameters, objects, objectVersions, configurations []string
}

func (g grants) statements() []Statement {
	var out []Statement
	for _, s := range []Statement{
		Allow([]string{"secretsmanager:GetSecretValue"}, uncovered(g.secrets)),
		Allow([]string{"ssm:GetParameter", "ssm:GetParameters"}, g.parameters),
		Allow([]string{"s3:GetObject"}, g.objects),
		Allow([]string{"s3:GetObjectVersion"}, g.objectVersions),
		Allow([]string{"appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"}, g.configurations),
	} {
		if len(s.Resource) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// anySuffix stands for the six random characters that end a secret's ARN. A *
// would take in every secret whose name goes on after the hyphen.
const anySuffix = "-??????"

// uncovered drops the full ARNs that a pattern for the same name includes.
func uncovered(resources []string) []string {
	if len(resources) < 2 {
		return resources
	}
	have := map[string]bool{}
	for _, r := range resources {
		have[r] = true
	}
	var out []string
	for _, r := range resources {
		if spec.LooksSuffixed(r) && have[r[:len(r)-len(anySuffix)]+anySuffix] {
			continue
		}
		out = append(out, r)
	}
	return out
}

// secret is the ARN pattern of a name or partial ARN, the ARN itself of a full
// one, and both where the text does not tell which it is.
func (r Reads) secret(l spec.Location) ([]string, error) {
	prefix, name, isARN := r.Place.arn("secretsmanager", "secret:"), l.Address, false
	if l.ARN.Service != "" {
		rest, ok := strings.CutPrefix(l.ARN.Resource, "secret:")
		if !ok || l.ARN.Service != "secretsmanager" {
			return nil, errors.New("it is not a secret's ARN: want arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME")
		}
		of := Place{Partition: l.ARN.Partition, Region: l.ARN.Region, AccountID: l.ARN.AccountID}
		prefix, name, isARN = of.arn("secretsmanager", "secret:"), rest, true
	}
	name, _, _ = strings.Cut(name, ":") // a JSON key, stage or version id may follow
	if name == "" || strings.ContainsAny(name, "*?") {
		return nil, errors.New("it does not name one secret")
	}
	switch {
	case !isARN || !spec.LooksSuffixed(name) || r.managed(name):
		return []string{prefix + name + anySuffix}, nil
	case r.managed(name[:len(name)-len(anySuffix)]):
		return []string{prefix + name}, nil
	default:
		return []string{prefix + name, prefix + name + anySuffix}, nil
	}
}

func (r Reads) managed(name string) bool { return r.Managed != nil && r.Managed(name) }
