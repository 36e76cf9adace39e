package events

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/paging"
)

// maxTargets is how many targets a rule may have.
const maxTargets = 5

// PutTargets adds targets to a rule, or replaces those of the same id.
func (b *Backend) PutTargets(in *sdk.PutTargetsInput) (*sdk.PutTargetsOutput, error) {
	r, err := b.rule(in.Rule, in.EventBusName)
	if err != nil {
		return nil, err
	}
	merged := slices.Clone(r.Targets)
	for _, t := range in.Targets {
		if err := checkTarget(t); err != nil {
			return nil, err
		}
		i, found := slices.BinarySearchFunc(merged, t, byID)
		if found {
			merged[i] = t
			continue
		}
		merged = slices.Insert(merged, i, t)
	}
	if len(merged) > maxTargets {
		return nil, awserr.New("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	}
	r.Targets = merged
	return &sdk.PutTargetsOutput{FailedEntries: []types.PutTargetsResultEntry{}}, nil
}

func byID(x, y types.Target) int { return strings.Compare(aws.ToString(x.Id), aws.ToString(y.Id)) }

// checkTarget refuses what Target's and EcsParameters' references say: a cluster
// needs its task and a role, and Fargate a network.
func checkTarget(t types.Target) error {
	arn, id := aws.ToString(t.Arn), aws.ToString(t.Id)
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] == "" || parts[5] == "" {
		return invalid("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", arn)
	}
	inputs := 0
	for _, given := range []bool{t.Input != nil, t.InputPath != nil, t.InputTransformer != nil} {
		if given {
			inputs++
		}
	}
	p := t.EcsParameters
	switch cluster := parts[2] == "ecs"; {
	case inputs > 1:
		return invalid("Only one of Input, InputPath, or InputTransformer must be provided for target %s.", id)
	case cluster != (p != nil), cluster && !strings.HasPrefix(parts[5], "cluster/"):
		return invalid("Parameter(s) EcsParameters not valid for target: %s.", id)
	case !cluster:
		return nil
	case aws.ToString(t.RoleArn) == "":
		return invalid("RoleArn is required for target %s.", arn)
	case !strings.Contains(aws.ToString(p.TaskDefinitionArn), ":task-definition/"):
		return invalid("Parameter TaskDefinitionArn is not valid. Reason: Provided Arn is not in correct format.")
	case p.LaunchType != "" && len(p.CapacityProviderStrategy) > 0:
		return invalid("Parameter(s) LaunchType and CapacityProviderStrategy cannot be used together for target: %s.", id)
	case p.LaunchType == types.LaunchTypeFargate && (p.NetworkConfiguration == nil || p.NetworkConfiguration.AwsvpcConfiguration == nil):
		return invalid("Parameter NetworkConfiguration is required for launch type FARGATE of target: %s.", id)
	}
	return nil
}

// RemoveTargets removes targets by id; those that are not there fail one by one.
func (b *Backend) RemoveTargets(in *sdk.RemoveTargetsInput) (*sdk.RemoveTargetsOutput, error) {
	r, err := b.rule(in.Rule, in.EventBusName)
	if err != nil {
		return nil, err
	}
	out := &sdk.RemoveTargetsOutput{FailedEntries: []types.RemoveTargetsResultEntry{}}
	for _, id := range in.Ids {
		i, found := slices.BinarySearchFunc(r.Targets, types.Target{Id: &id}, byID)
		if found {
			r.Targets = slices.Delete(r.Targets, i, i+1)
			continue
		}
		out.FailedEntryCount++
		out.FailedEntries = append(out.FailedEntries, types.RemoveTargetsResultEntry{
			TargetId: new(id), ErrorCode: new("ResourceNotFoundException"), ErrorMessage: new("Rule " + *in.Rule + " has no target " + id + "."),
		})
	}
	return out, nil
}

// ListTargetsByRule lists a rule's targets by id.
func (b *Backend) ListTargetsByRule(in *sdk.ListTargetsByRuleInput) (*sdk.ListTargetsByRuleOutput, error) {
	r, err := b.rule(in.Rule, in.EventBusName)
	if err != nil {
		return nil, err
	}
	page, next, err := paging.Cut(r.Targets, func(t types.Target) string { return aws.ToString(t.Id) }, in.NextToken, sizeOr(in.Limit))
	if err != nil {
		return nil, badToken()
	}
	return &sdk.ListTargetsByRuleOutput{Targets: append([]types.Target{}, page...), NextToken: next}, nil
}
