package secret

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// RotateOptions tune a rotation.
type RotateOptions struct {
	Pause time.Duration                 // between two secrets
	Again bool                          // make another key though the last is younger than a day
	Moved func(name string)             // told of each secret that was moved; may be nil
	Kept  func(name string, why string) // told of each that is left as it is; may be nil
}

// Rotation is what Rotate did.
type Rotation struct {
	Key      KeyState
	Moved    int  // secrets that were put again under the new key
	Kept     int  // secrets that need no move, or must not be touched
	Finished bool // the former key is gone
}

// KeyState is what a rotation found of the fingerprint key.
type KeyState string

// The states of a key.
const (
	KeyAbsent  KeyState = "absent"  // the first apply makes one
	KeyRecent  KeyState = "recent"  // it was rotated less than a day ago, and stays
	KeyNew     KeyState = "new"     // another was made
	KeyResumed KeyState = "resumed" // another was there, of a rotation that was cut off
)

// Rotate gives the deployment another fingerprint key, and moves each secret
// to it by putting the value that it has once more. The desired value is not
// looked at: what differs from the spec before does so afterwards. A value keeps
// its age, so that nothing is deployed anew for it.
//
// The key's secret holds the former key until all are moved, so that both prove
// what they made. Cut off anywhere, the next run goes on from there.
func (k *Kind) Rotate(ctx context.Context, d *spec.Deployment, o RotateOptions) (Rotation, error) {
	if _, err := k.Desired(d); err != nil {
		return Rotation{}, err
	}
	s, wanted := k.remembered()
	key, state, err := k.keys.renew(ctx, k.api, s.keyName(), k.opts, o.Again)
	out := Rotation{Key: state}
	if err != nil || state == KeyAbsent || state == KeyRecent {
		return out, err
	}
	for _, name := range sortedKeys(wanted) {
		moved, err := k.moveTo(ctx, key, wanted[name], o)
		if err != nil {
			return out, err
		}
		if !moved {
			out.Kept++
			continue
		}
		out.Moved++
		if err := k.opts.Sleep(ctx, o.Pause); err != nil {
			return out, err
		}
	}
	err = k.keys.retire(ctx, k.api, k.opts)
	out.Finished = err == nil
	return out, err
}

// moveTo puts a secret's value again under the newest key, unless that is
// there already, or it is not ours to write.
func (k *Kind) moveTo(ctx context.Context, key *fingerprintKey, d Desired, opts RotateOptions) (bool, error) {
	o, found, err := k.describe(ctx, d.Name)
	if err != nil || !found {
		return false, err
	}
	o.key = key
	if why := staying(d, o); why != "" {
		if opts.Kept != nil {
			opts.Kept(d.Name, why)
		}
		return false, nil
	}
	if d.Value, err = k.valueToMove(ctx, d, o); err != nil {
		return false, err
	}
	if err := k.rewrite(ctx, d, o); err != nil {
		return false, err
	}
	if opts.Moved != nil {
		opts.Moved(d.Name)
	}
	return true, nil
}

// staying is why a secret is not moved; "" when it must be. Whatever stays is
// read once, as any that somebody else put, should it ever have to be compared.
func staying(d Desired, o Observed) string {
	switch {
	case o.Tags[spec.TagOwner] != d.Owner:
		return "it is not ours"
	case !o.Deleted.IsZero():
		return "it is pending deletion"
	case d.CreateOnly:
		return "its value is not looked after: create_only"
	case refusal(d, o) != "":
		return refusal(d, o)
	case o.foreign(), o.current() == "":
		return "its value was put by somebody else"
	case !o.key.former(o.current()):
		return "it has the new key already"
	default:
		return ""
	}
}

// valueToMove is the value that the secret has: the spec's where that is
// proven, else it is read, and must be what its version proves.
func (k *Kind) valueToMove(ctx context.Context, d Desired, o Observed) (spec.Secret, error) {
	id, key := o.current(), o.key.of(d)
	if key.proves(id, d.Name, d.Value) {
		return d.Value, nil
	}
	out, err := k.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &o.ARN, VersionId: &id})
	if err != nil {
		return spec.Secret{}, fail("read the value of", d.Name, spec.Secret{}, err)
	}
	value := spec.NewSecret(aws.ToString(out.SecretString))
	if d.Binary {
		value = spec.NewSecret(string(out.SecretBinary))
	}
	if !key.proves(id, d.Name, value) {
		return spec.Secret{}, &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("the secret %q does not hold what its version says", d.Name),
			Hint: "apply to put the value of the spec, then rotate again"}
	}
	return value, nil
}

// rewrite is write for a value that the current version has already, under a
// former key.
func (k *Kind) rewrite(ctx context.Context, d Desired, o Observed) (err error) {
	w := &writer{Kind: k, desired: d, observed: o, from: o.current(), token: o.leftover()}
	if o.key.former(w.token) || !w.holdsValue(w.token) {
		if err := k.mayPut(ctx, o); err != nil {
			return err
		}
		if w.token, err = o.key.of(d).token(k.opts.Rand, after(o.lastSequence()), d.Name, d.Value); err != nil {
			return err
		}
	}
	for _, step := range []func(context.Context) error{w.carryDate, w.stage, w.move, w.serve} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if o.key.former(w.token) {
		return resource.Conflictf("rotate again", "the secret %q could not be moved to the new key", d.Name)
	}
	return nil
}
