package load

import (
	"errors"
	"path"
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
	"ecs-reconciler/pkg/spec/load/expr"
	"ecs-reconciler/pkg/spec/load/source"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

const vaultHint = "give the password with --vault-password-file, ANSIBLE_VAULT_PASSWORD_FILE or ANSIBLE_VAULT_PASSWORD"

// vault opens what is encrypted; the passwords are asked for when the first
// such text is met.
type vault struct {
	decrypter ansiblevault.Decrypter
	passwords []ansiblevault.Password
	asked     bool
	opened    []string // texts that no complaint may quote
	files     []string // those that were encrypted as a whole
}

const keyHint = "give its key with --git-crypt-key or GIT_CRYPT_KEY, or run `git-crypt unlock`"

// decrypt opens what stands encrypted at a place of the spec: a vault text, or
// a file that git-crypt has locked.
func (l *loader) decrypt(cipher []byte, at spec.Position) ([]byte, error) {
	if gitcrypt.IsLocked(cipher) {
		return l.unlock(cipher, at)
	}
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

// unlock opens a file that git-crypt has locked.
func (l *loader) unlock(cipher []byte, at spec.Position) ([]byte, error) {
	keys, err := l.Keys(l.folder.path)
	if err != nil {
		return nil, err
	}
	plain, err := gitcrypt.Decrypt(cipher, keys)
	switch {
	case errors.Is(err, gitcrypt.ErrLocked), errors.Is(err, gitcrypt.ErrWrongKey):
		return nil, &spec.Error{At: at, Message: err.Error(), Hint: keyHint, Cause: err}
	case err != nil:
		return nil, &spec.Error{At: at, Message: "the file is locked by git-crypt: " + err.Error(), Hint: "check it out anew", Cause: err}
	}
	return plain, nil
}

// open notes a text out of a vault, as well as it stands in a path.
func (v *vault) open(text string) {
	text = strings.TrimSpace(text)
	for _, form := range []string{text, path.Clean(text)} {
		if len(form) >= minMasked && !slices.Contains(v.opened, form) {
			v.opened = append(v.opened, form)
		}
	}
}

// openAll notes the texts of a file that was encrypted as a whole.
func (v *vault) openAll(n *yaml11.Node) {
	for _, pointer := range source.Pointers(n, "", func(n *yaml11.Node) bool { return n.Kind == yaml11.String }) {
		if found := source.Find(n, pointer); found != nil {
			v.open(found.Text)
		}
	}
}

// content is a file's bytes, decrypted when the whole of it is locked by
// git-crypt, a vault text, or the one within the other.
func (l *loader) content(file string, at spec.Position) (data []byte, encrypted bool, err error) {
	data, err = l.folder.read(file, at)
	if err == nil && gitcrypt.IsLocked(data) {
		encrypted = true
		data, err = l.decrypt(data, spec.Position{File: l.folder.name(file)})
	}
	if err == nil && ansiblevault.IsEncrypted(data) {
		encrypted = true
		data, err = l.decrypt(data, spec.Position{File: l.folder.name(file), Line: 1, Column: 1})
	}
	if encrypted {
		l.vault.files = append(l.vault.files, file)
	}
	return data, encrypted, err
}

// expressions are the windows that expressions have on the world.
func (l *loader) expressions() expr.Options {
	return expr.Options{
		Env: l.variable,
		Decrypt: func(cipher []byte, at spec.Position) ([]byte, error) {
			plain, err := l.decrypt(cipher, at)
			l.vault.open(string(plain))
			return plain, err
		},
		ReadFile: func(file string, at spec.Position) ([]byte, error) {
			return l.folder.read(l.folder.within(file), at)
		},
		// What CloudReactor's server would tell, and nobody may have to.
		Hints: map[string]string{
			"account_id": "set account_id for the environment in reconciler.yaml, or in the AWS settings",
			"aws_region": "set region for the environment in reconciler.yaml, or in the AWS settings, or set AWS_REGION",
		},
	}
}
