package parameter

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// batchSize is the most values that GetParameters returns at once.
const batchSize = 10

// readValues reads the wanted parameters by their names, ten a call: with their
// values where those can come to be compared, else without decryption.
func (v *view) readValues(ctx context.Context) error {
	var compared, others []string
	for _, name := range v.names {
		d, wanted := v.wanted[name]
		o := v.seen[name]
		owner := o.Tags[spec.TagOwner]
		switch {
		case !wanted:
		case d.CreateOnly, owner != "" && owner != d.Owner:
			others = append(others, name)
		default:
			compared = append(compared, name)
		}
	}
	chunks := slices.Collect(slices.Chunk(compared, batchSize))
	if err := all(ctx, v.opts.Parallelism, chunks, v.readBatch); err != nil {
		return err
	}
	chunks = slices.Collect(slices.Chunk(others, batchSize))
	return all(ctx, v.opts.Parallelism, chunks, func(ctx context.Context, names []string) error {
		found, err := v.get(ctx, names, false)
		v.note(found, false)
		return err
	})
}

// readBatch reads values. One that cannot be decrypted fails the whole call, so
// that they are then read one by one.
func (v *view) readBatch(ctx context.Context, names []string) error {
	found, err := v.get(ctx, names, true)
	if err == nil {
		v.note(found, true)
		return nil
	}
	if resource.ClassOf(err) != resource.Terminal || ctx.Err() != nil {
		return err
	}
	if len(names) == 1 {
		return v.unreadable(ctx, names[0], err)
	}
	for _, name := range names {
		if err := v.readBatch(ctx, []string{name}); err != nil {
			return err
		}
	}
	return nil
}

// unreadable notes why a value cannot be read, if all else of it can. That
// concerns this parameter alone.
func (v *view) unreadable(ctx context.Context, name string, why error) error {
	found, err := v.get(ctx, []string{name}, false)
	if err != nil {
		return why
	}
	v.note(found, false)
	v.mu.Lock()
	defer v.mu.Unlock()
	if r, ok := v.readings[name]; ok {
		r.unreadable = codeOf(why)
		v.readings[name] = r
	}
	return nil
}

func (v *view) note(found []types.Parameter, decrypted bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, p := range found {
		r := reading{version: p.Version, changed: aws.ToTime(p.LastModifiedDate)}
		if decrypted && p.Value != nil {
			r.value = spec.NewSecret(*p.Value)
		}
		v.readings[aws.ToString(p.Name)] = r
	}
}

// get reads parameters by their names. Those that there are not are left out.
func (k *Kind) get(ctx context.Context, names []string, decrypt bool) ([]types.Parameter, error) {
	out, err := k.api.GetParameters(ctx, &ssm.GetParametersInput{Names: names, WithDecryption: aws.Bool(decrypt)})
	if err != nil {
		return nil, coded{fmt.Errorf("cannot read parameters: %w", awsapi.Quiet(err)), awsapi.Code(err)}
	}
	return out.Parameters, nil
}

// current is the value that a parameter has.
func (k *Kind) current(ctx context.Context, name string) (spec.Secret, error) {
	found, err := k.get(ctx, []string{name}, true)
	switch {
	case err != nil:
		return spec.Secret{}, err
	case len(found) == 0:
		return spec.Secret{}, resource.Conflictf("plan again to see what it is now", "the parameter %q has gone since it was observed", name)
	}
	return spec.NewSecret(aws.ToString(found[0].Value)), nil
}

// version looks a version of a parameter up. It is not found when the parameter
// has gone, or has been made anew, since its version was read.
func (k *Kind) version(ctx context.Context, name string, number int64) (Observed, bool, error) {
	of, _ := k.remembered()
	pages := ssm.NewGetParameterHistoryPaginator(k.api, &ssm.GetParameterHistoryInput{Name: &name, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if isCode(err, "ParameterNotFound") {
			return Observed{}, false, nil
		}
		if err != nil {
			return Observed{}, false, fail("look up the versions of", name, spec.Secret{}, err)
		}
		for _, h := range page.Parameters {
			if h.Version == number {
				return fromHistory(h, of.ParameterARN(name)), true, nil
			}
		}
	}
	return Observed{}, false, nil
}
