package secret

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/reconcile/resource"
)

// write puts the desired value by compare-and-swap and returns its version.
//
//  1. The value is put under a staging label, which leaves AWSCURRENT alone.
//  2. AWSCURRENT is moved to it from the version that was observed. AWS
//     refuses when AWSCURRENT is elsewhere by now: the race is lost.
//  3. The put is repeated for AWSCURRENT. AWS ignores a put of a version that
//     exists with the same content, and answers with its labels, which
//     confirms the move. Emulators that keep their default version apart from
//     the labels take the version for it then.
//  4. The staging label is dropped.
//
// Cut off after any of them, the next run finds the staging label on a version
// of ours and goes on from there.
func (k *Kind) write(ctx context.Context, d Desired, o Observed) (string, error) {
	fp, err := k.fingerprintKey(ctx)
	if err != nil {
		return "", err
	}
	o.key = fp
	w := &writer{Kind: k, desired: d, observed: o, from: o.current(), label: o.stagingLabel()}
	if w.token, err = w.version(); err != nil {
		return "", err
	}
	for _, step := range []func(context.Context) error{w.stage, w.move, w.confirm, w.dropLabels} {
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
	label    string // that it is staged under
}

// version is one that an interrupted write has left and that holds the value,
// else a new one.
func (w *writer) version() (string, error) {
	candidates := append([]string{w.from}, sortedKeys(w.observed.leftover())...)
	for _, id := range candidates {
		if w.observed.key.proves(id, w.desired.Name, w.desired.Value) {
			return id, nil
		}
	}
	return w.observed.key.token(w.opts.Rand, after(w.observed.lastSequence()), w.desired.Name, w.desired.Value)
}

// put puts the value under a label and notes the labels that the version has
// then.
func (w *writer) put(ctx context.Context, label string) error {
	out, err := w.api.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &w.observed.ARN,
		ClientRequestToken: &w.token, SecretString: aws.String(w.desired.Value.Reveal()), VersionStages: []string{label}})
	if err != nil {
		return fail("put the value of", w.observed.Name, w.desired.Value, err)
	}
	w.observed.Stages = withLabels(w.observed.Stages, w.token, out.VersionStages)
	return nil
}

// isCurrent tells whether AWSCURRENT is known to be on the new version. A
// secret's first version gets it whatever its label (AWS: PutSecretValue).
func (w *writer) isCurrent() bool { return slices.Contains(w.observed.Stages[w.token], labelCurrent) }

func (w *writer) stage(ctx context.Context) error {
	if _, there := w.observed.leftover()[w.token]; there || w.isCurrent() {
		return nil
	}
	return w.put(ctx, w.label)
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

// settleRace finds out why AWSCURRENT could not be moved: a repeated request
// whose first answer was lost has moved it already; else somebody was faster.
func (w *writer) settleRace(ctx context.Context, cause error) error {
	now, found, err := w.describe(ctx, w.observed.ARN)
	switch {
	case err != nil:
		return errors.Join(cause, err)
	case found && slices.Contains(now.Stages[w.token], labelCurrent):
		return nil
	case found && w.from != "" && slices.Contains(now.Stages[w.from], labelCurrent):
		return cause
	}
	conflict := resource.Conflictf("plan again to see what it is now",
		"the value of the secret %q was put by somebody else since it was observed, and is left as it is", w.observed.Name)
	if found {
		if err := w.setLabel(ctx, w.label, "", w.token); err != nil {
			return errors.Join(conflict, err)
		}
	}
	return conflict
}

func (w *writer) confirm(ctx context.Context) error {
	if err := w.put(ctx, labelCurrent); err != nil {
		return err
	}
	if !w.isCurrent() {
		return resource.Conflictf("plan again to see what it is now",
			"AWSCURRENT of the secret %q was moved by somebody else while it was written", w.observed.Name)
	}
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

func (w *writer) dropLabels(ctx context.Context) error {
	left := w.observed.leftover()
	for _, id := range sortedKeys(left) {
		if err := w.setLabel(ctx, left[id], "", id); err != nil {
			return err
		}
	}
	return nil
}

// setLabel moves a label from one version to another; either may be "".
func (w *writer) setLabel(ctx context.Context, label, to, from string) error {
	_, err := w.api.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &w.observed.ARN, VersionStage: &label, MoveToVersionId: notEmpty(&to), RemoveFromVersionId: notEmpty(&from)})
	return wrap("move "+label+" of", w.observed.Name, err)
}
