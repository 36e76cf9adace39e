package taskdefinition

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// Observed is the newest ACTIVE revision of a family. It prints as the
// family and revision alone, since it may hold values out of a vault.
type Observed struct {
	family       string
	arn          string
	revision     int32
	document     map[string]any
	canonical    map[string]any
	tags         map[string]string
	hidden       hidden
	registeredBy string
	registeredAt time.Time
	owner        string // of this revision or, when it has none, of the newest one that has
	ownRevision  int32  // the revision that has the owner; 0 when none has
}

// String names the revision.
func (o Observed) String() string { return fmt.Sprintf("task definition %s:%d", o.family, o.revision) }

// GoString names the revision.
func (o Observed) GoString() string { return o.String() }

func (o Observed) outputs() resource.Outputs {
	return resource.Outputs{outputARN: o.arn, "revision": strconv.Itoa(int(o.revision))}
}

// history says who registered the revision and when, as far as ECS tells; ""
// when it tells nothing.
func (o Observed) history() string {
	said := fmt.Sprintf("revision %d was registered", o.revision)
	note := said
	if o.registeredBy != "" {
		note += " by " + o.registeredBy
	}
	if !o.registeredAt.IsZero() {
		note += " at " + o.registeredAt.UTC().Format(time.RFC3339)
	}
	if o.ownRevision != 0 && o.ownRevision != o.revision {
		note += fmt.Sprintf(", on top of our revision %d", o.ownRevision)
	}
	if note == said {
		return ""
	}
	return note
}

// lostApplied tells whether the revision is ours and says nothing of what was
// applied. Registering writes both tags in one call.
func (o Observed) lostApplied() bool {
	return o.tags[spec.TagOwner] != "" && o.tags[spec.TagApplied] == ""
}

// maxLookBack is how many earlier revisions are read to find one of ours.
const maxLookBack = 10

// Observe reads the newest revision of each family: one call for a family of
// which nothing was read before, or whose revision or tags are others by now,
// and about two for a hundred of the rest. Only a revision without an owner
// costs more: the ones before it may be ours.
func (k *Kind) Observe(ctx context.Context, keys []resource.Key) (map[resource.Key]Observed, error) {
	k.memory.only(k.families())
	var unchanged map[string]Observed
	if !resource.Doubts(ctx) {
		var err error
		if unchanged, err = k.unchanged(ctx, keys); err != nil {
			return nil, err
		}
	}
	found := make(map[resource.Key]Observed, len(keys))
	var mu sync.Mutex
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(k.options.Parallelism)
	for _, key := range keys {
		if o, ok := unchanged[key.Name]; ok {
			found[key] = o
			if !k.keepable(o) {
				k.memory.forget(key.Name)
			}
		}
	}
	for _, key := range keys {
		if _, ok := unchanged[key.Name]; ok {
			continue
		}
		all.Go(func() error {
			o, err := k.readAnew(ctx, key.Name)
			if err != nil || o == nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			found[key] = *o
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}
	return found, nil
}

// readAnew reads a family's newest revision and keeps it for the next plan, where
// it may.
func (k *Kind) readAnew(ctx context.Context, family string) (*Observed, error) {
	place := k.memory.place(family)
	o, err := k.newest(ctx, family)
	if err == nil && o != nil && k.keepable(*o) {
		k.memory.keep(family, place, *o)
	} else {
		k.memory.forget(family)
	}
	return o, err
}

// newest is nil when the family has no ACTIVE revision. ECS answers a bare
// family with its newest ACTIVE revision; some emulators with the newest one.
func (k *Kind) newest(ctx context.Context, family string) (*Observed, error) {
	o, status, err := k.describe(ctx, family)
	if err != nil || o == nil {
		return nil, err
	}
	if status != types.TaskDefinitionStatusActive {
		active, err := k.active(ctx, family)
		if err != nil || len(active) == 0 {
			return nil, err
		}
		if o, _, err = k.describe(ctx, active[0].arn); err != nil || o == nil {
			return nil, err
		}
	}
	if o.owner == "" {
		return o, k.lookBack(ctx, o)
	}
	return o, nil
}

// lookBack looks for the newest earlier revision with an owner.
func (k *Kind) lookBack(ctx context.Context, o *Observed) error {
	active, err := k.active(ctx, o.family)
	if err != nil {
		return err
	}
	looks := 0
	for _, r := range active {
		if r.number >= o.revision || looks == maxLookBack {
			continue
		}
		looks++
		earlier, _, err := k.describe(ctx, r.arn)
		if err != nil {
			return err
		}
		if earlier != nil && earlier.owner != "" {
			o.owner, o.ownRevision, o.hidden = earlier.owner, earlier.revision, o.hidden.also(earlier.hidden)
			return nil
		}
	}
	return nil
}

// describe is nil for a family or revision that does not exist.
func (k *Kind) describe(ctx context.Context, name string) (*Observed, types.TaskDefinitionStatus, error) {
	out, err := k.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: aws.String(name),
		Include:        []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
	})
	if isAbsent(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("describe task definition %s: %w", name, awsapi.Quiet(err)) // it may hold values out of a vault
	}
	if out.TaskDefinition == nil {
		return nil, "", fmt.Errorf("describe task definition %s: the answer holds none", name)
	}
	o := k.observed(out.TaskDefinition, out.Tags)
	return &o, out.TaskDefinition.Status, nil
}

// isAbsent knows the one error that means it: ECS has no code of its own for
// what does not exist. A throttled or forbidden call has another message.
func isAbsent(err error) bool {
	var refused *types.ClientException
	return errors.As(err, &refused) && strings.HasPrefix(refused.ErrorMessage(), "Unable to describe task definition")
}

func (k *Kind) observed(def *types.TaskDefinition, tags []types.Tag) Observed {
	doc := object(shape.Encode(def))
	for _, key := range shape.DescribeOnlyKeys() {
		delete(doc, key)
	}
	o := Observed{
		family:       aws.ToString(def.Family),
		arn:          aws.ToString(def.TaskDefinitionArn),
		revision:     def.Revision,
		document:     doc,
		canonical:    canonical(k.rules, doc),
		tags:         tagMap(tags),
		registeredBy: aws.ToString(def.RegisteredBy),
		registeredAt: aws.ToTime(def.RegisteredAt),
	}
	o.hidden = hiddenBy(o.tags)
	if o.owner = o.tags[spec.TagOwner]; o.owner != "" {
		o.ownRevision = o.revision
	}
	return o
}

func tagMap(tags []types.Tag) map[string]string {
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}
