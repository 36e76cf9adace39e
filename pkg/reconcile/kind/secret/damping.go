package secret

import (
	"fmt"
	"strings"
	"time"

	"ecs-reconciler/pkg/spec"
)

// A secret that another writer keeps changing is put back this often within
// this time, and then left alone until the time has passed.
const (
	maxCorrections   = 3
	correctionWindow = 10 * time.Minute
)

// corrections are the times in the corrections tag, oldest first. What is no
// time is left out.
func (o Observed) corrections() []time.Time {
	var out []time.Time
	for _, word := range strings.Fields(o.Tags[spec.TagCorrections]) {
		if at, err := time.Parse(time.RFC3339, word); err == nil {
			out = append(out, at)
		}
	}
	return out
}

// correctedAt is the corrections tag after one more correction: the last ones
// alone, so that it does not grow.
func (o Observed) correctedAt(now time.Time) string {
	times := append(o.corrections(), now.UTC())
	var words []string
	for _, at := range times[max(0, len(times)-maxCorrections):] {
		words = append(words, at.UTC().Format(time.RFC3339))
	}
	return strings.Join(words, " ")
}

// quarrel is why a secret is left alone that moved again: others keep changing
// it. It is "" when it may be corrected.
func quarrel(d Desired, o Observed) string {
	times := o.corrections()
	if o.force || len(times) < maxCorrections || !moved(d, o) {
		return ""
	}
	oldest := times[len(times)-maxCorrections]
	if until := oldest.Add(correctionWindow); o.at.Before(until) {
		return fmt.Sprintf("another writer keeps changing it: it was put back %d times since %s, and is left alone until %s: "+
			"stop the other writer, or set `drift: ignore`, or run apply with --force", maxCorrections,
			oldest.UTC().Format("15:04:05"), until.UTC().Format("15:04:05 UTC"))
	}
	return ""
}
