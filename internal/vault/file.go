package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrMoved says that a file is not replaced since it changed after it was read.
var ErrMoved = errors.New("the file was changed meanwhile")

// File is a file with the content it had when it was read.
type File struct {
	Name string // as the user wrote it
	Data []byte
	path string // the file itself, links followed
	info fs.FileInfo
}

// Read reads the file at path, which the user wrote as name. Links are
// followed; what is no plain file is refused.
func Read(name, path string) (*File, error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, named(name, err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return nil, named(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: it is not a file", name)
	}
	data, err := os.ReadFile(target)
	if err != nil {
		return nil, named(name, err)
	}
	return &File{Name: name, Data: data, path: target, info: info}, nil
}

// named is an error about a file under the name that the user knows.
func named(name string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", name, path.Err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Replace makes data the file's content, keeping its mode and owner. The error
// wraps ErrMoved when the file is not what was read.
func (f *File) Replace(data []byte) error {
	now, err := os.ReadFile(f.path)
	if err != nil {
		return named(f.Name, err)
	}
	if !bytes.Equal(now, f.Data) {
		return fmt.Errorf("%s: %w: it was not written", f.Name, ErrMoved)
	}
	return outcome(f.Name, replace(f.path, data, f.info))
}

// Write makes data the content of the file at path, which the user wrote as
// name. Only its owner may read one that is made anew; links are followed.
func Write(name, path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		info = nil
	case err != nil:
		return named(name, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: it is not a file", name)
	}
	return outcome(name, replace(path, data, info))
}

func outcome(name string, err error) error {
	if err == nil {
		return nil
	}
	return named(name, err)
}

// replace puts data into a file beside path, which nobody else may read until
// it has the mode and owner of before, and moves that over path. Its name
// begins like the file's so that git ignores it if it ignores the file.
func replace(path string, data []byte, before fs.FileInfo) (err error) {
	beside, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(beside.Name()))
		}
	}()
	_, err = beside.Write(data)
	if err == nil && before != nil {
		err = like(beside, before)
	}
	if err == nil {
		err = beside.Sync()
	}
	if err = errors.Join(err, beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), path)
}

// like gives a file the owner and mode of another, in this order: changing the
// owner takes bits of the mode away.
func like(file *os.File, other fs.FileInfo) error {
	if err := own(file, other); err != nil {
		return fmt.Errorf("its owner cannot be kept: %w", err)
	}
	return file.Chmod(other.Mode())
}
