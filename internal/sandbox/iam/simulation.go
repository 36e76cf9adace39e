package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/iam/policydoc"
)

// simulation is the policies and the context of one SimulatePrincipalPolicy.
type simulation struct {
	sources, boundary []source
	context           map[string][]string
}

// all decides every action on every resource, or on * when none is named.
func (s simulation) all(actions, resources []string) ([]types.EvaluationResult, error) {
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	var out []types.EvaluationResult
	for _, action := range actions {
		for _, resource := range resources {
			result, err := s.one(policydoc.Request{Action: action, Resource: resource, Context: s.context})
			if err != nil {
				return nil, err
			}
			out = append(out, result)
		}
	}
	return out, nil
}

func (s simulation) one(request policydoc.Request) (types.EvaluationResult, error) {
	verdict, err := policydoc.Evaluate(documents(s.sources), request)
	if err != nil {
		return types.EvaluationResult{}, err
	}
	result := types.EvaluationResult{
		EvalActionName: aws.String(request.Action), EvalResourceName: aws.String(request.Resource),
		EvalDecision:      types.PolicyEvaluationDecisionType(verdict.Decision),
		MatchedStatements: matched(s.sources, verdict.Matches), MissingContextValues: verdict.Missing,
	}
	if err := s.bound(&result, request); err != nil {
		return types.EvaluationResult{}, err
	}
	result.ResourceSpecificResults = []types.ResourceSpecificResult{{
		EvalResourceName: result.EvalResourceName, EvalResourceDecision: result.EvalDecision,
		MatchedStatements: result.MatchedStatements, MissingContextValues: result.MissingContextValues,
		PermissionsBoundaryDecisionDetail: result.PermissionsBoundaryDecisionDetail,
	}}
	return result, nil
}

// bound narrows a result to what the boundary allows too.
func (s simulation) bound(result *types.EvaluationResult, request policydoc.Request) error {
	if len(s.boundary) == 0 {
		return nil
	}
	verdict, err := policydoc.Evaluate(documents(s.boundary), request)
	if err != nil {
		return err
	}
	result.PermissionsBoundaryDecisionDetail = &types.PermissionsBoundaryDecisionDetail{
		AllowedByPermissionsBoundary: verdict.Decision == policydoc.Allowed,
	}
	switch {
	case verdict.Decision == policydoc.ExplicitDeny:
		result.EvalDecision = types.PolicyEvaluationDecisionTypeExplicitDeny
		result.MatchedStatements = matched(s.boundary, verdict.Matches)
	case verdict.Decision == policydoc.ImplicitDeny && result.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed:
		result.EvalDecision = types.PolicyEvaluationDecisionTypeImplicitDeny
		result.MatchedStatements = nil
	}
	return nil
}

func documents(sources []source) []string {
	out := make([]string, 0, len(sources))
	for _, s := range sources {
		out = append(out, s.document)
	}
	return out
}

func matched(sources []source, matches []policydoc.Match) []types.Statement {
	out := make([]types.Statement, 0, len(matches))
	for _, m := range matches {
		from := sources[m.Policy]
		out = append(out, types.Statement{
			SourcePolicyId: aws.String(from.id), SourcePolicyType: from.kind,
			StartPosition: position(from.document, m.Start), EndPosition: position(from.document, m.End),
		})
	}
	return out
}

// position is an offset as line and column, both from 1.
func position(text string, offset int) *types.Position {
	before := text[:offset]
	line, column := strings.Count(before, "\n")+1, offset-strings.LastIndex(before, "\n")
	return &types.Position{
		Line:   int32(line),   // a document has at most 131,072 characters
		Column: int32(column), // a document has at most 131,072 characters
	}
}
