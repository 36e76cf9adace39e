package secret

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// A copy in another region is made after AWS has answered. That is waited for,
// but not for ever.
const (
	replicaWait  = 5 * time.Minute
	replicaPause = 5 * time.Second
)

const pathReplicas = "/replicas"

func replicaPath(region string) string { return pathReplicas + "/" + region }

// Replica is a secret's copy in another region as AWS has it.
type Replica struct {
	KMSKeyID string // of that region; "" and aws/secretsmanager are AWS's own
	Status   types.StatusType
	Message  string // why the status is what it is; may be empty
}

func (r Replica) failed() bool { return r.Status == types.StatusTypeFailed }

// underway tells whether AWS still works on it.
func (r Replica) underway() bool {
	return r.Status != types.StatusTypeInSync && !r.failed()
}

func replicasOf(list []types.ReplicationStatusType) map[string]Replica {
	out := make(map[string]Replica, len(list))
	for _, r := range list {
		out[aws.ToString(r.Region)] = Replica{KMSKeyID: aws.ToString(r.KmsKeyId), Status: r.Status, Message: aws.ToString(r.StatusMessage)}
	}
	return out
}

// knowsReplicas tells whether the replicas can be compared: no list shows them.
func (o Observed) knowsReplicas() bool { return o.ARN == "" || o.Replicas != nil }

// diffReplicas lists the copies that are missing, that are too many, and whose
// key is another.
func diffReplicas(d Desired, o Observed) []resource.FieldChange {
	if d.Replicas == nil || !o.knowsReplicas() {
		return nil
	}
	var out []resource.FieldChange
	for _, want := range d.Replicas {
		have, ok := o.Replicas[want.Region]
		switch {
		case !ok:
			out = append(out, resource.FieldChange{Path: replicaPath(want.Region), After: shownReplica(want)})
		case !have.failed() && !sameReplicaKey(d, o, want, have):
			out = append(out, changed(replicaPath(want.Region)+pathKMSKey, have.KMSKeyID, *want.KMSKeyID))
		}
	}
	for _, region := range sortedKeys(o.Replicas) {
		if !d.wantsReplica(region) {
			out = append(out, resource.FieldChange{Path: replicaPath(region), Before: map[string]any{"kms_key_id": o.Replicas[region].KMSKeyID}})
		}
	}
	return out
}

// diffFailed lists the copies that AWS could not make, with its words. They are
// asked for again.
func diffFailed(d Desired, o Observed) []resource.FieldChange {
	var out []resource.FieldChange
	for _, want := range d.Replicas {
		if have := o.Replicas[want.Region]; have.failed() {
			out = append(out, resource.FieldChange{Path: replicaPath(want.Region), After: shownReplica(want),
				Before: map[string]any{"status": string(have.Status)}, Note: shownMessage(have.Message)})
		}
	}
	return out
}

func shownReplica(r spec.Replica) map[string]any {
	if r.KMSKeyID == nil || *r.KMSKeyID == "" {
		return map[string]any{"kms_key_id": defaultKMSAlias}
	}
	return map[string]any{"kms_key_id": *r.KMSKeyID}
}

// shownMessage is what AWS says of a copy, where it is plain words.
func shownMessage(text string) string {
	if !awsapi.IsProse(text) {
		return awsapi.Withheld("replication")
	}
	return text
}

func sameReplicaKey(d Desired, o Observed, want spec.Replica, have Replica) bool {
	if want.KMSKeyID == nil {
		return true
	}
	return keysBeside(inRegion(o.ARN, want.Region)).Same(*want.KMSKeyID, have.KMSKeyID, o.appliedMetadata() == d.metadata())
}

// inRegion is the ARN of the copy in a region, which differs in that alone.
func inRegion(arn, region string) string {
	parts := strings.SplitN(arn, ":", 5)
	if len(parts) == 5 {
		parts[3] = region
	}
	return strings.Join(parts, ":")
}

// wantsReplica tells whether the spec declares a copy in a region.
func (d Desired) wantsReplica(region string) bool {
	return slices.ContainsFunc(d.Replicas, func(r spec.Replica) bool { return r.Region == region })
}

// added are replicas as a request asks for them.
func added(list []spec.Replica) []types.ReplicaRegionType {
	var out []types.ReplicaRegionType
	for _, r := range list {
		out = append(out, types.ReplicaRegionType{Region: aws.String(r.Region), KmsKeyId: notEmpty(r.KMSKeyID)})
	}
	return out
}

