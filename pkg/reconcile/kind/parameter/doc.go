// Package parameter converges parameters of AWS Systems Manager's Parameter
// Store: value, type, tier, description, KMS key, data type, allowed pattern,
// tags, and deletion.
//
// It guarantees that a run reads in batches, and trusts no list: what a list
// says of a parameter counts only for the version that was read by its name. A
// parameter's type cannot be changed and its tier never sinks, so those are
// planned as a replacement. AWS has no compare-and-swap for parameters: a value
// that somebody else puts between the observation and the write is overwritten,
// and stays in the parameter's history. No error, plan or note holds a value,
// unless the spec says that it is no secret.
//
// The applied tag tells a digest of what the spec says, the value excluded, and
// the number of the version that our last apply left. It is what tells a value
// that somebody else put from one that the spec has changed.
package parameter
