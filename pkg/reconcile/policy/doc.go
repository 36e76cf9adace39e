// Package policy reads, compares and writes IAM policy documents, and derives
// the least policy that a task needs to read its environment.
//
// It guarantees that two documents are equal exactly when IAM gives them the
// same meaning, as far as that can be told without asking IAM; that what it
// writes is compact, has the Version first and never changes its order; and
// that nothing here reads the network, a clock or a file.
package policy
