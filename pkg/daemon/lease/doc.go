// Package lease shares shards among the members of a fleet, by items in a
// DynamoDB table.
//
// It guarantees that no shard is held by two members at once, however members
// are paused, cut off or killed, as long as no clock runs faster than 1.1 or
// slower than 0.9 seconds a second: no times are compared between machines. A
// member whose lease cannot be renewed is told before it ends, and what asks
// Held.Valid in front of every write sends none after; what was sent until then
// has Options.Margin to be answered. What no lease can stop is a process that
// is paused between that question and the write. Shards follow members that
// come and go: at once those of one that leaves, within a lease those of one
// that died.
//
// The protocol is that of awslabs' amazon-dynamodb-lock-client, with a fencing
// number. Nobody may delete the items of shards while members run.
package lease
