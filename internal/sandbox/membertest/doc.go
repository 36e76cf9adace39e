// Package membertest proves that a backend ignores no member of a request.
//
// It guarantees that a member counts as heeded only if another value of it
// makes a difference: to the answer, to the failure, or to what the backend
// then holds. It is imported by tests alone.
package membertest
