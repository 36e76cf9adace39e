package secretsmanager

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// ReplicateSecretToRegions copies a secret to other regions and keeps the
// copies in step.
func (b *Backend) ReplicateSecretToRegions(
	in *secretsmanager.ReplicateSecretToRegionsInput,
) (*secretsmanager.ReplicateSecretToRegionsOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	if err := b.checkRegions(in.AddReplicaRegions); err != nil {
		return nil, err
	}
	b.replicate(s, in.AddReplicaRegions, in.ForceOverwriteReplicaSecret)
	s.Changed = b.now()
	return &secretsmanager.ReplicateSecretToRegionsOutput{
		ARN: aws.String(s.ARN), ReplicationStatus: begun(s.Replicas, in.AddReplicaRegions),
	}, nil
}

// begun is how the call that asks for copies sees them: those that it asks for
// are in progress, however soon they are done.
func begun(replicas []types.ReplicationStatusType, asked []types.ReplicaRegionType) []types.ReplicationStatusType {
	out := slices.Clone(replicas)
	for i, r := range out {
		if slices.ContainsFunc(asked, func(a types.ReplicaRegionType) bool { return *a.Region == *r.Region }) {
			out[i].Status, out[i].StatusMessage = types.StatusTypeInProgress, nil
		}
	}
	return out
}

// statuses are a secret's copies, each with the day of its last reading.
func (b *Backend) statuses(s *Secret) []types.ReplicationStatusType {
	out := slices.Clone(s.Replicas)
	for i, r := range out {
		if copied := b.copyIn(s, *r.Region); copied != nil {
			out[i].LastAccessedDate = copied.Accessed
		}
	}
	return out
}

// statusOf is what a replica's primary notes of it; nil if it is none.
func (b *Backend) statusOf(s *Secret) *types.ReplicationStatusType {
	if !s.isReplica(b.env.Region) || b.Peer == nil {
		return nil
	}
	if primary := b.Peer(s.PrimaryRegion).named(s.Name); primary != nil {
		return primary.replica(b.env.Region)
	}
	return nil
}

// RemoveRegionsFromReplication deletes copies.
func (b *Backend) RemoveRegionsFromReplication(
	in *secretsmanager.RemoveRegionsFromReplicationInput,
) (*secretsmanager.RemoveRegionsFromReplicationOutput, error) {
	s, err := b.writable(in.SecretId)
	if err != nil {
		return nil, err
	}
	for i, region := range in.RemoveReplicaRegions {
		if s.replica(region) == nil || slices.Contains(in.RemoveReplicaRegions[:i], region) {
			return nil, invalidParameter("The secret has no replica in region %s.", region)
		}
	}
	for _, region := range in.RemoveReplicaRegions {
		if copied := b.copyIn(s, region); copied != nil {
			delete(b.Peer(region).state.Secrets, s.Name)
		}
		s.dropReplica(region)
	}
	s.Changed = b.now()
	return &secretsmanager.RemoveRegionsFromReplicationOutput{
		ARN: aws.String(s.ARN), ReplicationStatus: slices.Clone(s.Replicas),
	}, nil
}

// StopReplicationToReplica makes a replica, named in its own region, a secret
// of its own.
func (b *Backend) StopReplicationToReplica(
	in *secretsmanager.StopReplicationToReplicaInput,
) (*secretsmanager.StopReplicationToReplicaOutput, error) {
	s, err := b.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	if !s.isReplica(b.env.Region) {
		return nil, invalidParameter("The secret is not a replica: call this in the replica's region.")
	}
	b.detach(s)
	s.PrimaryRegion = ""
	return &secretsmanager.StopReplicationToReplicaOutput{ARN: aws.String(s.ARN)}, nil
}

// checkRegions refuses regions that cannot hold a replica.
func (b *Backend) checkRegions(regions []types.ReplicaRegionType) error {
	seen := map[string]bool{}
	for _, r := range regions {
		region := aws.ToString(r.Region)
		if seen[region] {
			return invalidParameter("Region %s is named twice.", region)
		}
		seen[region] = true
		if region == "" || region == b.env.Region || b.Peer == nil || b.Peer(region) == nil {
			return invalidParameter("Invalid replica region.")
		}
		if err := b.Peer(region).checkKey(r.KmsKeyId); err != nil {
			return err
		}
	}
	return nil
}

