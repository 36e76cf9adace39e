package secret

// Verdict is what a version's id says of its value.
type Verdict string

// The verdicts.
const (
	// Unjudged: the secret is not among those that Desired saw last, its value
	// is not the spec's once it exists, or the fingerprint key was not read yet.
	// Only looking tells.
	Unjudged Verdict = "unjudged"
	// Wanted: the version holds the value that the spec wants.
	Wanted Verdict = "wanted"
	// Unwanted: the version was put by somebody else, or for another value. It
	// may hold the wanted value by chance, which observing finds out.
	Unwanted Verdict = "unwanted"
)

// Judges says what the id of a version that was put, its ClientRequestToken,
// tells of the secret called name. It calls nothing: the id proves the value
// by the fingerprint key, which the last Observe has read. That the version is
// AWSCURRENT is not known by this.
func (k *Kind) Judges(name, token string) Verdict {
	owner, wanted := k.remembered()
	want, found := wanted[name]
	key := k.keys.held(owner.keyName())
	if !found || want.CreateOnly || want.Generate != nil || key == nil || token == "" {
		return Unjudged
	}
	if key.of(want).proves(token, name, want.Value) {
		return Wanted
	}
	return Unwanted
}
