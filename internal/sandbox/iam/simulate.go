package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// SimulatePrincipalPolicy decides each action on each resource by a role's
// policies, those of the request, and the boundary. As at AWS, resource policies
// play no part where the principal is a role.
func (b *Backend) SimulatePrincipalPolicy(
	in *sdk.SimulatePrincipalPolicyInput,
) (*sdk.SimulatePrincipalPolicyOutput, error) {
	if err := b.checkSimulation(in); err != nil {
		return nil, err
	}
	arn := aws.ToString(in.PolicySourceArn)
	role, found := b.roleByARN(arn)
	if !found {
		return nil, noSuchEntity("The principal %s cannot be found.", arn)
	}
	run := simulation{
		sources: b.sourcesOf(role, in.PolicyInputList), boundary: b.boundaryFor(role, in.PermissionsBoundaryPolicyInputList),
		context: b.simulatedContext(role, in),
	}
	results, err := run.all(in.ActionNames, in.ResourceArns)
	if err != nil {
		return nil, invalidInput("%s", err.Error())
	}
	return simulationPage(results, in)
}

func (b *Backend) checkSimulation(in *sdk.SimulatePrincipalPolicyInput) error {
	switch {
	case in.ResourcePolicy != nil:
		return invalidInput("Simulation of resource-based policies isn't supported for IAM roles.")
	case len(in.PolicyExclusionList) > 0, in.ResourceHandlingOption != nil:
		return invalidInput("PolicyExclusionList and ResourceHandlingOption are not supported by the sandbox.")
	case in.ResourceOwner != nil && !strings.Contains(*in.ResourceOwner, b.env.Account):
		return invalidInput("ResourceOwner %s is another account, of which the sandbox knows nothing.", *in.ResourceOwner)
	}
	for _, document := range append(slices.Clone(in.PolicyInputList), in.PermissionsBoundaryPolicyInputList...) {
		if err := policydoc.Identity(document); err != nil {
			return invalidInput("Invalid policy document: %s", err.Error())
		}
	}
	for _, action := range in.ActionNames {
		if strings.Count(action, ":") != 1 || strings.ContainsAny(action, "*?") {
			return invalidInput("Invalid action name: %s", action)
		}
	}
	return nil
}

// source is a policy with the name that a simulation calls it by.
type source struct {
	id       string
	kind     types.PolicySourceType
	document string
}

func (b *Backend) sourcesOf(role *Role, extra []string) []source {
	var out []source
	for _, name := range slices.Sorted(maps.Keys(role.Inline)) {
		out = append(out, source{id: "role_" + role.Name + "_" + name, kind: types.PolicySourceTypeRole, document: role.Inline[name]})
	}
	for _, arn := range role.Attached {
		policy, _ := b.policy(arn)
		out = append(out, source{id: policy.Name, kind: b.managedKind(arn), document: policy.inForce()})
	}
	return append(out, inputSources("PolicyInputList", extra)...)
}

func inputSources(list string, documents []string) []source {
	var out []source
	for i, document := range documents {
		id := fmt.Sprintf("%s.%d", list, i+1)
		out = append(out, source{id: id, kind: types.PolicySourceTypeNone, document: document})
	}
	return out
}

func (b *Backend) managedKind(arn string) types.PolicySourceType {
	if b.isAWSOwned(arn) {
		return types.PolicySourceTypeAwsManaged
	}
	return types.PolicySourceTypeUserManaged
}

// boundaryFor is the boundary to simulate with: the request's, else the role's.
func (b *Backend) boundaryFor(role *Role, override []string) []source {
	if len(override) > 0 {
		return inputSources("PermissionsBoundaryPolicyInputList", override)
	}
	policy, found := b.policy(role.Boundary)
	if !found {
		return nil
	}
	return []source{{id: policy.Name, kind: b.managedKind(role.Boundary), document: policy.inForce()}}
}

// simulatedContext is what the request brings, over what is known of any call
// by the role.
func (b *Backend) simulatedContext(role *Role, in *sdk.SimulatePrincipalPolicyInput) map[string][]string {
	caller := b.roleARN(role)
	if in.CallerArn != nil {
		caller = *in.CallerArn
	}
	now := b.now()
	out := map[string][]string{
		"aws:principalarn": {caller}, "aws:principalaccount": {b.env.Account}, "aws:principaltype": {"AssumedRole"},
		"aws:currenttime": {now.Format("2006-01-02T15:04:05Z")}, "aws:epochtime": {fmt.Sprint(now.Unix())},
	}
	for _, tag := range role.Tags {
		out["aws:principaltag/"+strings.ToLower(tag.Key)] = []string{tag.Value}
	}
	for _, entry := range in.ContextEntries {
		out[strings.ToLower(aws.ToString(entry.ContextKeyName))] = entry.ContextKeyValues
	}
	return out
}

func simulationPage(
	results []types.EvaluationResult, in *sdk.SimulatePrincipalPolicyInput,
) (*sdk.SimulatePrincipalPolicyOutput, error) {
	places := make([]int, len(results))
	for i := range places {
		places[i] = i
	}
	found, err := paginate(places, func(i int) string { return fmt.Sprintf("%09d", i) }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &sdk.SimulatePrincipalPolicyOutput{
		EvaluationResults: []types.EvaluationResult{}, IsTruncated: found.truncated, Marker: found.marker,
	}
	for _, i := range found.items {
		out.EvaluationResults = append(out.EvaluationResults, results[i])
	}
	return out, nil
}
