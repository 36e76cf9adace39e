package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// run is what git prints, run at the root of the checkout. Paths in args mean
// themselves, whatever characters are in them.
func (r *Repo) run(ctx context.Context, input string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--literal-pathspecs"}, args...)...)
	cmd.Dir, cmd.Stdin = r.Root, strings.NewReader(input)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out, nil
}

// Installed tells whether there is a git to run.
func Installed() bool {
	_, err := exec.LookPath("git")
	return err == nil
}

// Path is a file relative to the root, in slashes, as git names it; ok is
// false for one outside of the checkout.
func (r *Repo) Path(file string) (path string, ok bool) {
	if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		file = filepath.Join(dir, filepath.Base(file))
	}
	rel, err := filepath.Rel(r.Root, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// Commit is the commit that a ref means; ok is false when it means none.
func (r *Repo) Commit(ctx context.Context, ref string) (commit string, ok bool, err error) {
	out, err := r.run(ctx, "", "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if exited, is := errors.AsType[*exec.ExitError](err); is && exited.ExitCode() == 1 {
		return "", false, nil
	}
	return strings.TrimSpace(string(out)), err == nil, err
}

// Changed are the paths that differ between a commit and the checkout, sorted:
// those that git tracks, and those it neither tracks nor ignores.
func (r *Repo) Changed(ctx context.Context, commit string) ([]string, error) {
	tracked, err := r.run(ctx, "", "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", commit, "--")
	if err != nil {
		return nil, err
	}
	others, err := r.run(ctx, "", "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	paths := append(split(tracked), split(others)...)
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// Tree are the files of a commit by their path, each as the object that Blob
// reads. Links and submodules are no files.
func (r *Repo) Tree(ctx context.Context, commit string) (map[string]string, error) {
	out, err := r.run(ctx, "", "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	objects := map[string]string{}
	for _, entry := range split(out) {
		// MODE SP TYPE SP OBJECT TAB PATH; the mode of a file begins with 100.
		head, path, _ := strings.Cut(entry, "\t")
		if fields := strings.Fields(head); len(fields) == 3 && strings.HasPrefix(fields[0], "100") {
			objects[path] = fields[2]
		}
	}
	return objects, nil
}

// Blob is what git keeps of a file, which is locked for one that git-crypt
// filters; never nil without an error.
func (r *Repo) Blob(ctx context.Context, object string) ([]byte, error) {
	data, err := r.run(ctx, "", "cat-file", "blob", object)
	if err != nil {
		return nil, err
	}
	return append([]byte{}, data...), nil
}

// Tracked are those of paths that git tracks.
func (r *Repo) Tracked(ctx context.Context, paths []string) ([]string, error) {
	out, err := r.run(ctx, "", append([]string{"ls-files", "-z", "--"}, paths...)...)
	return split(out), err
}

// Filters are the filters of paths that have one, as .gitattributes says.
func (r *Repo) Filters(ctx context.Context, paths []string) (map[string]string, error) {
	out, err := r.run(ctx, strings.Join(paths, "\x00")+"\x00", "check-attr", "--stdin", "-z", "filter")
	if err != nil {
		return nil, err
	}
	filters := map[string]string{}
	for answer := range slices.Chunk(split(out), 3) { // path, attribute, value
		if len(answer) == 3 && answer[2] != "unspecified" && answer[2] != "unset" && answer[2] != "set" {
			filters[answer[0]] = answer[2]
		}
	}
	return filters, nil
}

// IsGitCrypt tells whether a filter is git-crypt's: git-crypt, or
// git-crypt-NAME for a key with a name.
func IsGitCrypt(filter string) bool {
	return filter == "git-crypt" || strings.HasPrefix(filter, "git-crypt-")
}

func split(out []byte) []string {
	return strings.FieldsFunc(string(out), func(c rune) bool { return c == 0 })
}
