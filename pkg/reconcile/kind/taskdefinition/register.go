package taskdefinition

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/shape"
)

// How long a registration is tried anew: pauses double from the first to the
// longest, and stop when they would add up to more than patience.
const (
	firstPause   = time.Second
	longestPause = 15 * time.Second
	patience     = 2 * time.Minute
)

// maxTags is AWS's limit on the tags of one resource.
const maxTags = 50

// Create registers the family's first revision.
func (k *Kind) Create(ctx context.Context, _ resource.Key, d Desired) (resource.Outputs, error) {
	return k.register(ctx, d, Observed{})
}

// Update registers a new revision or, when tags alone differ, tags the newest
// one. Revisions before it stay ACTIVE, since services may be running them.
func (k *Kind) Update(ctx context.Context, _ resource.Key, d Desired, o Observed, changes []resource.FieldChange) (resource.Outputs, error) {
	if onlyTags(changes) {
		k.memory.forget(d.family)
		defer k.memory.forget(d.family)
		return k.tag(ctx, d, o)
	}
	return k.register(ctx, d, o)
}

func (k *Kind) tag(ctx context.Context, d Desired, o Observed) (resource.Outputs, error) {
	missing := k.allTags(d)
	maps.DeleteFunc(missing, func(name, value string) bool { have, ok := o.tags[name]; return ok && have == value })
	_, err := k.ecs.TagResource(ctx, &ecs.TagResourceInput{ResourceArn: aws.String(o.arn), Tags: tagList(missing)})
	if err != nil {
		return nil, fmt.Errorf("tag task definition %s:%d: %w", o.family, o.revision, awsapi.Classify(err))
	}
	return o.outputs(), nil
}

// register makes one revision. RegisterTaskDefinition has no idempotency
// token, so it is sent again only after an answer which says that it did
// nothing. When the answer was lost the error is retryable, and whoever tries
// again observes the family first and finds the revision, if it was made.
func (k *Kind) register(ctx context.Context, d Desired, o Observed) (resource.Outputs, error) {
	in, err := k.input(d, o.tags)
	if err != nil {
		return nil, err
	}
	k.memory.forget(d.family)
	out, err := k.send(ctx, d, in)
	k.memory.forget(d.family)
	if err != nil {
		return nil, err
	}
	return k.registered(out)
}

func (k *Kind) send(ctx context.Context, d Desired, in *ecs.RegisterTaskDefinitionInput) (*ecs.RegisterTaskDefinitionOutput, error) {
	var waited time.Duration
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		out, err := k.ecs.RegisterTaskDefinition(ctx, in, once)
		if err == nil {
			return out, nil
		}
		why := k.reasonToWait(d, err)
		if why == "" || waited+pause > patience {
			return nil, fmt.Errorf("register task definition %s: %w", d.family, explain(d, err))
		}
		k.options.Wait(fmt.Sprintf("task definition %s waits %s: %s", d.family, pause, why))
		if err := k.options.Sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("register task definition %s: waiting, as %s: %w", d.family, why, err)
		}
		waited += pause
	}
}

// once turns off the SDK's retries, which cannot tell a lost answer from none.
func once(o *ecs.Options) { o.Retryer = aws.NopRetryer{} }

// reasonToWait says why trying again may help; "" when it will not, or when
// the registration may have taken effect.
func (k *Kind) reasonToWait(d Desired, err error) string {
	switch {
	case d.ourRole && deniesRole(err):
		return "IAM does not yet know its new role everywhere, or the caller has no iam:PassRole on it"
	case resource.ClassOf(awsapi.Classify(err)) == resource.Throttled:
		return "ECS asked us to slow down"
	default:
		return ""
	}
}

// deniesRole knows the failures that a role made or trusted anew seconds ago
// causes. A caller without iam:PassRole gets the last one for good.
func deniesRole(err error) bool {
	var refused *types.ClientException
	if errors.As(err, &refused) {
		return strings.Contains(refused.ErrorMessage(), "Role is not valid") || strings.Contains(refused.ErrorMessage(), "unable to assume the role")
	}
	return strings.HasPrefix(awsapi.Code(err), "AccessDenied") && strings.Contains(err.Error(), "iam:PassRole")
}

// explain says why a registration failed, without the values that it carried
// out of a vault.
func explain(d Desired, err error) error {
	classed := awsapi.Classify(err)
	if len(d.hidden) > 0 {
		classed = awsapi.Quiet(err, d.hidden.values("", d.canonical)...)
	}
	var e *resource.Error
	if deniesRole(err) && errors.As(classed, &e) {
		hinted := *e
		hinted.Hint = fmt.Sprintf("check that the roles %q and %q exist and that the caller has iam:PassRole on them",
			text(d.document["taskRoleArn"]), text(d.document["executionRoleArn"]))
		return &hinted
	}
	return classed
}

// registered keeps the revision that was made: the answer holds all of it.
func (k *Kind) registered(out *ecs.RegisterTaskDefinitionOutput) (resource.Outputs, error) {
	if out.TaskDefinition == nil || out.TaskDefinition.TaskDefinitionArn == nil {
		return nil, errors.New("register task definition: the answer names no revision")
	}
	o := k.observed(out.TaskDefinition, out.Tags)
	if k.keepable(o) {
		k.memory.keep(o.family, k.memory.place(o.family), o)
	}
	return o.outputs(), nil
}

// input is the request. Tags that the spec does not name are carried over from
// the newest revision, as far as there is room.
func (k *Kind) input(d Desired, observed map[string]string) (*ecs.RegisterTaskDefinitionInput, error) {
	in := &ecs.RegisterTaskDefinitionInput{}
	if problems := shape.Decode(d.document, in); len(problems) > 0 {
		return nil, fmt.Errorf("register task definition %s: %s: %s", d.family, problems[0].Path, problems[0].Message)
	}
	for i := range in.ContainerDefinitions {
		in.ContainerDefinitions[i].Environment = lastWins(in.ContainerDefinitions[i].Environment)
	}
	tags := k.allTags(d)
	for _, name := range slices.Sorted(maps.Keys(observed)) {
		if _, ours := tags[name]; !ours && !reserved(name) && len(tags) < maxTags {
			tags[name] = observed[name]
		}
	}
	in.Tags = tagList(tags)
	return in, nil
}

// lastWins drops the variables that a later one of the same name replaces.
func lastWins(environment []types.KeyValuePair) []types.KeyValuePair {
	var out []types.KeyValuePair
	for i, v := range environment {
		again := func(later types.KeyValuePair) bool { return aws.ToString(later.Name) == aws.ToString(v.Name) }
		if !slices.ContainsFunc(environment[i+1:], again) {
			out = append(out, v)
		}
	}
	return out
}

// reserved tells whether a tag is AWS's or ours to write.
func reserved(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), "aws:") || strings.HasPrefix(name, "ecs-reconciler/")
}

// allTags are the tags that a revision of ours has.
func (k *Kind) allTags(d Desired) map[string]string {
	tags := maps.Clone(d.tags)
	tags[spec.TagApplied] = k.digest(d)
	return tags
}

func tagList(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, types.Tag{Key: aws.String(name), Value: aws.String(tags[name])})
	}
	return out
}
