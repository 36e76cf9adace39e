// Package spec holds the desired state of one environment as typed data.
//
// It guarantees three things. Nothing here reads a file, the network, a clock
// or the process environment. Every value that must not be shown is a Secret,
// whose text no formatting verb, encoder or logger can reach. And every
// complaint about the input is an Error that names the file, line and column,
// the path in the document, and a way out.
package spec
