package secret

import "context"

// Tag gives the secret tags beside those it is converged to.
func (k *Kind) Tag(ctx context.Context, o Observed, tags map[string]string) error {
	return k.tag(ctx, o.Name, o.ARN, tags)
}
