package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// state is what the file system says of a folder's files, by their paths. Their
// content is not read.
type state map[string]fileState

type fileState struct {
	info   fs.FileInfo
	target string // of a link
}

// stateOf looks through a folder. Links are noted and not followed: what
// reading the folder may follow lies within it.
func stateOf(dir string) (state, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	s := state{}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != dir:
			return nil // it went in the meantime
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case e.IsDir() || isScratch(e.Name()):
			return nil
		}
		return s.note(path, e)
	})
	return s, err
}

func (s state) note(path string, e fs.DirEntry) error {
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f := fileState{info: info}
	if info.Mode()&fs.ModeSymlink != 0 {
		if f.target, err = os.Readlink(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	s[path] = f
	return err
}

// isScratch knows what editors write beside a file: vim's swap files and its
// probe 4913, Emacs' locks and autosaves, and backups.
func isScratch(name string) bool {
	return regexp.MustCompile(`^(\..*\.sw[a-z]|4913|\.#.*|#.*#|.*~)$`).MatchString(name)
}

func (s state) equal(other state) bool {
	if len(s) != len(other) {
		return false
	}
	for path, f := range s {
		if of, ok := other[path]; !ok || !f.equal(of) {
			return false
		}
	}
	return true
}

func (f fileState) equal(other fileState) bool {
	return f.target == other.target && f.info.Size() == other.info.Size() && f.info.Mode() == other.info.Mode() &&
		f.info.ModTime().Equal(other.info.ModTime()) && os.SameFile(f.info, other.info)
}

func (s state) newest() time.Time {
	var newest time.Time
	for _, f := range s {
		if f.info.ModTime().After(newest) {
			newest = f.info.ModTime()
		}
	}
	return newest
}

func (s state) newestName() string {
	for path, f := range s {
		if f.info.ModTime().Equal(s.newest()) {
			return filepath.Base(path)
		}
	}
	return ""
}
