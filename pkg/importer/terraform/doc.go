// Package terraform reads a Terraform state and writes the manifests that
// declare the same secrets, roles and task definitions.
//
// It guarantees that no value of a secret leaves it in the clear: values are
// held as Secrets, files hold them sealed or not at all, no error or remark
// quotes the state, and a value that was copied into a container's definition
// becomes a variable. What it does not take over is remarked on, resource by
// resource. It reads no file, asks AWS nothing and runs no Terraform.
//
// The form of a state file, version 4, is Terraform's own
// (internal/states/statefile/version4.go); that of `terraform show -json` is
// described at https://developer.hashicorp.com/terraform/internals/json-format.
// The attributes are those that the schemas of hashicorp/aws 4 to 6 name.
package terraform
