package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
)

// write puts the desired value by compare-and-swap and returns its version.
//
//  1. The value is put under a label of our own, which leaves AWSCURRENT
//     alone. AWS takes the label off the version that had it before, so it
//     needs no care afterwards.
//  2. AWSCURRENT is moved to it from the version that was observed. AWS
//     refuses when AWSCURRENT is elsewhere by now: the race is lost.
//
// Cut off between the two, the next run finds the version under our label and
// goes on from there.
func (k *Kind) write(ctx context.Context, d Desired, o Observed) (string, error) {
	d, err := k.withValue(d)
	if err != nil {
		return "", err
	}
	fp, err := k.fingerprintKey(ctx)
	if err != nil {
		return "", err
	}
	o.key = fp
	w := &writer{Kind: k, desired: d, observed: o, from: o.current()}
	if w.token, err = w.version(); err != nil {
		return "", err
	}
	if !w.holdsValue(w.from) && w.token != o.leftover() {
		if err := k.mayPut(ctx, o); err != nil {
			return "", err
		}
	}
	for _, step := range []func(context.Context) error{w.stage, w.move, w.serve} {
		if err := step(ctx); err != nil {
			return "", err
		}
	}
	return w.token, nil
}

// writer is one value on its way.
type writer struct {
	*Kind
	desired  Desired
	observed Observed
	from     string // the version observed to be current; "" when there is none
	token    string // the version that becomes current
}

// version is the current one or the one that an interrupted write has left,
// where that holds the value, else a new one.
func (w *writer) version() (string, error) {
	for _, id := range []string{w.from, w.observed.leftover()} {
		if w.holdsValue(id) {
			return id, nil
		}
	}
	return w.observed.key.of(w.desired).token(w.opts.Rand, after(w.observed.lastSequence()), w.desired.Name, w.desired.Value)
}

func (w *writer) holdsValue(id string) bool {
	return w.observed.key.of(w.desired).proves(id, w.desired.Name, w.desired.Value)
}

// put puts the value under a label and notes the labels that the version has
// then.
func (w *writer) put(ctx context.Context, label string) error {
	text, binary := w.desired.stored()
	out, err := w.api.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &w.observed.ARN,
		ClientRequestToken: &w.token, SecretString: text, SecretBinary: binary, VersionStages: []string{label}})
	if err != nil {
		return fail("put the value of", w.observed.Name, w.desired.Value, err)
	}
	w.observed.Stages = withLabels(w.observed.Stages, w.token, out.VersionStages)
	return nil
}

// withLabels is stages as they are after a version was given labels, each of
// which left the version that had it.
func withLabels(stages map[string][]string, id string, labels []string) map[string][]string {
	out := map[string][]string{}
	for other, have := range stages {
		out[other] = slices.DeleteFunc(slices.Clone(have), func(l string) bool { return slices.Contains(labels, l) })
	}
	out[id] = labels
	return out
}

// isCurrent tells whether AWSCURRENT is known to be on the new version. A
// secret's first version gets it whatever its label (AWS: PutSecretValue).
func (w *writer) isCurrent() bool { return slices.Contains(w.observed.Stages[w.token], labelCurrent) }

func (w *writer) stage(ctx context.Context) error {
	if w.token == w.observed.leftover() || w.isCurrent() {
		return nil
	}
	return w.put(ctx, labelNewest)
}

func (w *writer) move(ctx context.Context) error {
	if w.isCurrent() {
		return nil
	}
	err := w.setLabel(ctx, labelCurrent, w.token, w.from)
	if isCode(err, "InvalidParameterException") || isCode(err, "ResourceNotFoundException") {
		return w.settleRace(ctx, err)
	}
	return err
}

// settleRace finds out why AWSCURRENT could not be moved: it is where it shall
// be, since a repeated request whose first answer was lost has moved it, or a
// run beside this one put the same value; or somebody else was faster.
func (w *writer) settleRace(ctx context.Context, cause error) error {
	now, found, err := w.describe(ctx, w.observed.ARN)
	if err != nil {
		return errors.Join(cause, err)
	}
	now.key = w.observed.key
	conflict := resource.Conflictf("plan again to see what it is now",
		"the value of the secret %q was put by somebody else since it was observed, and is left as it is", w.observed.Name)
	switch current := now.current(); {
	case found && w.holdsValue(current):
		w.token = current
		return nil
	case !found || current != w.from:
		return conflict
	case isCode(cause, "InvalidParameterException"): // AWS knows better than the description, which may be old
		conflict.Cause = cause
		return conflict
	default:
		return cause
	}
}

// setLabel moves a label from one version to another; either may be "".
func (w *writer) setLabel(ctx context.Context, label, to, from string) error {
	_, err := w.api.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &w.observed.ARN, VersionStage: &label, MoveToVersionId: notEmpty(&to), RemoveFromVersionId: notEmpty(&from)})
	if err != nil {
		return fmt.Errorf("cannot move %s of the secret %q: %w", label, w.observed.Name, awsapi.Classify(err))
	}
	return nil
}
