// Package archtest tests the tree itself: what imports what, what stands at
// package level, how things are named and described, who may see a secret, and
// what the program depends on.
//
// It has no code of its own. Every rule is a function from parsed source to
// complaints, and is tried on a source that breaks it.
package archtest
