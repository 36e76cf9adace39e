package events

import "time"

// Own knows which changes are this process's own work, of which it need not
// be told: those by a caller that it is, and puts of the tokens that it gave.
// It is safe for concurrent use once Callers is set.
type Own struct {
	// Callers are the ARNs that the process calls AWS with, as GetCallerIdentity
	// gives them: a session's, not its role's. A session of another name is
	// somebody else.
	Callers []string
	tokens  *Recent
}

// What Own remembers: CloudTrail's events come within minutes as a rule.
const (
	ownTokens = 10_000
	ownSpan   = time.Hour
)

// NewOwn knows nothing yet but the callers.
func NewOwn(now func() time.Time, callers ...string) *Own {
	return &Own{Callers: callers, tokens: NewRecent(ownTokens, ownSpan, now)}
}

// Wrote remembers the token of a version that is about to be put.
func (o *Own) Wrote(token string) { o.tokens.Add(token) }

// Caused says whether a change is this process's own.
func (o *Own) Caused(c Change) bool {
	for _, caller := range o.Callers {
		if caller != "" && c.ActorARN == caller {
			return true
		}
	}
	return c.Token != "" && o.tokens.Has(c.Token)
}
