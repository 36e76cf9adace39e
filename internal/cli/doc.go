// Package cli is the command line: flags, wiring and exit codes.
//
// It is the only place that reads the process's arguments and environment.
// Results go to stdout and nothing else does; progress, warnings, logs and
// errors go to stderr.
package cli
