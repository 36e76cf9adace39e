// Package trace tells an OpenTelemetry collector how long the daemon's work
// took and of what it consisted: cycles, scans, keys, steps and calls to AWS.
//
// Spans hold names and outcomes, never a value, a parameter or the text of an
// error. A collector that is slow or gone holds nothing up: spans that do not fit
// are dropped. The zero Tracer traces nothing and costs next to nothing.
package trace
