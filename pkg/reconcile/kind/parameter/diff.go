package parameter

import (
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// The field paths.
const (
	pathType        = "/type"
	pathValue       = "/value"
	pathDescription = "/description"
	pathKMSKey      = "/kms_key_id"
	pathTier        = "/tier"
	pathDataType    = "/data_type"
	pathPattern     = "/allowed_pattern"
	pathTags        = "/tags"
)

// tagPath is the JSON pointer (RFC 6901) of a tag.
func tagPath(key string) string {
	return pathTags + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// defaultKMSAlias is AWS's own key.
const defaultKMSAlias = "alias/aws/ssm"

// Diff lists what differs: type, value, description, key, tier, data type,
// pattern, tags. A type that differs, and an advanced parameter that is to be a
// standard one, can only be replaced.
func (k *Kind) Diff(d Desired, o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	if d.Type != o.Type {
		f := changed(pathType, string(o.Type), string(d.Type))
		f.Replaces = o.exists()
		out = append(out, f)
	}
	if why, differs := valueDiffers(d, o); differs {
		out = append(out, k.valueChange(d, o, why))
	}
	out = append(out, diffMetadata(d, o)...)
	return append(out, diffApplied(d, o, puts(out))...)
}

// puts tells whether a change makes a version, as all do but those of tags.
func puts(changes []resource.FieldChange) bool {
	return slices.ContainsFunc(changes, func(f resource.FieldChange) bool { return !strings.HasPrefix(f.Path, pathTags+"/") })
}

// valueChange shows values that are no secrets. One that was encrypted is.
func (k *Kind) valueChange(d Desired, o Observed, why string) resource.FieldChange {
	if d.Shown && o.Type != spec.ParameterSecure && d.Value.IsSet() {
		f := changed(pathValue, o.value.Reveal(), d.Value.Reveal())
		f.Note = why
		return f
	}
	return resource.FieldChange{Path: pathValue, Sensitive: true, Note: why,
		Proof: k.opts.Seal(d.Owner, d.Name, d.Value, strconv.FormatInt(o.Version, 10))}
}

func diffMetadata(d Desired, o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	if d.Description != nil && *d.Description != o.Description {
		out = append(out, changed(pathDescription, o.Description, *d.Description))
	}
	if keyDiffers(d, o) {
		out = append(out, changed(pathKMSKey, o.KMSKeyID, *d.KMSKeyID))
	}
	if tierDiffers(d, o) {
		f := changed(pathTier, string(o.Tier), string(d.Tier))
		f.Replaces = sinks(d, o)
		out = append(out, f)
	}
	if d.DataType != "" && d.DataType != o.DataType {
		out = append(out, changed(pathDataType, o.DataType, d.DataType))
	}
	if d.AllowedPattern != nil && *d.AllowedPattern != o.AllowedPattern {
		out = append(out, changed(pathPattern, o.AllowedPattern, *d.AllowedPattern))
	}
	for _, key := range sortedKeys(d.Tags) {
		if have, ok := o.Tags[key]; !ok || have != d.Tags[key] {
			out = append(out, resource.FieldChange{Path: tagPath(key), Before: before(have, ok), After: d.Tags[key]})
		}
	}
	return out
}

// keyDiffers compares keys of what is encrypted. That of a parameter which is
// to be of another type is settled by its replacement.
func keyDiffers(d Desired, o Observed) bool {
	keys := spec.KMSKeys{Own: defaultKMSAlias, ARN: o.ARN}
	return d.KMSKeyID != nil && (!o.exists() || o.Type == spec.ParameterSecure) &&
		!keys.Same(*d.KMSKeyID, o.KMSKeyID, o.appliedMetadata() == d.metadata())
}

// tierDiffers takes intelligent tiering for content with what AWS has settled
// on.
func tierDiffers(d Desired, o Observed) bool {
	return d.Tier != "" && d.Tier != o.Tier && (d.Tier != spec.TierIntelligent || !o.exists())
}

// sinks tells whether the tier would have to, which AWS does not do.
func sinks(d Desired, o Observed) bool {
	return d.Tier == spec.TierStandard && o.Tier == spec.TierAdvanced
}

// diffApplied keeps the applied tag true: when the spec changed in a way that
// needs nothing else, such as a field that it no longer names, and when a
// version came to be that it does not tell of.
func diffApplied(d Desired, o Observed, put bool) []resource.FieldChange {
	if o.appliedMetadata() == d.metadata() && o.appliedVersion() == o.Version {
		return nil
	}
	have, ok := o.Tags[spec.TagApplied]
	version := o.Version
	if put {
		version++
	}
	return []resource.FieldChange{{Path: tagPath(spec.TagApplied), Before: before(have, ok), After: d.applied(version)}}
}

func changed(path, from, to string) resource.FieldChange {
	return resource.FieldChange{Path: path, Before: before(from, from != ""), After: before(to, to != "")}
}

// before is a value as a plan shows it: nil when absent.
func before(text string, present bool) any {
	if !present {
		return nil
	}
	return text
}

// valueDiffers tells whether the value must be written, with a remark for the
// reader of the plan.
func valueDiffers(d Desired, o Observed) (why string, differs bool) {
	switch {
	case !o.exists() && d.Generate != nil:
		return "generated", true
	case !o.exists():
		return "", true
	case d.CreateOnly:
		return "", false
	case !o.value.IsSet():
		return "not read", true
	case o.value.Equal(d.Value):
		return "", false
	case o.Version > o.appliedVersion():
		return "put by somebody else", true
	default:
		return "", true
	}
}
