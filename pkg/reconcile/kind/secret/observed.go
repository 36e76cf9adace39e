package secret

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/pkg/spec"
)

// The staging labels. AWS moves AWSPREVIOUS to the version that AWSCURRENT
// leaves (AWS: UpdateSecretVersionStage).
const (
	labelCurrent  = "AWSCURRENT"
	labelPrevious = "AWSPREVIOUS"
	labelPending  = "AWSPENDING" // rotation's
	// labelNewest is ours: it is on the newest version that we put, current
	// or not.
	labelNewest = "ECS_RECONCILER_NEWEST"
)

// Observed is a secret as AWS has it.
type Observed struct {
	ARN           string
	Name          string
	Description   string
	KMSKeyID      string // "" is aws/secretsmanager
	Tags          map[string]string
	Stages        map[string][]string // labels by version id
	Deleted       time.Time           // zero unless it is pending deletion
	Changed       time.Time           // when anything about it was last changed
	Rotates       bool
	OwningService string
	PrimaryRegion string
	Replicas      map[string]Replica // by region; nil when only a list was read
	Policy        spec.Document      // read only where the spec declares one

	policyRead bool
	force      bool            // it is corrected however often others change it
	at         time.Time       // when it was observed
	region     string          // that it was observed in
	key        *fingerprintKey // nil when there is none
	value      spec.Secret     // read only when the version id proves nothing
	binary     bool            // value is bytes
	valueOf    string          // the version value was read from; "" when it was not
	written    time.Time       // when the current version was put; zero unless that matters
	unreadable string          // why the value could not be read; "" when it could
}

func fromList(e types.SecretListEntry, region string) Observed {
	return Observed{
		ARN: aws.ToString(e.ARN), Name: aws.ToString(e.Name), Description: aws.ToString(e.Description),
		KMSKeyID: aws.ToString(e.KmsKeyId), Tags: tagMap(e.Tags), Stages: e.SecretVersionsToStages,
		Deleted: aws.ToTime(e.DeletedDate), Changed: aws.ToTime(e.LastChangedDate), Rotates: aws.ToBool(e.RotationEnabled),
		OwningService: aws.ToString(e.OwningService), PrimaryRegion: aws.ToString(e.PrimaryRegion), region: region,
	}
}

func fromDescription(d *secretsmanager.DescribeSecretOutput, region string) Observed {
	return Observed{
		ARN: aws.ToString(d.ARN), Name: aws.ToString(d.Name), Description: aws.ToString(d.Description),
		KMSKeyID: aws.ToString(d.KmsKeyId), Tags: tagMap(d.Tags), Stages: d.VersionIdsToStages,
		Deleted: aws.ToTime(d.DeletedDate), Changed: aws.ToTime(d.LastChangedDate), Rotates: aws.ToBool(d.RotationEnabled),
		OwningService: aws.ToString(d.OwningService), PrimaryRegion: aws.ToString(d.PrimaryRegion), region: region,
		Replicas: replicasOf(d.ReplicationStatus),
	}
}

func tagMap(tags []types.Tag) map[string]string {
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// current is the id of the version that AWSCURRENT is on, "" without one. AWS
// puts a label on one version alone; where an emulator shows two, one that is
// not ours is the one to look at, else the newest of ours.
func (o Observed) current() string {
	holders := o.holders(labelCurrent)
	if len(holders) == 0 {
		return ""
	}
	return slices.MaxFunc(holders, func(a, b string) int {
		if aOurs, bOurs := o.key.made(a), o.key.made(b); aOurs != bOurs {
			return cmp.Compare(rank(aOurs), rank(bOurs))
		}
		return cmp.Compare(sequenceOf(a), sequenceOf(b))
	})
}

func rank(ours bool) int {
	if ours {
		return 0
	}
	return 1
}

// holders lists the versions that carry a label, in order.
func (o Observed) holders(label string) []string {
	var out []string
	for id, labels := range o.Stages {
		if slices.Contains(labels, label) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// leftover is the newest version that we put, where AWSCURRENT is not on it: a
// write was cut off or lost a race, or somebody moved AWSCURRENT back. It is ""
// without one, and where the current version is newer, since moving to it
// would then read as if AWSCURRENT had been moved back.
func (o Observed) leftover() string {
	current := o.current()
	for _, id := range o.holders(labelNewest) {
		if id != current && o.key.made(id) && sequenceOf(id) >= sequenceOf(current) {
			return id
		}
	}
	return ""
}

// lastSequence is the highest sequence among our labelled versions.
func (o Observed) lastSequence() uint32 {
	var last uint32
	for id := range o.Stages {
		if o.key.made(id) {
			last = max(last, sequenceOf(id))
		}
	}
	return last
}

// replica tells whether it is a copy of a secret in another region.
func (o Observed) replica() bool { return o.PrimaryRegion != "" && o.PrimaryRegion != o.region }

// foreign tells whether the current version was put by somebody else.
func (o Observed) foreign() bool { return o.current() != "" && !o.key.made(o.current()) }

// movedBack tells whether AWSCURRENT was taken from a newer version of ours.
func (o Observed) movedBack() bool {
	return slices.ContainsFunc(o.holders(labelPrevious), func(id string) bool {
		return o.key.made(id) && sequenceOf(id) > sequenceOf(o.current())
	})
}
