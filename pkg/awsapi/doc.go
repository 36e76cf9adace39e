// Package awsapi opens sessions with AWS and says what its failures mean.
//
// It guarantees that a session refuses, before anything is sent, every operation
// that is not on the list of reads, unless its gate is open and its fence lets
// that very attempt through; that every call sent is
// counted; that client-side limits keep within AWS's documented token buckets;
// and that Classify gives every error exactly one class.
package awsapi
