package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// tree is a snapshot that is being written. Names are relative to it, in
// slashes.
type tree struct {
	dir     string
	root    *os.Root
	options Options
	files   int
	bytes   int64
	links   []link
	placement
}

type link struct{ name, target string }

func newTree(dir string, o Options) (*tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &tree{dir: dir, root: root, options: o}, nil
}

// inSpecs tells whether a file is part of the deploy_config, where nothing may
// be left out.
func inSpecs(name string) bool { return strings.HasPrefix(name, folderName+"/") }

// checkName refuses a name that could lead out of the tree or into git's own.
func checkName(name string) error {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || strings.ContainsAny(part, "\\\x00") {
			return fmt.Errorf("the name %q leads elsewhere", name)
		}
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("the name %q leads elsewhere", name)
	}
	return nil
}

// admit counts a file, and refuses one that is too much.
func (t *tree) admit(name string, size int64) error {
	t.files++
	t.bytes += size
	switch {
	case t.files > t.options.MaxFiles:
		return t.options.tooMany()
	case t.bytes > t.options.MaxBytes:
		return t.options.tooLarge()
	}
	return checkName(name)
}

func (o Options) tooMany() error {
	return fmt.Errorf("there are more than %d files; name the deploy_config alone", o.MaxFiles)
}

func (o Options) tooLarge() error {
	return fmt.Errorf("there are more than %d bytes; name the deploy_config alone", o.MaxBytes)
}

// file writes a file of a size that is known. Nothing in the tree is a link
// while files are written.
func (t *tree) file(name string, executable bool, size int64, content io.Reader) (err error) {
	if err := t.admit(name, size); err != nil {
		return err
	}
	mode := fs.FileMode(0o600)
	if executable {
		mode = 0o700
	}
	if err := t.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	out, err := t.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	n, err := io.Copy(out, io.LimitReader(content, size+1))
	if err == nil && n != size {
		err = fmt.Errorf("%s is not of the %d bytes that were announced", name, size)
	}
	return err
}

// link is made once all files are there.
func (t *tree) link(name, target string) error {
	t.links = append(t.links, link{name, target})
	return t.admit(name, int64(len(target)))
}

// finish makes the links and checks the whole.
func (t *tree) finish() error {
	for _, l := range t.links {
		if err := t.root.MkdirAll(path.Dir(l.name), 0o700); err != nil {
			return err
		}
		if err := t.root.Symlink(l.target, l.name); err != nil {
			return err
		}
	}
	for _, l := range t.links {
		if err := t.checkLink(l); err != nil {
			return err
		}
	}
	specs, err := fs.Sub(t.root.FS(), folderName)
	if err != nil {
		return err
	}
	return errors.Join(checkWhole(specs), t.root.Close())
}

// checkLink follows a link. One that leads out is refused in the deploy_config,
// and left out elsewhere, where it may be about anything.
func (t *tree) checkLink(l link) error {
	_, err := t.root.Stat(l.name)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return nil
	case inSpecs(l.name):
		return fmt.Errorf("the link %s leads out of the project", l.name)
	default:
		return t.root.Remove(l.name)
	}
}

// discard removes what was written.
func (t *tree) discard() {
	_ = t.root.Close()
	_ = os.RemoveAll(t.dir) // or at the end
}
