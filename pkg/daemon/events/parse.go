package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxBody is what SQS takes at most.
const maxBody = 1 << 20

// envelope is an event as EventBridge sends it (EventBridge User Guide, "Event
// structure").
type envelope struct {
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Region     string          `json:"region"`
	Time       time.Time       `json:"time"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// Parse reads one message. An event of no interest gives no change, and one
// that touches several objects at once several. An error says what is wrong
// with the message and repeats nothing of it.
func Parse(body []byte) ([]Change, error) {
	if len(body) > maxBody {
		return nil, errors.New("it is larger than a message can be")
	}
	var e envelope
	if err := decode(body, &e); err != nil {
		return nil, err
	}
	if e.DetailType == "" || e.Source == "" || e.ID == "" {
		return nil, errors.New("it is no event of EventBridge: it has no id, source or detail-type")
	}
	objects, call, err := e.read()
	if err != nil {
		return nil, fmt.Errorf("its detail: %w", err)
	}
	out := make([]Change, 0, len(objects))
	for _, o := range objects {
		if o.name != "" {
			out = append(out, e.change(o, call))
		}
	}
	return out, nil
}

// object is what an event names.
type object struct{ kind, name string }

// read tells what an event is about, and what it is.
func (e envelope) read() ([]object, trail, error) {
	switch e.DetailType {
	case "AWS API Call via CloudTrail", "AWS Service Event via CloudTrail":
		var t trail
		if err := decode(e.Detail, &t); err != nil {
			return nil, trail{}, err
		}
		objects, err := t.objects()
		return objects, t, err
	case "ECS Deployment State Change":
		return e.deployment()
	case "Parameter Store Change":
		return e.parameter()
	default:
		return nil, trail{}, nil
	}
}

// change puts together what the envelope and the call say.
func (e envelope) change(o object, t trail) Change {
	out := Change{
		Kind: o.kind, Name: o.name, Account: e.Account, Region: e.Region, Event: shown(t.EventName), Token: t.token,
		Actor: t.UserIdentity.words(), ActorARN: t.UserIdentity.ARN, Failed: t.ErrorCode != "", At: t.EventTime, ID: e.ID,
	}
	// EventBridge's own account and region are those of the trail's event, which
	// stands closer to what was done: an event may be forwarded.
	if t.AWSRegion != "" {
		out.Region = t.AWSRegion
	}
	if o.kind == Role {
		out.Region = ""
	}
	if t.RecipientAccountID != "" {
		out.Account = t.RecipientAccountID
	}
	if t.EventID != "" {
		out.ID = t.EventID
	}
	if out.At.IsZero() {
		out.At = e.Time
	}
	return out
}

// decode reads JSON. Its error tells a place and no content.
func decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("%s is of another type than expected", strings.TrimSpace("a member "+kind.Field))
	default:
		return errors.New("it holds a value that cannot be read")
	}
}
