package spec

import "strings"

// KMSKeys compares the names of KMS keys: an id, an alias, or the ARN of
// either.
type KMSKeys struct {
	Own string // the alias of AWS's own key, which an empty name stands for too
	ARN string // of what is encrypted: a short name is one of that account and region
}

// Same tells whether two names are of one key. An alias and an id cannot be
// compared without asking KMS; they are taken for the same when applied says
// that our last apply set the key.
func (k KMSKeys) Same(desired, observed string, applied bool) bool {
	desired, observed = k.inFull(desired), k.inFull(observed)
	d, o := k.bare(desired), k.bare(observed)
	if isAlias(d) != isAlias(o) && d != "" && o != "" {
		return applied
	}
	bothInFull := strings.HasPrefix(desired, "arn:") && strings.HasPrefix(observed, "arn:")
	return d == o && (d == "" || !bothInFull || desired == observed)
}

// inFull is the ARN that a key's id or alias is short for.
func (k KMSKeys) inFull(name string) string {
	parts := strings.SplitN(k.ARN, ":", 6)
	if k.bare(name) == "" || strings.HasPrefix(name, "arn:") || len(parts) < 6 {
		return name
	}
	if !isAlias(name) {
		name = "key/" + name
	}
	return strings.Join([]string{"arn", parts[1], "kms", parts[3], parts[4], name}, ":")
}

// bare is the id or the alias in a key's name; "" is AWS's own key.
func (k KMSKeys) bare(name string) string {
	if strings.HasPrefix(name, "arn:") {
		name = name[strings.LastIndex(name, ":")+1:]
		name = strings.TrimPrefix(name, "key/")
	}
	if name == k.Own {
		return ""
	}
	return name
}

func isAlias(name string) bool { return strings.HasPrefix(name, "alias/") }
