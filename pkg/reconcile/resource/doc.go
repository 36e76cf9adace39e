// Package resource defines what a resource kind is: the objects reconciler
// converges, how a change of one is written down, and how a failure is classed.
//
// It is a leaf: pure data and interfaces, with no AWS, network or clock. The
// planner, the executor and the kinds meet only here, so that none of them
// needs to know another.
package resource
