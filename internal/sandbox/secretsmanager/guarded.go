package secretsmanager

// Guarded is a secret as far as permissions hang on it.
type Guarded struct {
	ARN  string
	Tags map[string]string
	// Policy is the resource policy, or empty.
	Policy string
}

// Guarded finds the secret that an id means, one scheduled for deletion included.
func (b *Backend) Guarded(id string) (Guarded, bool) {
	s, err := b.find(&id)
	if err != nil {
		return Guarded{}, false
	}
	out := Guarded{ARN: s.ARN, Tags: map[string]string{}}
	for _, tag := range s.Tags {
		out.Tags[*tag.Key] = *tag.Value
	}
	if s.Policy != nil {
		out.Policy = *s.Policy
	}
	return out, true
}
