// Package policydoc reads IAM policy documents the way AWS reads them: it
// refuses what AWS refuses, in AWS's words, brings trust policies into the form
// in which AWS gives them back, and decides what a set of policies allows.
//
// It guarantees that a document which passes Identity or Trust is one that IAM
// accepts as far as the public grammar and recorded answers of AWS tell, that
// every function is pure, and that nothing here panics on any input.
//
// The grammar is
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html.
package policydoc
