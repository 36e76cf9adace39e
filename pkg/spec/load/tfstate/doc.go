// Package tfstate looks values up in a Terraform state: the outputs of its root
// module and the attributes of its resources.
//
// It guarantees that a value is found at exactly one place or not at all, and
// that no error tells of one. It reads format version 4, which Terraform 0.12
// and later and OpenTofu write, as they describe it in
// https://developer.hashicorp.com/terraform/internals/json-format and in the
// source of their package statefile.
package tfstate
