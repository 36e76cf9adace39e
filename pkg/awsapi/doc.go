// Package awsapi opens sessions with AWS and says what its failures mean.
//
// It guarantees that a read-only session refuses, before anything is sent,
// every operation that is not on the list of reads; that every call sent is
// counted; that client-side limits keep within AWS's documented token buckets;
// and that Classify gives every error exactly one class.
package awsapi
