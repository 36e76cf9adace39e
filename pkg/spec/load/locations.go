package load

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// envLocations resolves what a task reads, in order.
func (r *resolver) envLocations(from source.Task) []spec.EnvLocation {
	var out []spec.EnvLocation
	regions := map[string]spec.Position{}
	for i, l := range from.Doc.Spec.EnvLocations {
		pointer := envLocationPointer(i)
		at := from.Place(pointer)
		if l.Secret != nil {
			if m, ok := r.declared(from, *l.Secret, pointer); ok && r.note(r.d.AddSecret(m)) {
				out = append(out, spec.EnvLocation{Location: r.address(m), Secret: m.Name, At: at})
			}
			continue
		}
		loc, err := spec.ParseLocation(l.Location)
		if err != nil {
			r.complain(at, dotted(pointer), "", err.Error())
			continue
		}
		r.oneRegion(regions, loc, at, dotted(pointer))
		out = append(out, spec.EnvLocation{Location: l.Location, Secret: r.uploaded(from, loc), At: at})
	}
	return out
}

// oneRegion refuses a second region: proc_wrapper asks the first one's client
// for everything, and fails when the task starts.
func (r *resolver) oneRegion(seen map[string]spec.Position, loc spec.Location, at spec.Position, path string) {
	region := loc.ARN.Region
	if loc.Provider != spec.ProviderSecretsManager || region == "" {
		return
	}
	if _, ok := seen[region]; !ok && len(seen) > 0 {
		for other, where := range seen {
			r.complain(at, path, "replicate the secret into one region", fmt.Sprintf("the region %s stands beside %s (at %s): proc_wrapper reads one list in one region and fails on the other", region, other, where))
		}
	}
	seen[region] = at
}

// uploaded finds the managed secret behind a location, and notes that the task
// reads it; "" when the secret is only referred to.
func (r *resolver) uploaded(from source.Task, loc spec.Location) string {
	if loc.Provider != spec.ProviderSecretsManager || loc.ARN.AccountID != "" && loc.ARN.AccountID != r.d.AccountID || loc.ARN.Region != "" && loc.ARN.Region != r.d.Region {
		return ""
	}
	whole := loc.Address
	if loc.ARN.Service != "" {
		whole = strings.TrimPrefix(loc.ARN.Resource, "secret:")
	}
	name, _ := loc.SecretName()
	for i, s := range r.d.Secrets {
		if s.Name == whole || s.Name == name {
			if !slices.Contains(s.Tasks, from.Doc.Metadata.Name) {
				r.d.Secrets[i].Tasks = append(s.Tasks, from.Doc.Metadata.Name)
			}
			return s.Name
		}
	}
	return ""
}

// address is the location by which a task reads a managed secret: the ARN
// without the six characters that AWS adds, which change when a secret is
// deleted and made again, and the format wherever proc_wrapper would guess
// another.
func (r *resolver) address(m spec.ManagedSecret) string {
	arn := r.secretARN(m.Name)
	if spec.LooksSuffixed(m.Name) {
		r.complain(m.At, "", "choose another name", fmt.Sprintf("the secret's name %q ends in a hyphen and six characters, as ARNs do: AWS cannot find it by a partial ARN", m.Name))
	}
	format := orElse(m.Output, m.From.Format)
	if format == "text" || format == guessed(m.Name) {
		return arn
	}
	return arn + "!" + format
}

func (r *resolver) secretARN(name string) string {
	return spec.ARN{Partition: r.d.Partition, Service: "secretsmanager", Region: r.d.Region, AccountID: r.d.AccountID, Resource: "secret:" + name}.String()
}

// guessed is the format that proc_wrapper 6 takes a Secrets Manager location
// for that does not tell: by .env. in it, then by its extension, then dotenv.
func guessed(name string) string {
	switch ext := path.Ext(name); {
	case strings.Contains(name, ".env."):
		return "dotenv"
	case ext == ".json":
		return "json"
	case ext == ".yaml", ext == ".yml":
		return "yaml"
	default:
		return "dotenv"
	}
}
