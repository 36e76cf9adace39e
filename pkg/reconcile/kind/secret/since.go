package secret

import (
	"context"
	"slices"
	"strings"
	"time"

	"ecs-reconciler/pkg/spec"
)

// A rotation of the fingerprint key puts a value again that has been there for
// long, and tells so in a tag:
//
//	TIME VERSION VERSION
//
// since when the value is there, as RFC 3339, and the versions that have it, the
// one before and the one after. Of any other version the tag says nothing, so
// that a value put later is never taken for older than it is.

// since is when the value of the current version was first put, as a rotation
// tells it; false where none does.
func (o Observed) since() (time.Time, bool) {
	words := strings.Fields(o.Tags[spec.TagValueSince])
	if len(words) < 2 || !slices.Contains(words[1:], o.current()) {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, words[0])
	return at, err == nil
}

// carryDate tells, before a version becomes current, since when its value has
// been. Cut off after that, the tag is still true of the current version.
func (w *writer) carryDate(ctx context.Context) error {
	at, err := w.writtenAt(ctx, w.observed)
	if err != nil || at.IsZero() { // of a version that is gone there is no date
		return err
	}
	tag := strings.Join([]string{at.UTC().Format(time.RFC3339Nano), w.from, w.token}, " ")
	if tag == w.observed.Tags[spec.TagValueSince] {
		return nil
	}
	return w.tag(ctx, w.observed.Name, w.observed.ARN, map[string]string{spec.TagValueSince: tag})
}
