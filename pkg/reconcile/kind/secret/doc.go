// Package secret converges AWS Secrets Manager secrets: value, description,
// KMS key, copies in other regions, resource policy, tags, and deletion.
//
// It guarantees that no value is read to tell whether it is what the spec
// says, as long as we wrote it: the id of the version proves it, through a
// keyed fingerprint. A value is written by compare-and-swap, in two writes, so
// that one put by somebody else since it was observed is never overwritten
// unseen. No error, plan or note holds a value. Secrets that rotate, that a
// service owns, or that are replicas are refused; one that another writer keeps
// changing is left alone for a while.
//
// A saved plan is bound to the values that it writes through the fingerprint
// key. Before the first apply has made that key there is nothing to bind with:
// the difference of such a value is Sensitive and has no Proof, and apply will
// write whatever the source holds by then.
package secret
