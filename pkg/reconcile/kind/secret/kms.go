package secret

import "strings"

// defaultKMSAlias is AWS's own key, which observed secrets show as none.
const defaultKMSAlias = "alias/aws/secretsmanager"

// sameKMSKey compares the names of two KMS keys: an id, an alias, or the ARN
// of either. An alias and an id cannot be compared without asking KMS; they
// are taken for the same when applied says that our last apply set the key.
func sameKMSKey(desired, observed string, applied bool) bool {
	d, o := bareKey(desired), bareKey(observed)
	if isAlias(d) != isAlias(o) && d != "" && o != "" {
		return applied
	}
	bothInFull := strings.HasPrefix(desired, "arn:") && strings.HasPrefix(observed, "arn:")
	return d == o && (!bothInFull || desired == observed)
}

// keyInFull is the ARN that a key's id or alias is short for beside the secret
// called arn: a short name is one of that account and region.
func keyInFull(name, arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if bareKey(name) == "" || strings.HasPrefix(name, "arn:") || len(parts) < 6 {
		return name
	}
	if !isAlias(name) {
		name = "key/" + name
	}
	return strings.Join([]string{"arn", parts[1], "kms", parts[3], parts[4], name}, ":")
}

// bareKey is the id or the alias in a key's name; "" is AWS's own key.
func bareKey(name string) string {
	if strings.HasPrefix(name, "arn:") {
		name = name[strings.LastIndex(name, ":")+1:]
		name = strings.TrimPrefix(name, "key/")
	}
	if name == defaultKMSAlias {
		return ""
	}
	return name
}

func isAlias(name string) bool { return strings.HasPrefix(name, "alias/") }
