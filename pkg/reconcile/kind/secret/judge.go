package secret

import (
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// Judges says what the id of a version that was put, its ClientRequestToken,
// tells of the secret called name. It calls nothing: the id proves the value
// by the fingerprint key, which the last Observe has read; until then, and of
// values that are not the spec's once they exist, it tells nothing. That the
// version is AWSCURRENT is not known by this.
func (k *Kind) Judges(d *spec.Deployment, name, token string) resource.Verdict {
	key := k.keys.held(spec.FingerprintKeyName(d.Owner()))
	s, found := d.Secret(name)
	if !found || s.CreateOnly || s.From.Generate != nil || key == nil || token == "" {
		return resource.Unjudged
	}
	want := desiredOf(d, s)
	if key.of(want).proves(token, name, want.Value) {
		return resource.Wanted
	}
	return resource.Unwanted
}
