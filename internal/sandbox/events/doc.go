// Package events plays the rules and targets of Amazon EventBridge in one
// region, on the default event bus. It says which targets an event is for; the
// frame makes the events and brings them there.
//
// It guarantees that a rule which AWS refuses for its schedule, its pattern or
// its bus is refused, that putting a rule replaces all of it but its tags and its
// targets, and that a rule with targets is not deleted. The words of its
// refusals are AWS's.
package events

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"
)

// defaultBus is the event bus that every account has; the sandbox has no other.
const defaultBus = "default"

// Backend is EventBridge in one account and region. It is not safe for
// concurrent use; the frame serves one call at a time.
type Backend struct {
	env   *awsenv.Env
	state State
}

// State is everything that the backend remembers.
type State struct {
	// Rules by name.
	Rules map[string]*Rule
}

// Rule is what the last PutRule said, and what lasts longer.
type Rule struct {
	Spec    sdk.PutRuleInput
	State   types.RuleState
	Creator string
	Tags    []types.Tag
	Targets []types.Target // sorted by id
}

// New makes an EventBridge without rules.
func New(env *awsenv.Env) *Backend {
	return &Backend{env: env, state: State{Rules: map[string]*Rule{}}}
}

// State is the backend's whole memory, a *State that survives encoding/json.
func (b *Backend) State() any { return &b.state }

func invalid(format string, args ...any) *awserr.Error {
	return awserr.New("ValidationException", format, args...)
}

func notFound(format string, args ...any) *awserr.Error {
	return awserr.New("ResourceNotFoundException", format, args...)
}

func (b *Backend) arn(rule string) string { return b.env.ARN("events", "rule/"+rule) }

// checkBus refuses every event bus but the default one, by name or ARN.
func (b *Backend) checkBus(bus *string) error {
	if bus == nil || *bus == defaultBus || *bus == b.env.ARN("events", "event-bus/"+defaultBus) {
		return nil
	}
	return notFound("Event bus %s does not exist.", (*bus)[strings.LastIndex(*bus, "/")+1:])
}

// rule finds a rule of the default bus.
func (b *Backend) rule(name, bus *string) (*Rule, error) {
	if err := b.checkBus(bus); err != nil {
		return nil, err
	}
	if r, ok := b.state.Rules[aws.ToString(name)]; ok {
		return r, nil
	}
	return nil, notFound("Rule %s does not exist on EventBus %s.", aws.ToString(name), defaultBus)
}

// DescribeEventBus shows the default bus.
func (b *Backend) DescribeEventBus(in *sdk.DescribeEventBusInput) (*sdk.DescribeEventBusOutput, error) {
	if err := b.checkBus(in.Name); err != nil {
		return nil, err
	}
	return &sdk.DescribeEventBusOutput{Name: new(defaultBus), Arn: new(b.env.ARN("events", "event-bus/"+defaultBus))}, nil
}
