// Package dotenv reads env files exactly as python-dotenv 1.2 does, which is
// what proc_wrapper reads them with in the running task.
//
// It guarantees that a file means here what it will mean there: the same
// names, values, escapes, comments and malformed lines, held against the real
// python-dotenv by the tests. Values are Secrets, and what is malformed is
// reported by its line number alone, never by its text. Nothing is
// interpolated unless Expand is called.
package dotenv
