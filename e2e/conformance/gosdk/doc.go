// Package gosdk makes a check's calls with AWS's SDK for Go.
//
// It guarantees that a call is the SDK's own from end to end: the input is the
// client's input type, filled member by member, and a member that the type does
// not have is an error. What comes back has the API model's member names, and
// IAM's policy documents are percent-decoded once and read as JSON.
package gosdk
