// Package trail writes an API call the way AWS CloudTrail records it and
// EventBridge passes it on.
//
// It guarantees that no secret value stands in an event: what CloudTrail leaves
// out is left out, what it hides is hidden, and so is all that AWS's model calls
// sensitive. An event has neither the id of its request nor, but for a secret's
// ARN, anything of the answer.
package trail

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ecs-reconciler/internal/sandbox/model"
)

// hidden is how CloudTrail shows what it does not show.
const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// Call is a call that was made.
type Call struct {
	Service   *model.Service
	Operation string
	Region    string // that the event is of
	Account   string
	At        time.Time
	// Input is the call's input as JSON.
	Input []byte
	// ARN is the secret's that the answer names, if it does.
	ARN string
	// Code and Message say how it failed; Code is empty where it did not.
	Code, Message string
	// CallerARN and CallerID are the caller's, and Role is the ARN of the role
	// that it assumed, if it did.
	CallerARN, CallerID, Role string
}

// Event is the call as an event with two ids: EventBridge's and CloudTrail's.
func Event(c Call, outer, inner string) ([]byte, error) {
	parameters, err := c.parameters()
	if err != nil {
		return nil, fmt.Errorf("write %s of %s for CloudTrail: %w", c.Operation, c.Service.Name, err)
	}
	at := c.At.UTC().Format(time.RFC3339)
	detail := map[string]any{
		"eventVersion": "1.11", "userIdentity": c.identity(), "eventTime": at, "eventSource": c.Service.Name + ".amazonaws.com",
		"eventName": c.Operation, "awsRegion": c.Region, "sourceIPAddress": "127.0.0.1", "userAgent": "sandbox",
		"requestParameters": parameters, "responseElements": nil, "eventID": inner, "readOnly": false, "eventType": "AwsApiCall",
		"managementEvent": true, "recipientAccountId": c.Account, "eventCategory": "Management",
	}
	if c.ARN != "" {
		detail["responseElements"] = map[string]any{"arn": c.ARN}
	}
	if c.Code != "" {
		detail["errorCode"], detail["errorMessage"] = c.Code, c.Message
	}
	return json.Marshal(map[string]any{
		"version": "0", "id": outer, "detail-type": "AWS API Call via CloudTrail", "source": "aws." + c.Service.Name,
		"account": c.Account, "time": at, "region": c.Region, "resources": []string{}, "detail": detail,
	})
}

// identity is the caller as CloudTrail has it (CloudTrail User Guide,
// "userIdentity element").
func (c Call) identity() map[string]any {
	out := map[string]any{"type": "IAMUser", "principalId": c.CallerID, "arn": c.CallerARN, "accountId": c.Account}
	switch {
	case strings.HasSuffix(c.CallerARN, ":root"):
		out["type"] = "Root"
	case strings.Contains(c.CallerARN, ":assumed-role/"):
		id, _, _ := strings.Cut(c.CallerID, ":")
		out["type"] = "AssumedRole"
		out["sessionContext"] = map[string]any{"sessionIssuer": map[string]any{
			"type": "Role", "principalId": id, "arn": c.Role, "accountId": c.Account, "userName": c.Role[strings.LastIndexByte(c.Role, '/')+1:],
		}}
	default:
		out["userName"] = c.CallerARN[strings.LastIndexByte(c.CallerARN, '/')+1:]
	}
	return out
}

// parameters are the request's.
func (c Call) parameters() (any, error) {
	var tree any
	if err := json.Unmarshal(c.Input, &tree); err != nil {
		return nil, err
	}
	return shown{c.Service}.value(c.Service.Operations[c.Operation].Input, tree), nil
}

// shown copies a request without what is secret.
type shown struct{ s *model.Service }

func (w shown) value(shapeName string, tree any) any {
	shape := w.s.Shapes[shapeName]
	switch tree := tree.(type) {
	case map[string]any:
		return w.object(shape, tree)
	case []any:
		out := make([]any, 0, len(tree))
		for _, item := range tree {
			out = append(out, w.value(shape.Elem, item))
		}
		return out
	case string:
		if shape.Sensitive || shape.Kind == model.Blob {
			return hidden
		}
	}
	return tree
}

// object writes members with a small first letter, as CloudTrail does for every
// service; keys of maps are the caller's.
func (w shown) object(shape model.Shape, tree map[string]any) map[string]any {
	out := make(map[string]any, len(tree))
	for name, value := range tree {
		member, ok := shape.Member(name)
		if !ok { // a map's key, or free-form JSON
			out[name] = w.value(shape.Elem, value)
			continue
		}
		switch treatment(w.s.Name, name) {
		case leftOut:
		case hiddenWhole:
			out[lower(name)] = hidden
		default:
			out[lower(name)] = w.value(member.Shape, value)
		}
	}
	return out
}

func lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// What becomes of a member.
const (
	told = iota
	hiddenWhole
	leftOut
)

// treatment is what CloudTrail does with members that may hold what nobody is
// to see: it leaves the values of secrets out (Secrets Manager User Guide, "Log
// events"), and public logs show it hide the others.
func treatment(service, member string) int {
	switch service + "." + member {
	case "secretsmanager.SecretString", "secretsmanager.SecretBinary":
		return leftOut
	case "ssm.Value", "ecs.environment", "ecs.command", "ecs.entryPoint":
		return hiddenWhole
	default:
		return told
	}
}
