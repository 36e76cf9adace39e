package parameter

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// firstVersion is the number of a new parameter's version.
const firstVersion = 1

// Create makes the parameter with everything it is to have, in one call.
func (k *Kind) Create(ctx context.Context, key resource.Key, d Desired) (resource.Outputs, error) {
	d, err := k.withValue(d)
	if err != nil {
		return nil, err
	}
	if err := k.settle(ctx, d.Name); err != nil {
		return nil, err
	}
	tags := maps.Clone(d.Tags)
	tags[spec.TagApplied] = d.applied(firstVersion)
	in := d.request(Observed{})
	in.Tags = sdkTags(tags)
	out, err := k.api.PutParameter(ctx, in)
	switch {
	case isCode(err, "ParameterAlreadyExists"):
		return k.appeared(ctx, key, d, err)
	case err != nil:
		return nil, fail("create", d.Name, d.Value, err)
	case out.Version != firstVersion:
		err = k.tag(ctx, d.Name, map[string]string{spec.TagApplied: d.applied(out.Version)})
	}
	return k.outputs(d.Name, out.Version), err
}

// outputs are those of a version that was just put.
func (k *Kind) outputs(name string, version int64) resource.Outputs {
	of, _ := k.remembered()
	out := resource.Outputs{OutputARN: of.ParameterARN(name), OutputVersion: strconv.FormatInt(version, 10)}
	stamp(out, k.opts.Now())
	return out
}

// appeared finds out whose parameter is in the way: that of a request of ours
// whose answer was lost, or somebody else's.
func (k *Kind) appeared(ctx context.Context, key resource.Key, d Desired, cause error) (resource.Outputs, error) {
	found, err := k.Observe(ctx, []resource.Key{key})
	if err != nil {
		return nil, err
	}
	if o, ok := found[key]; ok && o.Tags[spec.TagOwner] == d.Owner && len(k.Diff(d, o)) == 0 {
		return k.Outputs(o, nil), nil
	}
	conflict := resource.Conflictf("plan again to see what it is", "the parameter %q has come to exist since it was observed", d.Name)
	conflict.Cause = fail("create", d.Name, d.Value, cause)
	return nil, conflict
}

// Update makes the changes good: all of them in one new version, then tags. The
// applied tag is written last, so that it never tells of what was not done.
func (k *Kind) Update(ctx context.Context, _ resource.Key, d Desired, o Observed, changes []resource.FieldChange) (resource.Outputs, error) {
	version, written := o.Version, o.Changed
	if puts(changes) {
		var err error
		if version, err = k.put(ctx, d, o); err != nil {
			return nil, err
		}
		written = k.opts.Now()
	}
	tags := maps.Clone(d.Tags)
	maps.DeleteFunc(tags, func(key, _ string) bool {
		return !slices.ContainsFunc(changes, func(c resource.FieldChange) bool { return c.Path == tagPath(key) })
	})
	if want := d.applied(version); o.Tags[spec.TagApplied] != want {
		tags[spec.TagApplied] = want
	}
	if err := k.tag(ctx, d.Name, tags); err != nil {
		return nil, err
	}
	out := resource.Outputs{OutputARN: o.ARN, OutputVersion: strconv.FormatInt(version, 10)}
	stamp(out, written)
	return out, nil
}

// put makes a version. AWS takes none without its value: where that is not ours
// to write, the one that is there is put again.
func (k *Kind) put(ctx context.Context, d Desired, o Observed) (version int64, err error) {
	if d.CreateOnly {
		d.Value, err = k.current(ctx, d.Name)
	} else {
		d, err = k.withValue(d)
	}
	if err != nil {
		return 0, err
	}
	in := d.request(o)
	in.Overwrite = aws.Bool(true)
	out, err := k.api.PutParameter(ctx, in)
	if err != nil {
		return 0, fail("put", d.Name, d.Value, err)
	}
	return out.Version, nil
}

// request says everything, so that what the spec does not manage stays as it
// was observed whatever AWS makes of an omission.
func (d Desired) request(o Observed) *ssm.PutParameterInput {
	in := &ssm.PutParameterInput{Name: &d.Name, Value: aws.String(d.Value.Reveal()), Type: types.ParameterType(d.Type),
		Description: kept(d.Description, o.Description), AllowedPattern: kept(d.AllowedPattern, o.AllowedPattern), Tier: d.tier(o), Policies: policies(o)}
	if text := orElse(d.DataType, o.DataType); text != "" {
		in.DataType = &text
	}
	if d.Type == spec.ParameterSecure {
		in.KeyId = keyName(kept(d.KMSKeyID, o.KMSKeyID))
	}
	return in
}

// kept is what the spec says, else what there is; nil for nothing at all.
func kept(desired *string, observed string) *string {
	switch {
	case desired != nil && (*desired != "" || observed != ""):
		return desired
	case observed != "" && desired == nil:
		return &observed
	default:
		return nil
	}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// keyName spells out AWS's own key, which an empty text stands for.
func keyName(key *string) *string {
	if key != nil && *key == "" {
		return aws.String(defaultKMSAlias)
	}
	return key
}

// tier never asks for less than there is, which AWS refuses.
func (d Desired) tier(o Observed) types.ParameterTier {
	if o.Tier == spec.TierAdvanced && d.Tier != spec.TierStandard {
		return types.ParameterTierAdvanced
	}
	return types.ParameterTier(d.Tier)
}

// policies are those that a parameter has, as AWS takes them.
func policies(o Observed) *string {
	texts := slices.DeleteFunc(slices.Clone(o.Policies), func(p string) bool { return !json.Valid([]byte(p)) })
	if len(texts) == 0 {
		return nil
	}
	return aws.String("[" + strings.Join(texts, ",") + "]")
}

func (k *Kind) tag(ctx context.Context, name string, tags map[string]string) error {
	if len(tags) == 0 {
		return nil
	}
	_, err := k.api.AddTagsToResource(ctx, &ssm.AddTagsToResourceInput{
		ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: &name, Tags: sdkTags(tags)})
	return fail("tag "+strings.Join(sortedKeys(tags), ", ")+" of", name, spec.Secret{}, err)
}

// restPeriod is how long the name of a deleted parameter is to be left alone
// (AWS: DeleteParameter).
const restPeriod = 30 * time.Second

// settle waits until a parameter that was deleted here may be made again.
func (k *Kind) settle(ctx context.Context, name string) error {
	at, ok := k.deleted.since(name)
	pause := restPeriod - k.opts.Now().Sub(at)
	if !ok || pause <= 0 {
		return nil
	}
	k.opts.Wait(fmt.Sprintf("waiting %s, as AWS asks, before the deleted parameter %q is made again", pause.Round(time.Second), name))
	if err := k.opts.Sleep(ctx, pause); err != nil {
		return fmt.Errorf("stopped waiting to make the parameter %q again, which the next apply will: %w", name, err)
	}
	return nil
}

// Delete removes the parameter with all its versions. AWS keeps none of them.
func (k *Kind) Delete(ctx context.Context, key resource.Key, o Observed) error {
	of, _ := k.remembered()
	if owner := o.Tags[spec.TagOwner]; owner != "" && owner != of.Owner() {
		return resource.Conflictf("plan again to see what it is now", "the parameter %q has come to belong to %q meanwhile", key.Name, owner)
	}
	_, err := k.api.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: &key.Name})
	if isCode(err, "ParameterNotFound") {
		err = nil
	}
	if err == nil {
		k.deleted.note(key.Name, k.opts.Now())
	}
	return fail("delete", key.Name, spec.Secret{}, err)
}
