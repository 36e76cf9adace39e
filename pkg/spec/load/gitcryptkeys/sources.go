package gitcryptkeys

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
	"ecs-reconciler/pkg/spec/load/gitrepo"
)

// Variable holds a key file in base64, as CI services keep it.
const Variable = "GIT_CRYPT_KEY"

// maxSize bounds a key file, in bytes.
const maxSize = 64 << 10

// Sources are the places to find keys in, in the order in which they are
// tried: the files that are named, Variable, and the keys of the repository
// around the folder that is asked for, which is unlocked when it has any.
//
// A Sources may be used by several goroutines, and must not be copied.
type Sources struct {
	Files []string                         // of --git-crypt-key
	Env   func(name string) (string, bool) // the process's environment
	Dir   string                           // where relative paths begin

	mu    sync.Mutex
	found map[string]answer // by folder
}

type answer struct {
	keys []gitcrypt.Key
	err  error
}

// Keys are all keys found for the files of a folder, absolute; none when there
// is no source. An error about a source is a *spec.Error.
func (s *Sources) Keys(folder string) ([]gitcrypt.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.found[folder]
	if !ok {
		known.keys, known.err = s.load(folder)
		if s.found == nil {
			s.found = map[string]answer{}
		}
		s.found[folder] = known
	}
	return known.keys, known.err
}

func (s *Sources) load(folder string) ([]gitcrypt.Key, error) {
	var keys []gitcrypt.Key
	for _, name := range s.Files {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Dir, name)
		}
		more, err := read(path, name, "--git-crypt-key")
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	for _, source := range []func(string) ([]gitcrypt.Key, error){s.variable, repository} {
		more, err := source(folder)
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return keys, nil
}

// variable is the key of Variable, however base64 was broken into lines.
func (s *Sources) variable(string) ([]gitcrypt.Key, error) {
	text, ok := s.Env(Variable)
	text = strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
	if !ok || text == "" {
		return nil, nil
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		// The cause quotes nothing of the text, but tells where it goes wrong.
		return nil, failure(Variable, "its value is not base64", "it is a key file in base64: git-crypt export-key - | base64", err)
	}
	return parse(data, Variable, Variable)
}

func repository(folder string) ([]gitcrypt.Key, error) {
	repo, err := gitrepo.Find(folder)
	if err != nil || repo == nil {
		return nil, err
	}
	files, err := repo.KeyFiles()
	if err != nil {
		return nil, err
	}
	var keys []gitcrypt.Key
	for _, file := range files {
		more, err := read(file, file, "the repository's own key")
		if err != nil {
			return nil, err
		}
		keys = append(keys, more...)
	}
	return keys, nil
}

// read reads the key file at path, which was written as name.
func read(path, name, asker string) (keys []gitcrypt.Key, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure(name, fmt.Sprintf("there is no such git-crypt key file (from %s)", asker), "", err)
	}
	if err != nil {
		return nil, unreadable(name, asker, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	data, err := io.ReadAll(io.LimitReader(file, maxSize))
	if err != nil {
		return nil, unreadable(name, asker, err)
	}
	return parse(data, name, asker)
}

func parse(data []byte, name, asker string) ([]gitcrypt.Key, error) {
	keys, err := gitcrypt.ParseKeys(data)
	if err != nil {
		return nil, failure(name, fmt.Sprintf("the git-crypt key cannot be used (from %s): %v", asker, err), "`git-crypt export-key FILE` writes one", err)
	}
	return keys, nil
}

func unreadable(name, asker string, err error) error {
	reason := err
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		reason = path.Err
	}
	return failure(name, fmt.Sprintf("the git-crypt key file cannot be read (from %s): %v", asker, reason), "", err)
}

func failure(name, message, hint string, cause error) error {
	return &spec.Error{At: spec.Position{File: name}, Message: message, Hint: hint, Cause: cause}
}
