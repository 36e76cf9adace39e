// Package plan compares desired with observed state and says what to do.
//
// It is pure: the same nodes and observations give the same plan, in the same
// order, and nothing here reaches AWS, the network or a clock. A plan is data;
// it can be shown, saved and compared, and apply executes exactly it.
package plan
