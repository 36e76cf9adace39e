package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Repo is a checkout of a repository.
type Repo struct {
	Root string // the folder that holds .git, absolute
	git  string // the git directory
}

// Find is the repository whose checkout holds dir, nil when there is none. The
// nearest .git upwards counts, be it the git directory or, in a worktree or a
// submodule, a file that names it (gitrepository-layout(5)).
func Find(dir string) (*Repo, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for a git repository: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		marker := filepath.Join(at, ".git")
		if info, err := os.Stat(marker); err == nil {
			return open(at, marker, info.IsDir())
		}
		if at == filepath.Dir(at) {
			return nil, nil
		}
	}
}

func open(root, marker string, isDir bool) (*Repo, error) {
	if isDir {
		return &Repo{Root: root, git: marker}, nil
	}
	text, err := os.ReadFile(marker)
	if err != nil {
		return nil, fmt.Errorf("look for a git repository: %w", err)
	}
	dir, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return nil, fmt.Errorf("%s does not say where the git directory is", marker)
	}
	return &Repo{Root: root, git: below(root, dir)}, nil
}

// below is path, which may be relative to dir.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// KeyFiles are the files that hold the git-crypt keys of an unlocked
// repository: keys/default and keys/<name>, of the git directory and of the
// one that worktrees have in common.
func (r *Repo) KeyFiles() ([]string, error) {
	dirs := []string{r.git}
	if text, err := os.ReadFile(filepath.Join(r.git, "commondir")); err == nil {
		dirs = append(dirs, below(r.git, strings.TrimSpace(string(text))))
	}
	var files []string
	for _, dir := range dirs {
		keys := filepath.Join(dir, "git-crypt", "keys")
		entries, err := os.ReadDir(keys)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("look for the repository's git-crypt keys: %w", err)
		}
		for _, e := range entries {
			if !e.IsDir() {
				files = append(files, filepath.Join(keys, e.Name()))
			}
		}
	}
	return files, nil
}
