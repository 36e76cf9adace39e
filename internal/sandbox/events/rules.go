package events

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"ecs-reconciler/internal/sandbox/awserr"
	"ecs-reconciler/internal/sandbox/paging"
	"ecs-reconciler/internal/sandbox/timing"
)

// maxPage is the largest page of every list, and the usual one.
const maxPage = 100

// PutRule makes a rule, or replaces one: what the request leaves out is gone,
// save for targets and tags. Tags are a new rule's alone.
func (b *Backend) PutRule(in *sdk.PutRuleInput) (*sdk.PutRuleOutput, error) {
	if err := b.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	if err := checkRule(in); err != nil {
		return nil, err
	}
	spec := *in
	spec.Tags, spec.EventBusName = nil, nil
	name := aws.ToString(in.Name)
	r, exists := b.state.Rules[name]
	if !exists {
		r = &Rule{Creator: b.env.Account}
		if err := r.tag(in.Tags); err != nil {
			return nil, err
		}
		b.state.Rules[name] = r
	}
	r.Spec, r.State = spec, cmp.Or(in.State, types.RuleStateEnabled)
	return &sdk.PutRuleOutput{RuleArn: new(b.arn(name))}, nil
}

func checkRule(in *sdk.PutRuleInput) error {
	schedule, pattern := aws.ToString(in.ScheduleExpression), aws.ToString(in.EventPattern)
	switch {
	case schedule == "" && pattern == "":
		return invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	case schedule != "" && !timing.IsCron(schedule) && !timing.IsStrictRate(schedule):
		return invalid("Parameter ScheduleExpression is not valid.")
	case pattern != "":
		return checkPattern(pattern)
	}
	return nil
}

// checkPattern refuses what is no pattern: an object whose leaves are lists.
func checkPattern(pattern string) error {
	var tree map[string]any
	if json.Unmarshal([]byte(pattern), &tree) != nil {
		return badPattern("Unable to parse JSON")
	}
	if len(tree) == 0 {
		return badPattern("Empty event pattern is not allowed")
	}
	return checkBranch(tree)
}

func checkBranch(tree map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		switch value := tree[key].(type) {
		case map[string]any:
			if err := checkBranch(value); err != nil {
				return err
			}
		case []any:
			if err := checkLeaf(key, value); err != nil {
				return err
			}
		default:
			return badPattern(`"` + key + `" must be an object or an array`)
		}
	}
	return nil
}

func badPattern(why string) error {
	return awserr.New("InvalidEventPatternException", "Event pattern is not valid. Reason: %s", why)
}

// DescribeRule shows a rule.
func (b *Backend) DescribeRule(in *sdk.DescribeRuleInput) (*sdk.DescribeRuleOutput, error) {
	r, err := b.rule(in.Name, in.EventBusName)
	if err != nil {
		return nil, err
	}
	return &sdk.DescribeRuleOutput{
		Name: r.Spec.Name, Arn: new(b.arn(*r.Spec.Name)), EventBusName: new(defaultBus), State: r.State, CreatedBy: new(r.Creator),
		Description: r.Spec.Description, EventPattern: r.Spec.EventPattern, RoleArn: r.Spec.RoleArn,
		ScheduleExpression: r.Spec.ScheduleExpression,
	}, nil
}

// DeleteRule forgets a rule without targets; one that is not there is no error.
func (b *Backend) DeleteRule(in *sdk.DeleteRuleInput) (*sdk.DeleteRuleOutput, error) {
	if err := b.checkBus(in.EventBusName); err != nil {
		return nil, err
	}
	r, exists := b.state.Rules[aws.ToString(in.Name)]
	if exists && len(r.Targets) > 0 {
		return nil, invalid("Rule can't be deleted since it has targets.")
	}
	delete(b.state.Rules, aws.ToString(in.Name))
	return &sdk.DeleteRuleOutput{}, nil
}

// EnableRule enables a rule.
func (b *Backend) EnableRule(in *sdk.EnableRuleInput) (*sdk.EnableRuleOutput, error) {
	r, err := b.rule(in.Name, in.EventBusName)
	if err != nil {
		return nil, err
	}
	r.State = types.RuleStateEnabled
	return &sdk.EnableRuleOutput{}, nil
}

// DisableRule disables a rule.
func (b *Backend) DisableRule(in *sdk.DisableRuleInput) (*sdk.DisableRuleOutput, error) {
	r, err := b.rule(in.Name, in.EventBusName)
	if err != nil {
		return nil, err
	}
	r.State = types.RuleStateDisabled
	return &sdk.DisableRuleOutput{}, nil
}

// ListRules lists rules by name.
func (b *Backend) ListRules(in *sdk.ListRulesInput) (*sdk.ListRulesOutput, error) {
	names, next, err := b.names(in.EventBusName, in.NextToken, in.Limit, func(r *Rule) bool {
		return strings.HasPrefix(*r.Spec.Name, aws.ToString(in.NamePrefix))
	})
	if err != nil {
		return nil, err
	}
	out := &sdk.ListRulesOutput{Rules: []types.Rule{}, NextToken: next}
	for _, name := range names {
		r := b.state.Rules[name]
		out.Rules = append(out.Rules, types.Rule{
			Name: new(name), Arn: new(b.arn(name)), EventBusName: new(defaultBus), State: r.State, Description: r.Spec.Description,
			EventPattern: r.Spec.EventPattern, RoleArn: r.Spec.RoleArn, ScheduleExpression: r.Spec.ScheduleExpression,
		})
	}
	return out, nil
}

// ListRuleNamesByTarget lists the rules that have a target with an ARN.
func (b *Backend) ListRuleNamesByTarget(in *sdk.ListRuleNamesByTargetInput) (*sdk.ListRuleNamesByTargetOutput, error) {
	names, next, err := b.names(in.EventBusName, in.NextToken, in.Limit, func(r *Rule) bool {
		return slices.ContainsFunc(r.Targets, func(t types.Target) bool { return *t.Arn == *in.TargetArn })
	})
	if err != nil {
		return nil, err
	}
	return &sdk.ListRuleNamesByTargetOutput{RuleNames: names, NextToken: next}, nil
}

// names is one page of the rules that are asked for.
func (b *Backend) names(bus, token *string, limit *int32, asked func(*Rule) bool) ([]string, *string, error) {
	if err := b.checkBus(bus); err != nil {
		return nil, nil, err
	}
	names := []string{}
	for _, name := range slices.Sorted(maps.Keys(b.state.Rules)) {
		if asked(b.state.Rules[name]) {
			names = append(names, name)
		}
	}
	page, next, err := paging.Cut(names, func(name string) string { return name }, token, sizeOr(limit))
	if err != nil {
		return nil, nil, badToken()
	}
	return page, next, nil
}

func sizeOr(limit *int32) int {
	if limit == nil {
		return maxPage
	}
	return int(*limit)
}

func badToken() error { return invalid("Parameter NextToken is not valid.") }
