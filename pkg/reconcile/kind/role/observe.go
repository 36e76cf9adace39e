package role

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/reconcile/policy"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Observed is what a role is.
type Observed struct {
	ID          string // unique for ever, unlike the name
	ARN         string
	Path        string
	Name        string
	Trust       spec.Document
	Inline      map[string]spec.Document
	Managed     []string // ARNs, sorted
	Boundary    string   // ARN; "" without one
	Description string
	MaxSession  int32 // seconds
	Tags        map[string]string
	Profiles    []string // names of the instance profiles it is in
}

// defaultMaxSession is what IAM gives a role that names no duration, in seconds.
const defaultMaxSession = 3600

// Observe reads the roles by two scans of the account, whatever their number:
// GetAccountAuthorizationDetails lacks the description and the session
// duration, which ListRoles has. IAM is eventually consistent, so the scans are
// trusted where they agree with each other and with what is desired; any other
// role that is wanted is read by itself. A role is found by its name, which IAM
// takes for the same in any case and under any path.
func (k *Kind) Observe(ctx context.Context, keys []resource.Key) (map[resource.Key]Observed, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	acc := &account{}
	if !resource.Doubts(ctx) {
		var err error
		if acc, err = k.account(ctx); err != nil {
			return nil, err
		}
	}
	var mu sync.Mutex
	found := map[resource.Key]Observed{}
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(max(k.opts.Parallelism, 1))
	for _, key := range keys {
		all.Go(func() error {
			o, exists, err := k.find(ctx, acc, key.Name)
			if exists && err == nil {
				mu.Lock()
				defer mu.Unlock()
				found[key] = o
			}
			return err
		})
	}
	return found, all.Wait()
}

func (k *Kind) find(ctx context.Context, acc *account, name string) (Observed, bool, error) {
	if resource.Doubts(ctx) {
		return k.readOne(ctx, name)
	}
	detail, inDetails := acc.details[strings.ToLower(name)]
	listed, inList := acc.listed[strings.ToLower(name)]
	want, wanted := k.remembered(name)
	if !inDetails && !inList && !wanted {
		return Observed{}, false, nil
	}
	if !inDetails || !inList || aws.ToString(detail.RoleId) != aws.ToString(listed.RoleId) {
		return k.readOne(ctx, name)
	}
	o, err := observed(detail, listed)
	if err != nil || !wanted || len(k.Diff(want, o)) == 0 {
		return o, true, err
	}
	return k.readOne(ctx, o.Name)
}

// observed joins what the two scans tell of one role.
func observed(detail types.RoleDetail, listed types.Role) (Observed, error) {
	o, err := ofRole(listed)
	if err != nil {
		return o, err
	}
	if o.Trust, err = decode(o.Name, "trust policy", detail.AssumeRolePolicyDocument); err != nil {
		return o, err
	}
	for _, p := range detail.RolePolicyList {
		name := aws.ToString(p.PolicyName)
		if o.Inline[name], err = decode(o.Name, "inline policy "+name, p.PolicyDocument); err != nil {
			return o, err
		}
	}
	o.Managed = arnsOf(detail.AttachedManagedPolicies)
	o.Boundary = boundaryOf(detail.PermissionsBoundary)
	o.Tags = tagsOf(detail.Tags)
	for _, p := range detail.InstanceProfileList {
		o.Profiles = append(o.Profiles, aws.ToString(p.InstanceProfileName))
	}
	return o, nil
}

// ofRole is what ListRoles and GetRole tell of a role.
func ofRole(r types.Role) (Observed, error) {
	o := Observed{
		ID: aws.ToString(r.RoleId), ARN: aws.ToString(r.Arn), Path: aws.ToString(r.Path), Name: aws.ToString(r.RoleName),
		Inline:      map[string]spec.Document{},
		Boundary:    boundaryOf(r.PermissionsBoundary),
		Description: aws.ToString(r.Description),
		MaxSession:  defaultMaxSession,
		Tags:        tagsOf(r.Tags),
	}
	if r.MaxSessionDuration != nil {
		o.MaxSession = *r.MaxSessionDuration
	}
	var err error
	o.Trust, err = decode(o.Name, "trust policy", r.AssumeRolePolicyDocument)
	return o, err
}

func decode(role, what string, encoded *string) (spec.Document, error) {
	doc, err := policy.Decode(aws.ToString(encoded))
	if err != nil {
		return nil, fmt.Errorf("role %s: its %s: %w", role, what, err)
	}
	return doc, nil
}

func arnsOf(attached []types.AttachedPolicy) []string {
	var out []string
	for _, p := range attached {
		out = append(out, aws.ToString(p.PolicyArn))
	}
	slices.Sort(out)
	return out
}

func boundaryOf(b *types.AttachedPermissionsBoundary) string {
	if b == nil {
		return ""
	}
	return aws.ToString(b.PermissionsBoundaryArn)
}

func tagsOf(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}
