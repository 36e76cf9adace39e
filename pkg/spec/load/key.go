package load

import (
	"fmt"

	"ecs-reconciler/pkg/spec"
)

// key refuses a KMS key that AWS could not use for a secret or parameter here.
// What is no key at all is found by the object's own check.
func (r *resolver) key(object string, id *string, at spec.Position, path string) {
	if id == nil {
		return
	}
	arn, err := spec.ParseARN(*id)
	if err != nil {
		return // an id, an alias, or nothing for AWS's own key
	}
	refuse := func(hint, what, theirs, ours string) {
		r.complain(at, path, hint, fmt.Sprintf("the key is in the %s %s, and %s in %s", what, theirs, object, ours))
	}
	switch {
	case arn.Partition != r.d.Partition:
		refuse("nothing reaches from one partition into another", "partition", arn.Partition, r.d.Partition)
	case r.d.Region != "" && arn.Region != r.d.Region:
		refuse("use a key of that region; a multi-Region key has a replica there", "region", arn.Region, r.d.Region)
	case r.d.AccountID != "" && arn.AccountID != r.d.AccountID && !r.trusts(arn.AccountID):
		refuse("a key of another account needs that account in the environment's trusted_accounts", "account", arn.AccountID, r.d.AccountID)
	}
}
