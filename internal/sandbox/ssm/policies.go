package ssm

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

const (
	expiration   = "Expiration"
	notice       = "ExpirationNotification"
	noChange     = "NoChangeNotification"
	maxPolicies  = 10
	policyActive = "Pending"
)

// policyDocument is one policy as PutParameter takes it.
type policyDocument struct {
	Type, Version string
	Attributes    struct{ Timestamp, Before, After, Unit string }
}

// parsePolicies reads the JSON array of policies; an empty one takes all away.
func parsePolicies(text *string) ([]Policy, error) {
	if text == nil {
		return nil, nil
	}
	var raw []json.RawMessage
	if json.Unmarshal([]byte(*text), &raw) != nil {
		return nil, invalid("Policies must be a JSON array.")
	}
	if len(raw) > maxPolicies {
		return nil, awserr.New("PoliciesLimitExceededException", "A parameter can have a maximum of %d policies.", maxPolicies)
	}
	out := []Policy{}
	for _, one := range raw {
		policy, err := parsePolicy(one)
		if err != nil {
			return nil, err
		}
		if policy.Type == expiration && slices.ContainsFunc(out, func(p Policy) bool { return p.Type == expiration }) {
			return nil, awserr.New("IncompatiblePolicyException", "You can't specify two Expiration policies for a parameter.")
		}
		out = append(out, policy)
	}
	return out, nil
}

func parsePolicy(raw json.RawMessage) (Policy, error) {
	var doc policyDocument
	if json.Unmarshal(raw, &doc) != nil {
		return Policy{}, badAttribute("The policy cannot be read.")
	}
	out := Policy{Text: string(raw), Type: doc.Type}
	if doc.Version != "1.0" {
		return out, badAttribute("The policy's version must be 1.0.")
	}
	switch doc.Type {
	case expiration:
		at, err := time.Parse(time.RFC3339, doc.Attributes.Timestamp)
		if err != nil {
			return out, badAttribute("Timestamp must be an ISO 8601 time.")
		}
		out.Expires = new(at.UTC())
		return out, nil
	case notice:
		return out, checkSpan(doc.Attributes.Before, doc.Attributes.Unit)
	case noChange:
		return out, checkSpan(doc.Attributes.After, doc.Attributes.Unit)
	default:
		return out, awserr.New("InvalidPolicyTypeException", "The policy type isn't supported. Parameter Store supports the "+
			"following policy types: Expiration, ExpirationNotification, and NoChangeNotification.")
	}
}

func checkSpan(count, unit string) error {
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || unit != "Days" && unit != "Hours" {
		return badAttribute("A notification needs a number of Days or Hours.")
	}
	return nil
}

func badAttribute(why string) *awserr.Error {
	return awserr.New("InvalidPolicyAttributeException", "A policy attribute or its value is invalid. %s", why)
}

func shownPolicies(policies []Policy) []types.ParameterInlinePolicy {
	out := []types.ParameterInlinePolicy{}
	for _, p := range policies {
		out = append(out, types.ParameterInlinePolicy{
			PolicyText: new(p.Text), PolicyType: new(p.Type), PolicyStatus: new(policyActive),
		})
	}
	return out
}
