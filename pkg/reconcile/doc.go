// Package reconcile makes AWS what a deployment says.
//
// The way is always the same and visible in Plan and Apply: what is desired,
// what is observed, what differs, what is done about it. A plan cannot write:
// the gate to AWS is closed but for the time of Apply.
package reconcile
