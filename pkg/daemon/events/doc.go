// Package events reads what CloudTrail and EventBridge tell of changes in an
// account out of an SQS queue, and says which object each of them changed.
//
// It guarantees that nothing of an event's request but names and a version's id
// leaves it: no value, not even one that an event should not have carried. An
// event is a hint to look, never proof of a state: it may come late, twice, out
// of order, or not at all, since CloudTrail delivers as well as it can and SQS
// at least once. A message is deleted only after what it tells was handed over,
// and one that cannot be read is reported and deleted, so that it does not come
// again for ever.
package events
