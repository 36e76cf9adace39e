package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ecs-reconciler/pkg/reconcile/resource"
)

// FormatVersion is the version of the JSON form. It changes when a reader of
// the old form would misread the new one.
const FormatVersion = "1"

// Document is a plan as JSON: what `plan -o json` prints and `--out` saves.
// It never holds a sensitive value.
type Document struct {
	FormatVersion string         `json:"format_version"`
	Environment   string         `json:"environment"`
	AccountID     string         `json:"account_id"`
	Region        string         `json:"region"`
	Summary       Summary        `json:"summary"`
	Changes       []Entry        `json:"changes"`
	Warnings      []string       `json:"warnings"`
	AWSCalls      map[string]int `json:"aws_calls"`
	Scope         *Scope         `json:"scope,omitempty"` // only in a saved plan
}

// Scope is what a plan was narrowed to and widened by, beyond the spec.
type Scope struct {
	Tasks  []string          `json:"tasks"` // null for all
	Prune  bool              `json:"prune"`
	Images map[string]string `json:"images"` // by task; "" is for every other task
}

// Entry is one object of a Document.
type Entry struct {
	Kind      resource.Type   `json:"kind"`
	Name      string          `json:"name"`
	Tasks     []string        `json:"tasks"`
	Action    resource.Action `json:"action"`
	Reason    resource.Reason `json:"reason,omitempty"`
	Fields    []Field         `json:"fields"`
	DependsOn []string        `json:"depends_on"` // as "kind/name"
	Note      string          `json:"note,omitempty"`
	Held      string          `json:"held,omitempty"`
	Error     *Failure        `json:"error,omitempty"`
	Digest    string          `json:"digest,omitempty"` // see Change; only in a saved plan
}

// Field is one difference. Before and After are absent when it is sensitive,
// and null when the object has no such field.
type Field struct {
	Path      string
	Before    any
	After     any
	Sensitive bool
	Note      string
	Proof     string // see resource.FieldChange; only in a saved plan
}

// Failure is an error as JSON.
type Failure struct {
	Class   resource.Class `json:"class"`
	Message string         `json:"message"`
	Hint    string         `json:"hint"`
}

// MarshalJSON leaves before and after out of a sensitive field.
func (f Field) MarshalJSON() ([]byte, error) {
	if f.Sensitive {
		return json.Marshal(struct {
			Path      string `json:"path"`
			Sensitive bool   `json:"sensitive"`
			Note      string `json:"note,omitempty"`
			Proof     string `json:"proof,omitempty"`
		}{f.Path, true, f.Note, f.Proof})
	}
	return json.Marshal(struct {
		Path   string `json:"path"`
		Before any    `json:"before"`
		After  any    `json:"after"`
		Note   string `json:"note,omitempty"`
	}{f.Path, f.Before, f.After, f.Note})
}

// Head is what a Document says beside the plan.
type Head struct {
	Environment, AccountID, Region string
	Warnings                       []string
	AWSCalls                       map[string]int
	Scope                          Scope
}

// Document is the plan's JSON form as it is shown. Objects that need no change
// are counted, and listed only with showNoop.
func (p *Plan) Document(h Head, showNoop bool) Document {
	d := p.full(h)
	d.Scope = nil
	d.Changes = slices.DeleteFunc(d.Changes, func(e Entry) bool { return !showNoop && !e.Action.Writes() })
	for i := range d.Changes {
		d.Changes[i].unbind()
	}
	return d
}

// Shown is the change as it may be shown, alone.
func (c Change) Shown() Entry {
	e := c.entry()
	e.unbind()
	return e
}

// unbind takes away what only a saved plan holds.
func (e *Entry) unbind() {
	e.Digest = ""
	for i := range e.Fields {
		e.Fields[i].Proof = ""
	}
}

