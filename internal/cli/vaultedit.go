package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/vault"
	"ecs-reconciler/pkg/report"
	"ecs-reconciler/pkg/spec/words"
)

const aboutEdit = `Edit what encrypted files hold, with $VISUAL, else $EDITOR, else vi.

The text lies in a folder that only you may enter, in XDG_RUNTIME_DIR or /dev/shm
where there is one: those are kept in memory. It is overwritten and removed when the
editor ends, also by SIGINT, SIGTERM, SIGHUP and SIGQUIT. Nothing can be done on
SIGKILL: the file is then left there until the machine restarts or you log out.

Where nothing was changed, the encrypted file keeps its bytes. Otherwise it is
encrypted with the password that opened it and keeps its vault id.`

func (a *app) editCommand(f *vaultFlags) *cobra.Command {
	return &cobra.Command{
		Use: "edit FILE…", Short: "Edit what encrypted files hold", Long: aboutEdit, Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			editor, err := a.editor()
			if err != nil {
				return err
			}
			open, err := a.opener(cmd.Context(), f)
			if err != nil {
				return err
			}
			for _, name := range args {
				if err := a.edit(editor, open, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// edit has one file edited.
func (a *app) edit(editor *vault.Editor, open open, name string) error {
	if name == standard {
		return &report.UsageError{Message: "standard input cannot be edited", Hint: "name a file"}
	}
	file, err := a.input(name)
	if err != nil {
		return err
	}
	before, password, err := open(file)
	if err != nil {
		return err
	}
	a.asking.Store(true) // the editor has the terminal
	after, err := editor.Edit(filepath.Base(name), before)
	a.asking.Store(false)
	if err != nil {
		return fmt.Errorf("%s: %w; it was not written", name, err)
	}
	if bytes.Equal(before, after) {
		return nil
	}
	data, err := encrypted(file, after, password)
	if err != nil {
		return err
	}
	return a.saveEdit(file, data)
}

// saveEdit replaces a file. The work of who edited it is kept beside it where
// somebody else was quicker.
func (a *app) saveEdit(file *vault.File, data []byte) error {
	err := file.Replace(data)
	if !errors.Is(err, vault.ErrMoved) {
		return err
	}
	beside := file.Name + ".edited"
	path, lost := a.path(beside)
	if lost == nil {
		lost = vault.Write(beside, path, data)
	}
	if lost != nil {
		return errors.Join(err, lost)
	}
	return fmt.Errorf("%w; what you wrote is in %s, encrypted", err, beside)
}

func (a *app) editor() (*vault.Editor, error) {
	dir, err := a.WorkDir()
	if err != nil {
		return nil, fmt.Errorf("cannot tell the working directory: %w", err)
	}
	command := "vi"
	for _, name := range []string{"EDITOR", "VISUAL"} {
		if value, ok := a.Env(name); ok && value != "" {
			command = value
		}
	}
	parts, err := words.Split(command)
	if err != nil || len(parts) == 0 {
		return nil, &report.UsageError{Message: fmt.Sprintf("the editor %q is no command", command), Hint: "set VISUAL or EDITOR to one"}
	}
	return &vault.Editor{
		Command: parts, Folders: vault.Folders(a.Env), Environ: a.Environ, Dir: dir,
		Stdin: a.Stdin, Stdout: a.Stdout, Stderr: a.Stderr, Terminal: a.InIsTerminal,
		OnDisk: func(dir string) {
			fmt.Fprintf(a.Stderr, "warning: the text lies in %s, which may be on a disk: there is neither XDG_RUNTIME_DIR nor /dev/shm\n", dir)
		},
	}, nil
}
