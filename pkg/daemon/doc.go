// Package daemon keeps what the specs say true. It decides when an environment
// is planned and what of a plan may be carried out now; what a plan is and how
// it is carried out is package reconcile's alone.
//
// It is level-triggered: whatever asks for a look at a task, be it the interval,
// a change of the spec or an event, the same is done about it, so that what is
// missed once is found the next time. No task is worked on twice at once, no
// object is written for two tasks at once, and a slow or failing environment,
// task or object delays no other.
package daemon
