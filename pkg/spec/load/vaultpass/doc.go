// Package vaultpass finds the passwords for ansible-vault texts, in every
// place where Ansible and the CloudReactor deployer look for them.
//
// It guarantees that no file is read and no script is run before Passwords is
// called, and none twice; that a script is run by its path and arguments
// alone, without a shell, and not for ever; and that no error holds what a
// file or a script's standard output said.
package vaultpass
