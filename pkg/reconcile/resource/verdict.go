package resource

import "ecs-reconciler/pkg/spec"

// Verdict is what the id of a write says of what was written.
type Verdict string

// The verdicts.
const (
	// Unjudged: only looking tells.
	Unjudged Verdict = "unjudged"
	// Wanted: what the spec wants was written.
	Wanted Verdict = "wanted"
	// Unwanted: somebody else wrote it, or something else was wanted then. It may
	// be what is wanted by chance, which observing finds out.
	Unwanted Verdict = "unwanted"
)

// Judge is a kind that can tell by the id of a write alone, without asking AWS,
// whether it is as the deployment wants it.
type Judge interface {
	Judges(d *spec.Deployment, name, token string) Verdict
}
