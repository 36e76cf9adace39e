// Package ansiblevault reads and writes the text format of ansible-vault,
// versions 1.1 and 1.2: AES-256 in counter mode, authenticated by HMAC-SHA256,
// with keys derived from a password.
//
// It guarantees that what it returns was authenticated before it was
// decrypted, that a wrong password, a damaged text and a missing password are
// told apart as far as the format allows, and that no error holds a password,
// a key or plaintext. It reads no file and runs no program.
//
// The format is described at
// https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html#ansible-vault-payload-format-1-1-1-2
package ansiblevault
