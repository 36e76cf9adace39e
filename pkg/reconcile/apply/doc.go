// Package apply carries a plan out.
//
// It guarantees that an object is touched only after everything it depends on
// is done, that one object's failure stops its dependents alone, that
// deletions come last and only when nothing failed, and that an interrupted
// run finishes the call in hand, starts no other, and accounts for everything.
package apply
