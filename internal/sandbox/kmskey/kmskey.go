// Package kmskey says which KMS keys exist in an account that has no KMS.
//
// It guarantees that a key is found by whichever of its names a request uses
// (id, alias or ARN), and that without a declaration none exists.
package kmskey

import (
	"regexp"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awsenv"
)

// Every stands, among declared keys, for every key of good form.
const Every = "*"

// Exists says whether a key is one of those declared (ids, ARNs or aliases), by
// whichever of its names, or of good form if every key is.
func Exists(env *awsenv.Env, declared []string, key string) bool {
	if slices.Contains(declared, Every) {
		here := `arn:` + env.Partition + `:kms:` + env.Region + `:[0-9]{12}:`
		form := `^((` + here + `)?alias/[A-Za-z0-9/_-]+|(` + here + `key/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))$`
		ok, err := regexp.MatchString(form, key)
		return err == nil && ok
	}
	return slices.ContainsFunc(declared, func(known string) bool { return arn(env, known) == arn(env, key) })
}

// arn spells a key out: an id or an alias is of this account and region.
func arn(env *awsenv.Env, key string) string {
	switch {
	case strings.HasPrefix(key, "arn:"):
		return key
	case strings.HasPrefix(key, "alias/"):
		return env.ARN("kms", key)
	default:
		return env.ARN("kms", "key/"+strings.TrimPrefix(key, "key/"))
	}
}
