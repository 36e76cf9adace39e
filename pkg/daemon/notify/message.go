package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/plan"
	"ecs-reconciler/pkg/reconcile/resource"
)

// FormatVersion is the version of the JSON form. It changes when a reader of
// the old form would misread the new one.
const FormatVersion = "1"

// maxBody is how long a message may be: differences that would make it longer
// are left out.
const maxBody = 64 << 10

// Body is a message in the JSON form.
type Body struct {
	FormatVersion string        `json:"format_version"`
	ID            string        `json:"id"` // the same whenever the same message is sent again
	Text          string        `json:"text"`
	What          status.What   `json:"what"`
	At            time.Time     `json:"at"`
	Environment   string        `json:"environment"`
	AccountID     string        `json:"account_id"`
	Region        string        `json:"region"`
	Task          string        `json:"task,omitempty"`
	Kind          resource.Type `json:"kind,omitempty"`
	Name          string        `json:"name,omitempty"`
	Who           string        `json:"who,omitempty"`
	Note          string        `json:"note,omitempty"` // who changed it and when, as AWS keeps it
	Message       string        `json:"message,omitempty"`
	Fields        []plan.Field  `json:"fields,omitempty"`         // a sensitive one has neither before nor after
	FieldsOmitted int           `json:"fields_omitted,omitempty"` // how many there are, where they are too long
	More          int           `json:"more"`                     // events like this one since the message before
	Dropped       int           `json:"dropped"`                  // messages that were lost before this one
}

// body is the message in a format.
func (m message) body(f Format) ([]byte, error) {
	if f == Slack {
		return json.Marshal(m.slack())
	}
	b := Body{FormatVersion: FormatVersion, ID: m.id(), Text: m.text(), What: m.What, At: m.At.UTC(), Environment: m.Environment, AccountID: m.AccountID, Region: m.Region,
		Task: m.Task, Kind: m.Kind, Name: m.Name, Who: m.Who, Note: m.Note, Message: m.Record.Message, Fields: m.Fields, More: m.More, Dropped: m.Dropped}
	out, err := json.Marshal(b)
	if len(out) > maxBody && len(b.Fields) > 0 {
		b.Fields, b.FieldsOmitted = nil, len(m.Fields)
		out, err = json.Marshal(b)
	}
	return out, err
}

func (m message) id() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %d", m.Environment, m.What, m.Task, m.Kind, m.Name, m.At.UnixNano()))
	return hex.EncodeToString(sum[:8])
}

// text is the message in a line: "drift: role shop-report-task of report in
// production, by bob, and 12 more".
func (m message) text() string {
	var b strings.Builder
	b.WriteString(m.word() + ": ")
	if m.Kind != "" {
		b.WriteString(string(m.Kind) + " " + m.Name + " of ")
	}
	if m.Task != "" {
		b.WriteString(m.Task + " in ")
	}
	b.WriteString(m.Environment)
	if m.Who != "" {
		b.WriteString(", by " + m.Who)
	}
	if m.More > 0 {
		fmt.Fprintf(&b, ", and %d more", m.More)
	}
	return b.String()
}

func (m message) word() string {
	switch m.What {
	case status.Fought:
		return "fought over"
	case status.Stopped:
		return "stopped"
	case status.SpecBad:
		return "spec refused"
	default:
		return strings.ReplaceAll(string(m.What), "_", " ")
	}
}
