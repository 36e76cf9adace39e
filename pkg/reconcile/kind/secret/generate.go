package secret

import "fmt"

// withValue is d with the value that is stored, made now where the spec leaves
// it to be made. A value whose source was not read is an error.
func (k *Kind) withValue(d Desired) (Desired, error) {
	switch {
	case d.Value.IsSet():
		return d, nil
	case d.Generate == nil:
		return d, fmt.Errorf("the source of the secret %q was not read", d.Name)
	}
	var err error
	d.Value, err = d.Generate.Make(k.opts.Rand)
	return d, err
}
