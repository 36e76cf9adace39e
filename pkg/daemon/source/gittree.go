package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// lfsMark begins a file that stands for another one, which git does not keep
// (Git LFS, docs/spec.md).
const lfsMark = "version https://git-lfs.github.com/spec/v1\n"

// maxDepth bounds how deep folders may lie in each other.
const maxDepth = 64

// checkout writes the folder of a commit that the source names, as git keeps
// it: files that git-crypt locks stay locked.
func (g *gitOrigin) checkout(commit *object.Commit, t *tree) error {
	folder, err := commit.Tree()
	if err != nil {
		return err
	}
	if g.Path != "" {
		if folder, err = folder.Tree(g.Path); err != nil {
			return fmt.Errorf("there is no folder %s in it", g.Path)
		}
	}
	c := &checkout{objects: folder, tree: t}
	if err := c.list(folder, "", 0); err != nil {
		return err
	}
	if err := t.of(path.Base(g.Path), c.names()); err != nil {
		return err
	}
	return c.write()
}

// checkout is a folder of a commit on its way to a tree.
type checkout struct {
	objects *object.Tree
	tree    *tree
	entries []entry
}

type entry struct {
	name string
	object.TreeEntry
}

func (c *checkout) names() []string {
	names := make([]string, len(c.entries))
	for i, e := range c.entries {
		names[i] = e.name
	}
	return names
}

// list goes through the folder. There is a bound before anything is written.
func (c *checkout) list(folder *object.Tree, prefix string, depth int) error {
	if depth > maxDepth {
		return errors.New("folders lie too deep in each other")
	}
	for _, e := range folder.Entries {
		name := prefix + e.Name
		if err := checkName(e.Name); err != nil || strings.Contains(e.Name, "/") {
			return fmt.Errorf("the name %q leads elsewhere", name)
		}
		if e.Mode != filemode.Dir {
			c.entries = append(c.entries, entry{name, e})
			if len(c.entries) > c.tree.options.MaxFiles {
				return c.tree.options.tooMany()
			}
			continue
		}
		sub, err := folder.Tree(e.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := c.list(sub, name+"/", depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *checkout) write() error {
	for _, e := range c.entries {
		if err := c.one(path.Join(c.tree.place, e.name), e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

func (c *checkout) one(name string, e entry) error {
	if e.Mode == filemode.Submodule {
		if inSpecs(name+"/") || inSpecs(name) {
			return errors.New("it is a submodule, whose files another repository has")
		}
		return nil // as in a clone without submodules
	}
	file, err := c.objects.File(e.name)
	if err != nil {
		return err
	}
	content, err := read(file)
	if err != nil {
		return err
	}
	switch {
	case e.Mode == filemode.Symlink:
		return c.tree.link(name, string(content))
	case inSpecs(name) && bytes.HasPrefix(content, []byte(lfsMark)):
		return errors.New("it is kept in Git LFS, and git has but its name")
	default:
		return c.tree.file(name, e.Mode == filemode.Executable, int64(len(content)), bytes.NewReader(content))
	}
}

func read(file *object.File) (data []byte, err error) {
	r, err := file.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(r)
}
