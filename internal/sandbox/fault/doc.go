// Package fault decides what goes wrong with the calls of a sandbox: which of
// them are late, refused, cut off or lost, by rules and by AWS's documented
// rates.
//
// It guarantees that it only decides: it neither waits nor reads a clock of its
// own. The same rules and seed strike the same calls of an operation, in the
// order in which they arrive, whatever is called between them. A rule that
// cannot strike, or says something twice over, is an error that names the way
// out.
package fault
