package events

import (
	"encoding/json"
	"time"
)

// trail is the part of a CloudTrail record that is of use (CloudTrail User
// Guide, "CloudTrail record contents").
type trail struct {
	EventSource         string                     `json:"eventSource"`
	EventName           string                     `json:"eventName"`
	EventTime           time.Time                  `json:"eventTime"`
	EventID             string                     `json:"eventID"`
	AWSRegion           string                     `json:"awsRegion"`
	RecipientAccountID  string                     `json:"recipientAccountId"`
	ErrorCode           string                     `json:"errorCode"`
	UserIdentity        identity                   `json:"userIdentity"`
	RequestParameters   map[string]json.RawMessage `json:"requestParameters"`
	ResponseElements    map[string]json.RawMessage `json:"responseElements"`
	AdditionalEventData map[string]json.RawMessage `json:"additionalEventData"`
	ServiceEventDetails map[string]json.RawMessage `json:"serviceEventDetails"`

	token string
}

// objects are what a record is about; none of a service or a call that leaves
// no object of ours otherwise than before.
func (t *trail) objects() ([]object, error) {
	switch t.EventSource {
	case "secretsmanager.amazonaws.com":
		return t.secrets()
	case "iam.amazonaws.com":
		return t.roles()
	case "ecs.amazonaws.com":
		return t.tasks()
	case "ssm.amazonaws.com":
		return t.parameters()
	default:
		return nil, nil
	}
}

// text is a request parameter that is a text; empty where it is absent.
func (t *trail) text(name string) (string, error) { return textOf(t.RequestParameters, name) }

// texts is a request parameter that is a list of texts.
func (t *trail) texts(name string) ([]string, error) {
	raw, ok := t.RequestParameters[name]
	if !ok {
		return nil, nil
	}
	var out []string
	return out, decode(raw, &out)
}

// textOf is a member that is a text; empty where it is absent or null.
func textOf(members map[string]json.RawMessage, name string) (string, error) {
	raw, ok := members[name]
	if !ok {
		return "", nil
	}
	var out *string
	if err := decode(raw, &out); err != nil || out == nil {
		return "", err
	}
	return *out, nil
}
