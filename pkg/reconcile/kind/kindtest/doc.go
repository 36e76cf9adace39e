// Package kindtest is the conformance suite that every kind must pass.
//
// It runs a kind through the real planner and executor, over the real SDK,
// against the sandbox: create, no change, every change of the spec, every
// drift, adoption, refusal, deletion, and the failure of each AWS call in
// turn. A suite that names no cases fails.
package kindtest
