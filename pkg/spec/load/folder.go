package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"ecs-reconciler/pkg/spec"
)

// folderName is what the search upward looks for.
const folderName = "deploy_config"

// maxFile bounds any file that is read, in bytes.
const maxFile = 10 << 20

// folder is an open deploy_config. Nothing outside of it can be read: os.Root
// follows links only as long as they stay inside.
type folder struct {
	root  *os.Root
	shown string // how the user would write its path
	path  string // absolute
}

func openFolder(o Options) (*folder, error) {
	dir, err := Find(o)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &spec.Error{At: spec.Position{File: show(o.WorkDir, dir)}, Message: "the folder cannot be opened: " + reason(err),
			Hint: "name the deploy_config folder with -C", Cause: err}
	}
	return &folder{root: root, shown: show(o.WorkDir, dir), path: dir}, nil
}

// search looks for deploy_config in dir and above it.
func search(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, folderName)); err == nil && info.IsDir() {
			return filepath.Join(at, folderName), nil
		}
		if at == filepath.Dir(at) {
			return "", &spec.Error{Message: fmt.Sprintf("there is no folder %s in %s or above it", folderName, dir),
				Hint: "`reconciler init` writes one; -C names another"}
		}
	}
}

// show is a path as it reads best from the working directory.
func show(workDir, dir string) string {
	if rel, err := filepath.Rel(workDir, dir); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(dir)
}

// name is a file of the folder as the user would write its path.
func (f *folder) name(file string) string { return path.Join(f.shown, file) }

// read reads a file of the folder as it is, encrypted or not, the way wanted at
// a place in the spec.
func (f *folder) read(file string, at spec.Position) (data []byte, err error) {
	if at == (spec.Position{}) {
		at.File = f.name(file)
	}
	// Before it is opened: opening a named pipe waits for a writer.
	if info, err := f.root.Stat(filepath.FromSlash(file)); err == nil && !info.Mode().IsRegular() {
		return nil, &spec.Error{At: at, Message: f.name(file) + " is not a file"}
	}
	opened, err := f.root.Open(filepath.FromSlash(file))
	if err != nil {
		return nil, f.complaint(file, at, err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	data, err = io.ReadAll(io.LimitReader(opened, maxFile+1))
	switch {
	case err != nil:
		return nil, f.complaint(file, at, err)
	case len(data) > maxFile:
		return nil, &spec.Error{At: at, Message: fmt.Sprintf("%s is larger than %d MB", f.name(file), maxFile>>20),
			Hint: "check that it is the file you mean"}
	}
	return data, nil
}

func (f *folder) complaint(file string, at spec.Position, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &spec.Error{At: at, Message: "there is no file " + f.name(file), Hint: f.neighbours(file), Cause: err}
	case errors.Is(err, syscall.ELOOP):
		return &spec.Error{At: at, Message: f.name(file) + " is a link that leads to itself", Cause: err}
	case strings.Contains(err.Error(), "escapes"):
		return &spec.Error{At: at, Message: fmt.Sprintf("%q leads out of %s", file, f.shown), Hint: "keep the file in the folder; paths are relative to it", Cause: err}
	default:
		return &spec.Error{At: at, Message: fmt.Sprintf("%s cannot be read: %s", f.name(file), reason(err)), Cause: err}
	}
}

// neighbours names what is beside a file that is missing.
func (f *folder) neighbours(file string) string {
	names, err := f.list(path.Dir(file))
	if err != nil || len(names) == 0 {
		return "paths are relative to " + f.shown
	}
	return fmt.Sprintf("in %s there is %s", f.name(path.Dir(file)), strings.Join(names, ", "))
}

// list names the files of a subfolder, sorted; none when it does not exist.
func (f *folder) list(dir string) ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), path.Clean(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.complaint(dir, spec.Position{File: f.name(dir)}, err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (f *folder) exists(file string) bool {
	_, err := f.root.Lstat(filepath.FromSlash(file))
	return err == nil
}

// reason is the last part of a file error: without the operation and the
// path, which the complaint has already.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// within is a file's path relative to the folder. Expressions often build the
// path from deploy_config_dir, which is absolute.
func (f *folder) within(file string) string {
	if rel, err := filepath.Rel(f.path, file); filepath.IsAbs(file) && err == nil {
		return filepath.ToSlash(rel)
	}
	return file
}
