package vaultpass

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
)

// maxSize bounds a password file and what a script prints, in bytes.
const maxSize = 64 << 10

// read is the password that p is or prints. An encrypted one is opened with
// those found before it.
func (s *Sources) read(ctx context.Context, p place, before []ansiblevault.Password) (ansiblevault.Password, error) {
	if p.file == prompt || p.file == "prompt_ask_vault_pass" {
		return s.ask(ctx, p)
	}
	if p.away {
		return s.fetch(ctx, p, before)
	}
	path := s.path(p.file)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ansiblevault.Password{}, p.failure("there is no such vault password file", "", err)
	case err != nil:
		return ansiblevault.Password{}, p.failure("the vault password file cannot be looked at: "+reason(err), "", err)
	case info.IsDir():
		return ansiblevault.Password{}, p.failure("a vault password file is wanted, this is a folder", "", nil)
	}
	content, err := s.content(ctx, p, path, info, before)
	if err != nil {
		return ansiblevault.Password{}, err
	}
	if len(content) == 0 {
		return ansiblevault.Password{}, p.failure("the vault password is empty", "", nil)
	}
	return ansiblevault.Password{ID: p.id, Text: spec.NewSecret(string(content))}, nil
}

// prompt is the file that stands for a question.
const prompt = "prompt"

func (s *Sources) ask(ctx context.Context, p place) (ansiblevault.Password, error) {
	if s.Ask == nil {
		return ansiblevault.Password{}, p.failure("a vault password is not asked for", "name a file, or a script that asks for it", nil)
	}
	text, err := s.Ask(ctx, cmp.Or(p.id, defaultID))
	if err != nil {
		return ansiblevault.Password{}, p.failure("the vault password was not given: "+err.Error(), "", err)
	}
	if text.Equal(spec.NewSecret("")) {
		return ansiblevault.Password{}, p.failure("the vault password is empty", "", nil)
	}
	return ansiblevault.Password{ID: p.id, Text: text}, nil
}

func (s *Sources) content(ctx context.Context, p place, path string, info fs.FileInfo, before []ansiblevault.Password) ([]byte, error) {
	const executable = 0o111
	if info.Mode()&executable != 0 {
		printed, err := s.run(ctx, p, path)
		return bytes.Trim(printed, "\r\n"), err
	}
	content, err := readFile(path)
	if err != nil {
		return nil, p.failure("the vault password file cannot be read: "+reason(err), "", err)
	}
	return p.opened(content, before)
}

// opened is the password in a text, which may be encrypted itself.
func (p place) opened(content []byte, before []ansiblevault.Password) ([]byte, error) {
	content = bytes.Trim(content, " \t\r\n\v\f")
	if !ansiblevault.IsEncrypted(content) {
		return content, nil
	}
	plain, err := ansiblevault.Decrypt(content, before)
	if err != nil {
		return nil, p.failure("the vault password file is encrypted itself: "+err.Error(), "name the source of its password before it", err)
	}
	return bytes.Trim(plain, "\r\n"), nil
}

// readFile reads to the end, so that a pipe will do.
func readFile(path string) (content []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	content, err = io.ReadAll(io.LimitReader(file, maxSize+1))
	if len(content) > maxSize {
		return nil, fmt.Errorf("it has more than %d bytes", maxSize)
	}
	return content, err
}

// path is where a file written as name is.
func (s *Sources) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home := s.variable("HOME"); home != "" {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(name) {
		return name
	}
	path := filepath.Join(s.Dir, name)
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// failure is an Error about p that names the flag or variable.
func (p place) failure(message, hint string, cause error) *spec.Error {
	return &spec.Error{
		At:      spec.Position{File: p.file},
		Message: fmt.Sprintf("%s (from %s)", message, p.asker),
		Hint:    hint,
		Cause:   cause,
	}
}

// reason is err without the path, which the Error has already.
func reason(err error) string {
	if wrapped, ok := errors.AsType[*fs.PathError](err); ok {
		return wrapped.Err.Error()
	}
	return err.Error()
}
