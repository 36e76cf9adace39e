package role

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// DerivedPolicy is the name of the inline policy that grants what the tasks'
// env_locations need.
const DerivedPolicy = "ecs-reconciler"

// maxInline is IAM's quota on a role's inline policies together, in
// characters without white space. It cannot be raised.
const maxInline = 10240

// maxTags is IAM's quota on a role's tags. It cannot be raised.
const maxTags = 50

// Desired is what a role shall be. A nil pointer, slice or document means:
// leave it as it is.
type Desired struct {
	ARN         string
	Path        string
	Name        string
	Trust       spec.Document
	TrustOnce   bool                     // an existing role keeps its trust
	Inline      map[string]spec.Document // by name; a nil document removes the policy
	Managed     []string                 // ARNs, sorted; empty but not nil detaches all
	Boundary    *string                  // ARN; "" removes it
	Description *string
	MaxSession  *int32            // seconds
	Tags        map[string]string // ours and the spec's, the digest included
}

// Desired lists the deployment's roles. Their ARNs are promised: they follow
// from the names. The kind remembers them, so that Observe knows where a scan
// of the account is enough.
func (k *Kind) Desired(d *spec.Deployment) ([]resource.Node[Desired], error) {
	nodes := make([]resource.Node[Desired], 0, len(d.Roles))
	wanted := make(map[string]Desired, len(d.Roles))
	var problems spec.Errors
	secrets := make(map[string]bool, len(d.Secrets))
	for _, s := range d.Secrets {
		secrets[s.Name] = true
	}
	for _, r := range d.Roles {
		want, err := k.build(d, r, secrets)
		if err != nil {
			problems = append(problems, &spec.Error{At: r.At, Message: fmt.Sprintf("role %s: %v", r.ARN, err), Cause: err})
			continue
		}
		wanted[strings.ToLower(r.Name)] = want
		nodes = append(nodes, resource.Node[Desired]{
			Key:      resource.Key{Type: Type, Name: r.Name},
			Tasks:    r.Tasks,
			Drift:    r.Drift,
			Ignore:   ownPointers(r.Ignore),
			At:       r.At,
			Build:    func(resource.Lookup) (Desired, error) { return want.clone(), nil },
			Promised: outputs(r.ARN),
		})
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wanted = wanted
	return nodes, problems.OrNil()
}

// remembered is what Desired saw last of a name.
func (k *Kind) remembered(name string) (Desired, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d, ok := k.wanted[strings.ToLower(name)]
	return d, ok
}

// ownPointers takes /role off the pointers that a task's spec writes it before.
func ownPointers(pointers []string) []string {
	var out []string
	for _, p := range pointers {
		if rest, ok := strings.CutPrefix(p, "/role/"); ok {
			p = "/" + rest
		}
		out = append(out, p)
	}
	return out
}

// build makes a role's desired state. The secrets are the deployment's, by name.
func (k *Kind) build(d *spec.Deployment, r spec.ManagedRole, secrets map[string]bool) (Desired, error) {
	place, err := k.place(d, r)
	if err != nil {
		return Desired{}, err
	}
	want := Desired{
		ARN: r.ARN, Path: r.Path, Name: r.Name,
		Trust: r.TrustPolicy, TrustOnce: r.TrustOnCreate,
		Boundary: r.PermissionsBoundary, Description: r.Description, MaxSession: r.MaxSessionDuration,
	}
	if want.Trust == nil {
		want.Trust = policy.DefaultTrust(place).Spec()
	}
	if r.ManagedPolicies != nil {
		want.Managed = slices.Compact(slices.Sorted(slices.Values(append([]string{}, r.ManagedPolicies...))))
		if want.Managed == nil {
			want.Managed = []string{}
		}
	}
	if want.Inline, err = inline(r, place, secrets); err != nil {
		return Desired{}, err
	}
	want.Tags = d.ManagedTags(r.Tags, r.Tasks)
	if n := len(want.Tags) + 1; n > maxTags {
		return Desired{}, fmt.Errorf("it would have %d tags, the environment's and ours included, and IAM allows %d", n, maxTags)
	}
	want.Tags[spec.TagApplied], err = want.digest()
	return want, err
}

// place is where the role's tasks run. The role's own ARN tells the partition
// and the account.
func (k *Kind) place(d *spec.Deployment, r spec.ManagedRole) (policy.Place, error) {
	arn, err := spec.ParseARN(r.ARN)
	if err != nil {
		return policy.Place{}, err
	}
	region := d.Region
	if region == "" {
		region = k.region
	}
	if region == "" {
		return policy.Place{}, errors.New("no region is known for its trust policy: name it in the spec, or set AWS_REGION")
	}
	return policy.Place{Partition: arn.Partition, Region: region, AccountID: arn.AccountID}, nil
}

// inline is the spec's inline policies with the derived one, which is removed
// when there is nothing to grant.
func inline(r spec.ManagedRole, place policy.Place, secrets map[string]bool) (map[string]spec.Document, error) {
	out := maps.Clone(r.InlinePolicies)
	if out == nil {
		out = map[string]spec.Document{}
	}
	if r.Grant {
		if _, taken := out[DerivedPolicy]; taken {
			return nil, fmt.Errorf("inline_policies names %q, which is derived from env_locations: rename it, or set grant_env_locations to false", DerivedPolicy)
		}
		reads := policy.Reads{Place: place, Locations: r.GrantLocations, KMSKeys: r.GrantKMSKeys, ParameterKeys: r.GrantParameterKeys,
			Managed: func(name string) bool { return secrets[name] }}
		derived, err := reads.Policy()
		if err != nil {
			return nil, err
		}
		out[DerivedPolicy] = nil
		if !derived.IsEmpty() {
			out[DerivedPolicy] = derived.Spec()
		}
	}
	return out, fits(out)
}

// fits checks IAM's quota before anything is written.
func fits(policies map[string]spec.Document) error {
	total, derived := 0, 0
	for name, doc := range policies {
		if doc == nil {
			continue
		}
		text, err := policy.Text(doc)
		if err != nil {
			return fmt.Errorf("inline policy %s: %w", name, err)
		}
		total += policy.Size(text)
		if name == DerivedPolicy {
			derived = policy.Size(text)
		}
	}
	if total > maxInline {
		return fmt.Errorf("its inline policies take %d characters, %d of them derived from env_locations, and IAM allows %d in all: share fewer locations through one role, or move statements to managed_policies", total, derived, maxInline)
	}
	return nil
}

// digest is 32 hexadecimal characters that change with the desired state and
// with nothing else, such as the way a policy is written.
func (d Desired) digest() (string, error) {
	documents := map[string]string{}
	for name, doc := range d.Inline {
		documents[name] = ""
		if doc != nil {
			documents[name] = policy.Canonical(doc)
		}
	}
	tags := maps.Clone(d.Tags)
	delete(tags, spec.TagApplied)
	text, err := json.Marshal([]any{d.ARN, policy.Canonical(d.Trust), d.TrustOnce, documents, d.Managed, d.Boundary, d.Description, d.MaxSession, tags})
	if err != nil {
		return "", fmt.Errorf("cannot digest the desired state: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// clone is a copy whose maps may be changed.
func (d Desired) clone() Desired {
	d.Inline, d.Tags = maps.Clone(d.Inline), maps.Clone(d.Tags)
	d.Managed = slices.Clone(d.Managed)
	return d
}
