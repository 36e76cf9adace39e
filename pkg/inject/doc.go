// Package inject gives a process the environment that its env locations hold,
// as proc_wrapper 6 does, and runs it.
//
// It guarantees that a process sees what proc_wrapper would show it: the same
// stores, formats, JSONPath transforms, merges, precedence and texts, held
// against the real proc_wrapper by the tests. It departs from it where
// proc_wrapper lets a process run without a value that it was told to fetch:
// there Resolve fails, unless Params.Compat asks for the old behaviour. No
// error holds a value, and no value is written anywhere but into the process's
// environment.
package inject
