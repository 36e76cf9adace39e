package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folders are where a text may be written for an editor, best first: the
// user's own runtime folder and /dev/shm are kept in memory, the last is not
// known to be.
func Folders(env func(name string) (string, bool)) []string {
	var folders []string
	if dir, ok := env("XDG_RUNTIME_DIR"); ok && filepath.IsAbs(dir) {
		folders = append(folders, dir)
	}
	return append(folders, "/dev/shm", os.TempDir())
}

// private is a file in a folder of its own that nobody else may enter.
type private struct {
	dir, path string
	onDisk    bool // the folder is not known to be in memory
}

// newPrivate writes content to a file called name in the first of folders that
// can be written to.
func newPrivate(folders []string, name string, content []byte) (*private, error) {
	var failed error
	for i, folder := range folders {
		dir, err := os.MkdirTemp(folder, "reconciler-vault-*")
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		p := &private{dir: dir, path: filepath.Join(dir, name), onDisk: i == len(folders)-1}
		if err := p.write(content); err != nil {
			return nil, errors.Join(fmt.Errorf("write the text for the editor: %w", err), p.destroy())
		}
		return p, nil
	}
	return nil, fmt.Errorf("find a folder for the editor's file: %w", failed)
}

func (p *private) write(content []byte) (err error) {
	file, err := os.OpenFile(p.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = file.Write(content)
	return err
}

// destroy overwrites every file in the folder, whatever the editor put there,
// and removes it.
func (p *private) destroy() error {
	err := filepath.WalkDir(p.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		return overwrite(path)
	})
	if err = errors.Join(err, os.RemoveAll(p.dir)); err != nil {
		return fmt.Errorf("remove the editor's file: %w", err)
	}
	return nil
}

func overwrite(path string) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if _, err := file.Write(make([]byte, info.Size())); err != nil {
		return err
	}
	return file.Sync()
}
