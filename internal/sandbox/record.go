package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ecs-reconciler/internal/sandbox/access"
	"ecs-reconciler/internal/sandbox/awserr"
)

// record is one operation that was performed, with all that it hung on beside
// the state. Performed again on the same state it does the same, to the letter.
type record struct {
	At        time.Time        `json:"at"`
	Caller    access.Principal `json:"caller"`
	Region    string           `json:"region"`
	Service   string           `json:"service,omitempty"` // none: not of AWS, see ownSecret
	Operation string           `json:"operation"`
	// Input is the operation's input as a JSON body, whatever the protocol.
	Input json.RawMessage `json:"input"`
	// Entropy is the place in the stream of identifiers beforehand.
	Entropy []byte `json:"entropy"`
	// Error is the code that the operation failed with. A failure may have
	// changed something too, so it is kept as well.
	Error string `json:"error,omitempty"`
}

// errOtherOutcome says that the same on the same did not do the same, which
// only a program that behaves otherwise can bring about.
var errOtherOutcome = errors.New("does not do what it did")

// codeOf is how a record notes an operation's error; "" for none.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return awserr.From(err).Code
}

// replay performs a record again.
func (w *world) replay(services map[string]*served, r record) error {
	if err := w.entropy.restore(r.Entropy); err != nil {
		return err
	}
	w.at = r.At
	w.setCaller(r.Caller)
	perform, err := w.again(services, r)
	if err != nil {
		return err
	}
	if code := codeOf(perform()); code != r.Error {
		return errOtherOutcome
	}
	return nil
}

// again finds out what a record asks for.
func (w *world) again(services map[string]*served, r record) (func() error, error) {
	if !regionName(r.Region) {
		return nil, fmt.Errorf("there is no region %q", r.Region)
	}
	if r.Service == "" && r.Operation == ownSecret {
		return w.owning(r)
	}
	op, ok := w.place(r.Region, r.Service).backends[r.Service].operations[r.Operation]
	if !ok {
		return nil, fmt.Errorf("there is no operation %s of %s", r.Operation, r.Service)
	}
	in := op.input()
	if err := services[r.Service].codec.ReadJSON(r.Operation, r.Input, in); err != nil {
		return nil, err
	}
	return func() error { _, err := op.perform(in); return err }, nil
}

// ownSecret is the operation of Server.OwnSecret, which AWS does not have.
const ownSecret = "OwnSecret"

// owner is its input.
type owner struct{ Name, Service string }

func (w *world) owning(r record) (func() error, error) {
	var in owner
	if err := json.Unmarshal(r.Input, &in); err != nil {
		return nil, err
	}
	return func() error { return w.secretsOf(r.Region).Own(in.Name, in.Service) }, nil
}