// replicate makes the pending differences of the copies good, removals first.
// A copy never takes the place of another secret of its name: AWS fails it.
func (k *Kind) replicate(ctx context.Context, d Desired, o Observed, pending func(string) bool) error {
	var missing []spec.Replica
	for _, want := range d.Replicas {
		if pending(replicaPath(want.Region)) {
			missing = append(missing, want)
		}
	}
	var surplus []string
	for _, region := range sortedKeys(o.Replicas) {
		if !d.wantsReplica(region) && pending(replicaPath(region)) {
			surplus = append(surplus, region)
		}
	}
	if err := k.unreplicate(ctx, o, surplus); err != nil {
		return err
	}
	if len(missing) > 0 {
		_, err := k.api.ReplicateSecretToRegions(ctx, &secretsmanager.ReplicateSecretToRegionsInput{SecretId: &o.ARN, AddReplicaRegions: added(missing)})
		if err != nil {
			return wrap("replicate", o.Name, err)
		}
	}
	return k.rekey(ctx, d, o, pending)
}

func (k *Kind) unreplicate(ctx context.Context, o Observed, regions []string) error {
	if len(regions) == 0 {
		return nil
	}
	_, err := k.api.RemoveRegionsFromReplication(ctx, &secretsmanager.RemoveRegionsFromReplicationInput{SecretId: &o.ARN, RemoveReplicaRegions: regions})
	return wrap("remove the replicas in "+strings.Join(regions, ", ")+" of", o.Name, err)
}

// rekey gives copies another key, which is done in their own region (AWS:
// "Replicate secrets across Regions").
func (k *Kind) rekey(ctx context.Context, d Desired, o Observed, pending func(string) bool) error {
	for _, want := range d.Replicas {
		if !pending(replicaPath(want.Region) + pathKMSKey) {
			continue
		}
		_, err := k.api.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{SecretId: aws.String(inRegion(o.ARN, want.Region)),
			KmsKeyId: named(want.KMSKeyID)}, func(at *secretsmanager.Options) { at.Region = want.Region })
		if err != nil {
			return wrap("change the key in "+want.Region+" of", o.Name, err)
		}
	}
	return nil
}

// replicating tells whether any of the paths is a copy's.
func replicating(d Desired, pending func(string) bool) bool {
	return slices.ContainsFunc(d.Replicas, func(r spec.Replica) bool {
		return pending(replicaPath(r.Region)) || pending(replicaPath(r.Region)+pathKMSKey)
	})
}

// awaitReplicas waits until AWS has made the copies, and fails with its words
// where it could not. Where waiting is not wanted, it is left at having asked.
func (k *Kind) awaitReplicas(ctx context.Context, d Desired, arn string) error {
	deadline := k.opts.Now().Add(replicaWait)
	for len(d.Replicas) > 0 {
		o, found, err := k.describe(ctx, arn)
		switch underway := o.regionsWhere(d, Replica.underway); {
		case err != nil:
			return err
		case !found || len(underway) == 0:
			return o.failure(d)
		case k.opts.Now().After(deadline):
			return &resource.Error{Class: resource.Terminal, Hint: "plan later to see what has come of it",
				Message: fmt.Sprintf("the secret %q is still not in sync in %s after %s", d.Name, strings.Join(underway, ", "), replicaWait)}
		default:
			k.opts.Wait(fmt.Sprintf("waiting for the replicas of the secret %q in %s", d.Name, strings.Join(underway, ", ")))
		}
		if err := k.opts.Sleep(ctx, replicaPause); err != nil {
			return stopped(ctx, d.Name)
		}
	}
	return nil
}

// stopped tells an interrupted wait from one that is not wanted.
func stopped(ctx context.Context, name string) error {
	for _, end := range []context.Context{ctx, resource.Interrupt(ctx)} {
		if end.Err() != nil {
			return fmt.Errorf("stopped waiting for the replicas of the secret %q: %w", name, context.Cause(end))
		}
	}
	return nil
}

// regionsWhere are the regions of wanted copies that are in some state.
func (o Observed) regionsWhere(d Desired, is func(Replica) bool) []string {
	var out []string
	for _, region := range slices.Sorted(maps.Keys(o.Replicas)) {
		if d.wantsReplica(region) && is(o.Replicas[region]) {
			out = append(out, region)
		}
	}
	return out
}

// failure is what AWS could not copy, nil when it could all.
func (o Observed) failure(d Desired) error {
	regions := o.regionsWhere(d, Replica.failed)
	if len(regions) == 0 {
		return nil
	}
	var said []string
	for _, region := range regions {
		said = append(said, region+": "+shownMessage(o.Replicas[region].Message))
	}
	return &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("the secret %q could not be replicated to %s", d.Name, strings.Join(said, "; ")),
		Hint: "a secret of that name that is there already must go first, and a key there must be usable; the next apply asks again"}
}
