package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/vault"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/decrypt/ansiblevault"
	"ecs-reconciler/pkg/spec/decrypt/gitcrypt"
	"ecs-reconciler/pkg/spec/load/gitrepo"
)

const aboutDiff = `Compare encrypted files with those of a git commit, HEAD where none is named: which
keys were added, removed or changed, and never what they hold.

Without FILE, all files are looked at that differ and that ansible-vault encrypted,
wholly or in part, or that git-crypt locks. Env files, YAML and JSON are compared
key by key; of others it is only told that they changed.`

// fileDifference is one file of a comparison.
type fileDifference struct {
	Path string `json:"path"` // from the root of the repository
	vault.Difference
}

// comparison is what vault diff found, as data.
type comparison struct {
	FormatVersion string           `json:"format_version"`
	Ref           string           `json:"ref"`
	Files         []fileDifference `json:"files"`
}

func (a *app) vaultDiffCommand(f *vaultFlags) *cobra.Command {
	return &cobra.Command{
		Use: "diff [REF] [FILE…]", Short: "Which keys of encrypted files differ from a git commit", Long: aboutDiff,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.vaultDiff(cmd.Context(), f, args, cmd.ArgsLenAtDash() == 0)
		},
	}
}

func (a *app) vaultDiff(ctx context.Context, f *vaultFlags, args []string, onlyFiles bool) error {
	dir, err := a.WorkDir()
	if err != nil {
		return fmt.Errorf("cannot tell the working directory: %w", err)
	}
	repo, err := gitrepo.Find(dir)
	if err != nil {
		return err
	}
	if repo == nil || !gitrepo.Installed() {
		return &report.UsageError{Message: "there is no git repository here to compare with, or no git"}
	}
	d := &differ{app: a, repo: repo, open: a.anyOpener(ctx, f, dir, repo.Root), out: comparison{FormatVersion: "1", Files: []fileDifference{}}}
	files, err := d.aim(ctx, dir, args, onlyFiles)
	if err != nil {
		return err
	}
	if d.tree, err = repo.Tree(ctx, d.commit); err != nil {
		return err
	}
	if d.filters, err = repo.Filters(ctx, files); err != nil {
		return err
	}
	for _, path := range files {
		if err := d.file(ctx, path); err != nil {
			d.failed = append(d.failed, err)
		}
	}
	return errors.Join(append([]error{a.showComparison(d.out, len(d.failed) == 0)}, d.failed...)...)
}

// differ compares the files of a checkout with a commit.
type differ struct {
	*app
	repo    *gitrepo.Repo
	open    vault.Open
	commit  string
	named   bool              // the files were, so that they need not be encrypted
	tree    map[string]string // objects of the commit's files
	filters map[string]string // of files that have one
	out     comparison
	failed  []error
}

// aim finds out what to compare with and which files: the first argument is a
// ref unless a file is called so.
func (d *differ) aim(ctx context.Context, dir string, args []string, onlyFiles bool) ([]string, error) {
	ref := "HEAD"
	if len(args) > 0 && !onlyFiles {
		if _, err := os.Lstat(below(dir, args[0])); errors.Is(err, fs.ErrNotExist) {
			ref, args = args[0], args[1:]
		}
	}
	commit, ok, err := d.repo.Commit(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &report.UsageError{Message: fmt.Sprintf("%q is neither a commit nor a file", ref), Hint: "-- stands before files that exist in a commit alone"}
	}
	d.commit, d.out.Ref = commit, ref
	if len(args) == 0 {
		return d.repo.Changed(ctx, commit)
	}
	d.named = true
	var paths []string
	for _, name := range args {
		path, ok := d.repo.Path(below(dir, name))
		if !ok {
			return nil, &report.UsageError{Message: name + " is not in the repository " + d.repo.Root}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func below(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// file compares one file; where it was not named, only if it is encrypted.
func (d *differ) file(ctx context.Context, path string) error {
	var before []byte
	if object, ok := d.tree[path]; ok {
		var err error
		if before, err = d.repo.Blob(ctx, object); err != nil {
			return err
		}
	}
	after, err := contentOf(filepath.Join(d.repo.Root, filepath.FromSlash(path)))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if d.named && before == nil && after == nil {
		return fmt.Errorf("%s: there is no such file, neither here nor in %s", path, d.out.Ref)
	}
	byGitCrypt := gitrepo.IsGitCrypt(d.filters[path])
	if !d.named && !byGitCrypt && !holdsVault(path, before) && !holdsVault(path, after) {
		return nil
	}
	if err := vault.Conflict(path, after); err != nil {
		return err
	}
	if byGitCrypt { // which is locked in a commit, and in a checkout or not
		before, err = d.unlocked(before)
		if err == nil {
			after, err = d.unlocked(after)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	difference, err := vault.Compare(path, before, after, d.open)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if difference == nil {
		return nil
	}
	d.out.Files = append(d.out.Files, fileDifference{path, *difference})
	return nil
}

func (d *differ) unlocked(data []byte) ([]byte, error) {
	if !gitcrypt.IsLocked(data) {
		return data, nil
	}
	return d.open(data)
}

// contentOf is what a file holds, nil when there is none.
func contentOf(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// holdsVault tells whether a file is encrypted, or is YAML with values that
// are.
func holdsVault(path string, data []byte) bool {
	ext := filepath.Ext(path)
	return vault.IsSealed(data) || (ext == ".yml" || ext == ".yaml") && bytes.Contains(data, []byte("!vault")) && bytes.Contains(data, []byte("$ANSIBLE_VAULT;"))
}

// anyOpener opens what either tool encrypted. Passwords and keys are looked
// for when they are needed.
func (a *app) anyOpener(ctx context.Context, f *vaultFlags, dir, root string) vault.Open {
	keys := a.keys(dir)
	passwords := sync.OnceValues(func() ([]ansiblevault.Password, error) { return a.vaultPasswords(ctx, f) })
	d := &ansiblevault.Decrypter{}
	return func(data []byte) ([]byte, error) {
		if gitcrypt.IsLocked(data) {
			found, err := keys.Keys(root)
			if err != nil {
				return nil, err
			}
			return gitcrypt.Decrypt(data, found)
		}
		found, err := passwords()
		if err != nil {
			return nil, err
		}
		return d.Decrypt(data, found)
	}
}

// showComparison shows what was found; whole is false when something is missing.
func (a *app) showComparison(c comparison, whole bool) error {
	if f := a.global.format(); f == report.JSON || f == report.YAML {
		return report.Data(a.Stdout, f, c)
	}
	if len(c.Files) == 0 && whole {
		_, err := fmt.Fprintf(a.Stdout, "No encrypted file differs from %s.\n", c.Ref)
		return err
	}
	marks := map[vault.Change]string{vault.Added: "+", vault.Removed: "-", vault.Changed: "~"}
	for _, file := range c.Files {
		if _, err := fmt.Fprintf(a.Stdout, "%s: %s\n", file.Path, told(file.Change)); err != nil {
			return err
		}
		for _, k := range file.Keys {
			if _, err := fmt.Fprintf(a.Stdout, "  %s %s\n", marks[k.Change], k.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// told is a change of a file in words.
func told(c vault.Change) string {
	switch c {
	case vault.Encrypted:
		return "encrypted, and in the clear before"
	case vault.Decrypted:
		return "in the clear, and encrypted before"
	case vault.Rekeyed:
		return "encrypted anew, with the same content"
	case vault.Reworded:
		return "the same values, with other comments, order or layout"
	default:
		return string(c)
	}
}
