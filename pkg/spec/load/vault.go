package load

import (
	"errors"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/load/expr"
)

const vaultHint = "give the password with --vault-password-file, ANSIBLE_VAULT_PASSWORD_FILE or ANSIBLE_VAULT_PASSWORD"

// vault opens what is encrypted; the passwords are asked for when the first
// such text is met.
type vault struct {
	decrypter ansiblevault.Decrypter
	passwords []ansiblevault.Password
	asked     bool
}

// decrypt opens a vault text that stands at a place of the spec.
func (l *loader) decrypt(cipher []byte, at spec.Position) ([]byte, error) {
	if !l.vault.asked {
		passwords, err := l.Passwords(l.ctx)
		if err != nil {
			return nil, err
		}
		l.vault.passwords, l.vault.asked = passwords, true
	}
	plain, err := l.vault.decrypter.Decrypt(cipher, l.vault.passwords)
	switch {
	case errors.Is(err, ansiblevault.ErrNoPassword), errors.Is(err, ansiblevault.ErrWrongPassword):
		return nil, &spec.Error{At: at, Message: err.Error(), Hint: vaultHint, Cause: err}
	case err != nil:
		return nil, &spec.Error{At: at, Message: err.Error(), Hint: "restore the file from before it was changed", Cause: err}
	}
	return plain, nil
}

// content is a file's bytes, decrypted when the whole of it is a vault text.
func (l *loader) content(file string, at spec.Position) (data []byte, encrypted bool, err error) {
	data, err = l.folder.read(file, at)
	if err != nil || !ansiblevault.IsEncrypted(data) {
		return data, false, err
	}
	data, err = l.decrypt(data, spec.Position{File: l.folder.name(file), Line: 1, Column: 1})
	return data, true, err
}

// expressions are the windows that expressions have on the world.
func (l *loader) expressions() expr.Options {
	return expr.Options{
		Env:     l.variable,
		Decrypt: l.decrypt,
		ReadFile: func(file string, at spec.Position) ([]byte, error) {
			return l.folder.read(l.folder.within(file), at)
		},
	}
}
