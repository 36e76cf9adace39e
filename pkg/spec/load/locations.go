package load

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/manifest"
	"ecs-reconciler/pkg/spec/load/source"
)

// envLocations resolves what a task reads, in order.
func (r *resolver) envLocations(from source.Task) []spec.EnvLocation {
	var out []spec.EnvLocation
	var first regional
	for i, l := range from.Doc.Spec.EnvLocations {
		pointer := envLocationPointer(i)
		at := from.Place(pointer)
		if l.Secret != nil || l.Parameter != nil {
			if known, ok := r.declared[declaration(l)]; ok {
				if l.Secret != nil {
					r.oneRegion(&first, r.d.Region, at, dotted(pointer))
				}
				out = append(out, known)
			}
			continue // complained about where it was declared
		}
		loc, err := spec.ParseLocation(l.Location)
		if err != nil {
			r.complain(from.Place(pointer), dotted(pointer), "", err.Error())
			continue
		}
		r.fileLocation(from, loc, at, dotted(pointer))
		if loc.Provider == spec.ProviderSecretsManager {
			r.oneRegion(&first, loc.ARN.Region, at, dotted(pointer))
		}
		out = append(out, spec.EnvLocation{Location: l.Location, Secret: r.behind(from, loc), Parameter: r.parameterBehind(from, loc), At: at})
	}
	return out
}

// declaration is what declares an object; never nil of a type.
func declaration(l manifest.EnvLocation) any {
	if l.Parameter != nil {
		return l.Parameter
	}
	return l.Secret
}

// fileLocation tells of a location that proc_wrapper takes for the path of a
// file when it may not be meant so.
func (r *resolver) fileLocation(from source.Task, l spec.Location, at spec.Position, path string) {
	if l.Provider != spec.ProviderFile {
		return
	}
	bucket, isS3 := strings.CutPrefix(l.Address, "s3://")
	switch {
	case isS3 && !from.Complete:
		r.complain(at, path, "write arn:"+r.d.Partition+":s3:::"+bucket, "proc_wrapper does not read s3:// addresses")
	case isS3:
		r.warn(at, path, "write arn:"+r.d.Partition+":s3:::"+bucket, "proc_wrapper does not read s3:// addresses and takes this for a file")
	case !strings.HasPrefix(l.Text, "file://") && !strings.HasPrefix(l.Address, "/"):
		r.warn(at, path, "write an ARN, or file:///PATH for a file in the container", "proc_wrapper reads this as a file, relative to where it is started")
	}
}

// regional is where a list first named a region.
type regional struct {
	region string
	at     spec.Position
}

// oneRegion refuses a second region: proc_wrapper asks the first one's client
// for everything, and fails when the task starts.
func (r *resolver) oneRegion(first *regional, region string, at spec.Position, path string) {
	switch {
	case region == "" || region == first.region:
	case first.region == "":
		*first = regional{region, at}
	default:
		r.complain(at, path, "replicate the secret into one region",
			fmt.Sprintf("the region %s stands beside %s (at %s): proc_wrapper reads one list in one region and fails on the other", region, first.region, first.at))
	}
}

// behind finds the managed secret behind a location, and notes that the task
// reads it; "" when the secret is only referred to.
func (r *resolver) behind(from source.Task, loc spec.Location) string {
	if loc.Provider != spec.ProviderSecretsManager || loc.ARN.AccountID != "" && loc.ARN.AccountID != r.d.AccountID || loc.ARN.Region != "" && loc.ARN.Region != r.d.Region {
		return ""
	}
	whole := loc.Address
	if loc.ARN.Service != "" {
		whole = strings.TrimPrefix(loc.ARN.Resource, "secret:")
	}
	bare, _ := loc.SecretName()
	for _, name := range []string{whole, bare} {
		i := slices.IndexFunc(r.d.Secrets, func(s spec.ManagedSecret) bool { return s.Name == name })
		if i < 0 {
			continue
		}
		if tasks := r.d.Secrets[i].Tasks; !slices.Contains(tasks, from.Doc.Metadata.Name) {
			r.d.Secrets[i].Tasks = slices.Sorted(slices.Values(append(slices.Clone(tasks), from.Doc.Metadata.Name)))
		}
		return name
	}
	return ""
}

// address is the location by which a task reads a managed secret: the ARN
// without the six characters that AWS adds, which change when a secret is
// deleted and made again, and the format wherever proc_wrapper would guess
// another.
func (r *resolver) address(m spec.ManagedSecret, path string) string {
	arn := r.secretARN(m.Name)
	if spec.LooksSuffixed(m.Name) {
		r.complain(m.At, path, "choose another name", fmt.Sprintf("the secret's name %q ends in a hyphen and six characters, as ARNs do: AWS cannot find it by a partial ARN", m.Name))
	}
	format := orElse(m.Output, m.From.Format)
	if format == "text" || format == "binary" || format == guessed(m.Name) {
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
