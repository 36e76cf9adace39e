// Package signature checks what ssh keys sign, in the forms of ssh-keygen.
//
// It guarantees that a signature counts only when a listed key made it, over
// exactly the payload, for git, and at a time at which that key may sign.
package signature
