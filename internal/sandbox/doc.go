// Package sandbox is an AWS endpoint inside our own process, spoken to over
// HTTP by the real SDK, boto3 and the AWS CLI.
//
// It guarantees that it is never kinder than AWS: what AWS refuses it refuses,
// with AWS's code and words; an operation or a request field that it does not
// know is an error, never ignored; and an answer is given only after the state
// that it speaks of is safe on disk. One lock serialises every call, so that a
// backend is plain Go without locks.
package sandbox
