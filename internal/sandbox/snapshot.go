package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// stateFormat is raised when an older file can no longer be read. Format 1 had
// no settings and no journal after it.
const stateFormat = 2

// snapshot is all of a world, and the first line of the state file. It has
// secrets in the clear.
type snapshot struct {
	Format  int    `json:"format"`
	Account string `json:"account"`
	// Settings are those of the process that wrote it: what follows it in the
	// file was performed under them.
	Settings settings                   `json:"settings"`
	Entropy  []byte                     `json:"entropy,omitempty"`
	Services map[string]json.RawMessage `json:"services"`
}

// settings are the options that an operation's outcome hangs on.
type settings struct {
	Region     string        `json:"region"`
	KMSKeys    []string      `json:"kms_keys,omitempty"`
	RoleDelay  time.Duration `json:"role_delay,omitempty"`
	EnforceIAM bool          `json:"enforce_iam,omitempty"`
	EventDelay time.Duration `json:"event_delay,omitempty"`
}

func (o Options) settings() settings {
	return settings{o.Region, o.KMSKeys, o.RoleDelay, o.EnforceIAM, o.EventDelay}
}

// with is the options with the settings of a snapshot, if it has any.
func (o Options) with(s settings) Options {
	if s.Region == "" {
		return o
	}
	o.Region, o.KMSKeys, o.RoleDelay, o.EnforceIAM, o.EventDelay = s.Region, s.KMSKeys, s.RoleDelay, s.EnforceIAM, s.EventDelay
	return o
}

func (s settings) equal(other settings) bool { return reflect.DeepEqual(s, other) }

// readSnapshot reads a line, of which no text is repeated in errors.
func readSnapshot(line []byte) (snapshot, error) {
	var out snapshot
	if err := json.Unmarshal(line, &out); err != nil {
		return snapshot{}, errors.New("is not whole JSON")
	}
	if out.Format < 1 || out.Format > stateFormat {
		return snapshot{}, fmt.Errorf("has format %d, not %d", out.Format, stateFormat)
	}
	return out, nil
}

// line is the snapshot as one line, which ends it.
func (s snapshot) line() ([]byte, error) {
	raw, err := json.Marshal(s)
	return append(raw, '\n'), err
}

// snapshot is taken under the server's lock.
func (w *world) snapshot() (snapshot, error) {
	drawn, err := w.entropy.save()
	if err != nil {
		return snapshot{}, err
	}
	services, err := w.written()
	return snapshot{
		Format: stateFormat, Account: w.opts.Account, Settings: w.opts.settings(), Entropy: drawn, Services: services,
	}, err
}

// written is every segment that holds something: looking at a region leaves
// nothing behind.
func (w *world) written() (map[string]json.RawMessage, error) {
	out, blank := map[string]json.RawMessage{}, newWorld(w.opts, w.entropy)
	for key, b := range w.segments() {
		nothing, ok := blank.segmentOf(key)
		raw, err := json.Marshal(b.state)
		empty, emptyErr := json.Marshal(nothing.state)
		if err := errors.Join(err, emptyErr); err != nil {
			return nil, fmt.Errorf("state of %s: %w", key, err)
		}
		if !ok || !bytes.Equal(raw, empty) {
			out[key] = raw
		}
	}
	return out, nil
}

// fill puts a snapshot into a world that is empty. The entropy is left to the
// caller, since worlds may share one.
func (w *world) fill(from snapshot) error {
	if from.Account != w.opts.Account {
		return fmt.Errorf("is of account %s, not %s", from.Account, w.opts.Account)
	}
	for key, raw := range from.Services {
		b, ok := w.segmentOf(key)
		if !ok {
			return fmt.Errorf("speaks of a service %q that this version does not have", key)
		}
		if json.Unmarshal(raw, b.state) != nil {
			return fmt.Errorf("has a part %q that cannot be read", key)
		}
	}
	return nil
}

// worldOf is a world out of a snapshot, with its source of entropy where it was.
func worldOf(from snapshot, opts Options, source *entropy) (*world, error) {
	w := newWorld(opts, source)
	if err := w.fill(from); err != nil {
		return nil, err
	}
	if source.restore(from.Entropy) != nil {
		return nil, errors.New(`has a part "entropy" that cannot be read`)
	}
	return w, nil
}

// splitSegment parts "us-west-2/ecs" into region and service; a global
// service has no region.
func splitSegment(key string) (region, service string) {
	if region, service, ok := strings.Cut(key, "/"); ok {
		return region, service
	}
	return "", key
}
