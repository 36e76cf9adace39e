package secret

import (
	"strings"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// The field paths.
const (
	pathDeleted     = "/deleted"
	pathValue       = "/value"
	pathDescription = "/description"
	pathKMSKey      = "/kms_key_id"
	pathTags        = "/tags"
)

// tagPath is the JSON pointer (RFC 6901) of a tag.
func tagPath(key string) string {
	return pathTags + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// Diff lists what differs: pending deletion, value, description, key, tags.
// The value's Proof is "" when the run has seen no fingerprint key, as before
// the first apply.
func (k *Kind) Diff(d Desired, o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	if !o.Deleted.IsZero() {
		out = append(out, resource.FieldChange{Path: pathDeleted, Before: "deleted on " + o.Deleted.UTC().Format("2006-01-02")})
	}
	if why, differs := valueDiffers(d, o); differs {
		out = append(out, resource.FieldChange{Path: pathValue, Sensitive: true, Note: why,
			Proof: k.sealing(o).of(d).seal(d.Name, d.Value, o.current())})
	}
	out = append(out, diffMetadata(d, o)...)
	out = append(out, diffFailed(d, o)...)
	return append(out, diffApplied(d, o)...)
}

// sealing is the key that saved plans are bound to values with. What does not
// exist yet was observed with none.
func (k *Kind) sealing(o Observed) *fingerprintKey {
	if o.ARN != "" {
		return o.key
	}
	s, _ := k.remembered()
	return k.keys.held(s.keyName())
}

// defaultKMSAlias is AWS's own key, which observed secrets show as none.
const defaultKMSAlias = "alias/aws/secretsmanager"

// keysBeside compares the keys of the secret called arn.
func keysBeside(arn string) spec.KMSKeys { return spec.KMSKeys{Own: defaultKMSAlias, ARN: arn} }

// Seal binds a saved plan to an owner's value that is no secret of this kind, and
// to the version that it would replace. It is "" as long as the owner's
// fingerprint key was not read or made.
func (k *Kind) Seal(owner, name string, value spec.Secret, version string) string {
	key := k.keys.held(spec.FingerprintKeyName(owner))
	if key == nil {
		return ""
	}
	return key.mac("plan elsewhere", name, value.Reveal(), version)[:macLength]
}

func diffMetadata(d Desired, o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	if d.Description != nil && *d.Description != o.Description {
		out = append(out, changed(pathDescription, o.Description, *d.Description))
	}
	if d.KMSKeyID != nil && !keysBeside(o.ARN).Same(*d.KMSKeyID, o.KMSKeyID, o.appliedMetadata() == d.metadata()) {
		out = append(out, changed(pathKMSKey, o.KMSKeyID, *d.KMSKeyID))
	}
	for _, key := range sortedKeys(d.Tags) {
		if have, ok := o.Tags[key]; !ok || have != d.Tags[key] {
			out = append(out, resource.FieldChange{Path: tagPath(key), Before: before(have, ok), After: d.Tags[key]})
		}
	}
	out = append(out, diffReplicas(d, o)...)
	return append(out, diffPolicy(d, o)...)
}

// diffApplied keeps the digest true when the spec changed in a way that needs
// nothing else, such as a field that it no longer names.
func diffApplied(d Desired, o Observed) []resource.FieldChange {
	if o.appliedMetadata() == d.metadata() {
		return nil
	}
	have, ok := o.Tags[spec.TagApplied]
	return []resource.FieldChange{{Path: tagPath(spec.TagApplied), Before: before(have, ok), After: appliedAfter(d, o)}}
}

// appliedAfter is the applied tag once the differences are made good.
func appliedAfter(d Desired, o Observed) string {
	if _, differs := valueDiffers(d, o); differs || !o.foreign() {
		return d.applied("")
	}
	return d.applied(o.current())
}

// appliedMetadata and appliedVersion are the halves of the applied tag; ""
// when there is none of our form.
func (o Observed) appliedMetadata() string { return half(o.Tags[spec.TagApplied], 0) }
func (o Observed) appliedVersion() string  { return half(o.Tags[spec.TagApplied], 1) }

func half(tag string, which int) string {
	if len(tag) != 2*digestLength {
		return ""
	}
	return tag[which*digestLength : (which+1)*digestLength]
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
	id := o.current()
	switch {
	case d.Generate != nil && (o.ARN == "" || id == ""):
		return "generated", true
	case o.ARN == "":
		return "", true
	case id == "":
		return "it has no current value", true
	case d.CreateOnly:
		return "", false
	case o.key.made(id):
		return "", !o.key.of(d).proves(id, d.Name, d.Value)
	case o.valueOf == id:
		return "put by somebody else", o.binary != d.Binary || !o.value.Equal(d.Value)
	default:
		return "put by somebody else and not read", true
	}
}
