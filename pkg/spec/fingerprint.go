package spec

// FingerprintKeyName is the name of the secret that holds an owner's key for
// telling equal values without reading them.
func FingerprintKeyName(owner string) string { return owner + "/reconciler/fingerprint-key" }
