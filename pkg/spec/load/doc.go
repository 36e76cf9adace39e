// Package load reads a deploy_config folder into a deployment.
//
// It detects which way a project is written, renders its expressions, reads
// and decrypts the files behind its secrets, and unites what tasks share. It
// never leaves the folder, never writes, and answers every complaint at once,
// each with its file, line and column. Reading the spec sends nothing to AWS.
package load