// replicate makes copies; a name that is taken fails that copy alone.
func (b *Backend) replicate(s *Secret, regions []types.ReplicaRegionType, overwrite bool) {
	for _, r := range regions {
		region := aws.ToString(r.Region)
		status := types.ReplicationStatusType{
			Region: r.Region, KmsKeyId: aws.String(cmp.Or(b.Peer(region).keyKept(r.KmsKeyId), managedKey)),
			Status: types.StatusTypeInSync, StatusMessage: aws.String("Replication succeeded"),
		}
		taken := b.Peer(region).named(s.Name) != nil
		if taken && !overwrite && b.copyIn(s, region) == nil {
			status.Status = types.StatusTypeFailed
			status.StatusMessage = aws.String("Replication failed: Secret name " + s.Name +
				" already exists in region " + region + ".")
		}
		s.dropReplica(region)
		s.Replicas = append(s.Replicas, status)
		s.PrimaryRegion = b.env.Region
	}
	b.sync(s)
}

// sync brings every copy of a secret up to date.
func (b *Backend) sync(s *Secret) {
	for _, r := range s.Replicas {
		if r.Status != types.StatusTypeInSync {
			continue
		}
		peer := b.Peer(aws.ToString(r.Region))
		arn := peer.env.ARN("secretsmanager", "secret:"+s.resource())
		peer.state.Secrets[s.Name] = s.copyFor(arn, r, b.copyIn(s, *r.Region))
	}
}

// resource is the name with its six characters, which all copies share.
func (s *Secret) resource() string { return s.Name + s.ARN[len(s.ARN)-7:] }

// copyFor is a secret as a replica has it: with "metadata such as tags and
// resource policies" (user guide), but with its own key and days of access,
// which are those of the copy before, if there was one.
func (s *Secret) copyFor(arn string, r types.ReplicationStatusType, before *Secret) *Secret {
	out := *s
	out.ARN, out.Replicas, out.Accessed, out.KMSKey = arn, nil, nil, ""
	if key := aws.ToString(r.KmsKeyId); key != managedKey {
		out.KMSKey = key
	}
	out.Tags = slices.Clone(s.Tags)
	out.Versions = make([]*Version, len(s.Versions))
	for i, v := range s.Versions {
		copied := *v
		copied.Stages, copied.Accessed = slices.Clone(v.Stages), nil
		copied.KMSKeys = []string{cmp.Or(out.KMSKey, defaultKey)}
		out.Versions[i] = &copied
	}
	if before != nil {
		out.Accessed = before.Accessed
		out.accessedAs(before)
	}
	return &out
}

// accessedAs takes over when a copy's versions were last read.
func (s *Secret) accessedAs(before *Secret) {
	days := map[string]*time.Time{}
	for _, v := range before.Versions {
		days[v.ID] = v.Accessed
	}
	for _, v := range s.Versions {
		v.Accessed = days[v.ID]
	}
}

// copyIn is the secret's own copy in a region; nil if there is none.
func (b *Backend) copyIn(s *Secret, region string) *Secret {
	if b.Peer == nil || b.Peer(region) == nil {
		return nil
	}
	copied := b.Peer(region).named(s.Name)
	if copied == nil || copied.PrimaryRegion != b.env.Region {
		return nil
	}
	return copied
}

func (s *Secret) replica(region string) *types.ReplicationStatusType {
	for i := range s.Replicas {
		if aws.ToString(s.Replicas[i].Region) == region {
			return &s.Replicas[i]
		}
	}
	return nil
}

// dropReplica forgets a copy; a secret without copies is no primary.
func (s *Secret) dropReplica(region string) {
	s.Replicas = slices.DeleteFunc(s.Replicas, func(r types.ReplicationStatusType) bool {
		return aws.ToString(r.Region) == region
	})
	if len(s.Replicas) == 0 {
		s.Replicas, s.PrimaryRegion = nil, ""
	}
}

// detach tells a replica's primary that the replica is gone.
func (b *Backend) detach(s *Secret) {
	if b.Peer == nil {
		return
	}
	if primary := b.Peer(s.PrimaryRegion).named(s.Name); primary != nil {
		primary.dropReplica(b.env.Region)
	}
}

// forget deletes a secret for good.
func (b *Backend) forget(s *Secret) {
	if s.isReplica(b.env.Region) {
		b.detach(s)
	}
	delete(b.state.Secrets, s.Name)
}
