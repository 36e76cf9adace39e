// Package conformance reads checks of what AWS does, written as data in YAML,
// and runs them against an endpoint through any client of AWS.
//
// It guarantees that a check says what it means or is refused: an unknown
// member, operator, service or variable is an error with its file and line, and
// what a check does not name in an answer is not looked at. Every run of a check
// draws names of its own, so that checks never meet, in whatever order and
// however many at once they run. docs/conformance.md describes the format.
package conformance