// full is the plan's JSON form as it is saved, with what binds it to the spec
// and to AWS as they were.
func (p *Plan) full(h Head) Document {
	d := Document{FormatVersion: FormatVersion, Environment: h.Environment, AccountID: h.AccountID, Region: h.Region,
		Summary: p.Summary(), Changes: make([]Entry, 0, len(p.Steps)), Warnings: append([]string{}, h.Warnings...), AWSCalls: h.AWSCalls, Scope: &h.Scope}
	for _, w := range p.Warnings {
		d.Warnings = append(d.Warnings, w.String())
	}
	if d.AWSCalls == nil {
		d.AWSCalls = map[string]int{}
	}
	for _, s := range p.Steps {
		d.Changes = append(d.Changes, s.entry())
	}
	return d
}

func (c Change) entry() Entry {
	e := Entry{Kind: c.Key.Type, Name: c.Key.Name, Tasks: orEmpty(c.Tasks), Action: c.Action, Reason: c.Reason,
		Fields: make([]Field, 0, len(c.Fields)), DependsOn: make([]string, 0, len(c.DependsOn)),
		Note: c.Note, Held: c.Held, Error: FailureOf(c.Blocked), Digest: c.Digest}
	for _, f := range c.Fields {
		e.Fields = append(e.Fields, field(f))
	}
	for _, k := range c.DependsOn {
		e.DependsOn = append(e.DependsOn, string(k.Type)+"/"+k.Name)
	}
	return e
}

// field drops the values of a sensitive field, should a kind have left them.
func field(f resource.FieldChange) Field {
	out := Field{Path: f.Path, Before: f.Before, After: f.After, Sensitive: f.Sensitive, Note: f.Note, Proof: f.Proof}
	if f.Sensitive {
		out.Before, out.After = nil, nil
	}
	return out
}

// FailureOf is err as JSON; nil for nil.
func FailureOf(err *resource.Error) *Failure {
	if err == nil {
		return nil
	}
	text := err.Message
	if err.Cause != nil {
		text += ": " + err.Cause.Error()
	}
	return &Failure{Class: err.Class, Message: text, Hint: err.Hint}
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// Save is the form that Load reads: everything, with the proofs that bind the
// plan to the sensitive values it was made from.
func (p *Plan) Save(h Head) ([]byte, error) {
	data, err := json.MarshalIndent(p.full(h), "", " ")
	if err != nil {
		return nil, fmt.Errorf("cannot write the plan as JSON: %w", err)
	}
	return append(data, '\n'), nil
}

// Saved is a plan read back from a file. It can only be compared: what apply
// executes is a plan made anew that Matches it.
type Saved struct {
	Environment string
	AccountID   string
	Region      string
	Scope       Scope
	changes     []byte
}

// errNotSaved leaves out what the decoder says, which speaks of Go's types.
var errNotSaved = errors.New("not a saved plan: it is not the JSON that plan --out writes")

// Load reads what Save wrote.
func Load(data []byte) (*Saved, error) {
	var d struct {
		FormatVersion string          `json:"format_version"`
		Environment   string          `json:"environment"`
		AccountID     string          `json:"account_id"`
		Region        string          `json:"region"`
		Scope         Scope           `json:"scope"`
		Changes       json.RawMessage `json:"changes"`
	}
	if json.Unmarshal(data, &d) != nil {
		return nil, errNotSaved
	}
	if d.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan has format_version %q and this program reads %q", d.FormatVersion, FormatVersion)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, d.Changes) != nil {
		return nil, errNotSaved
	}
	return &Saved{d.Environment, d.AccountID, d.Region, d.Scope, compact.Bytes()}, nil
}

// Matches tells whether p is the same plan: the same objects, differences and
// sensitive values, to the letter.
func (s *Saved) Matches(p *Plan) (bool, error) {
	changes, err := json.Marshal(p.full(Head{}).Changes)
	if err != nil {
		return false, fmt.Errorf("cannot write the plan as JSON: %w", err)
	}
	return bytes.Equal(changes, s.changes), nil
}
