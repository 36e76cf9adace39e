package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/pkg/report"
)

// account is a sandbox's account as a whole: one that is served, or one that
// lies in a folder.
type account interface {
	Reset() error
	Dump() ([]byte, error)
	Load(dump []byte) error
}

// stateFlags say which sandbox is meant.
type stateFlags struct{ url, account string }

func (f *stateFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.url, "url", "", "the sandbox that is served at `URL`")
	cmd.Flags().StringVar(&f.account, "account", sandboxAccount, "the account it plays, where no --url is given")
}

func (a *app) sandboxReset() *cobra.Command {
	var f stateFlags
	cmd := &cobra.Command{
		Use: "reset", Short: "Empty the embedded AWS", Args: noArguments,
		Long: "Forget all that the embedded AWS holds. Which one: see reconciler sandbox --help.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.within(cmd, f, mustExist, func(found account, where string) error {
				if err := found.Reset(); err != nil {
					return err
				}
				fmt.Fprintf(a.Stderr, "emptied %s\n", where)
				return nil
			})
		},
	}
	f.register(cmd)
	return cmd
}

func (a *app) sandboxDump() *cobra.Command {
	var f stateFlags
	cmd := &cobra.Command{
		Use: "dump [FILE]", Short: "Write down all that the embedded AWS holds", Args: oneFile,
		Long: `Write all that the embedded AWS holds, as one line of JSON, to FILE or to
standard output. Secrets are in it in the clear: FILE is for its owner alone, and
a terminal gets it only where FILE is "-". Which one: see reconciler sandbox
--help.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && a.OutIsTerminal {
				return &report.UsageError{Message: "a dump holds secrets in the clear", Hint: "name a file, or - to see it on this terminal"}
			}
			return a.within(cmd, f, mustExist, func(found account, where string) error { return a.dump(found, where, args) })
		},
	}
	f.register(cmd)
	return cmd
}

func (a *app) dump(found account, where string, args []string) error {
	dump, err := found.Dump()
	if err != nil {
		return err
	}
	to := "this"
	if len(args) == 0 || args[0] == "-" {
		_, err = a.Stdout.Write(dump)
	} else {
		to = args[0]
		err = a.writePrivately(to, dump)
	}
	if err == nil {
		fmt.Fprintf(a.Stderr, "warning: %s is all of %s, secrets in the clear\n", to, where)
	}
	return err
}

// writePrivately writes a file that only its owner can read, whatever it was
// before. What is no file, such as a pipe, takes the data as it is.
func (a *app) writePrivately(name string, data []byte) error {
	path, err := a.path(name)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err))
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() {
		err = file.Chmod(0o600)
	}
	if err == nil {
		_, err = file.Write(data)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	return nil
}

func (a *app) sandboxLoad() *cobra.Command {
	var f stateFlags
	cmd := &cobra.Command{
		Use: "load FILE", Short: "Make the embedded AWS hold what was dumped", Args: oneFile,
		Long: `Put what dump wrote, in FILE or on standard input for "-", into the place of all
that the embedded AWS holds. Which one: see reconciler sandbox --help.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &report.UsageError{Message: "which dump?", Hint: "name the file, or - for standard input"}
			}
			dump, err := a.readFile(args[0])
			if err != nil {
				return err
			}
			return a.within(cmd, f, mayBeNew, func(found account, where string) error {
				if err := found.Load(dump); err != nil {
					return badDump(args[0], err)
				}
				fmt.Fprintf(a.Stderr, "%s holds what %s says\n", where, args[0])
				return nil
			})
		},
	}
	f.register(cmd)
	return cmd
}

func badDump(name string, err error) error {
	if errors.Is(err, sandbox.ErrBadDump) {
		return &report.UsageError{Message: fmt.Sprintf("%s: %v", name, err), Hint: "name what reconciler sandbox dump wrote for this account"}
	}
	return err
}

// readFile reads a file that an argument names, or standard input for "-".
func (a *app) readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(a.Stdin)
	}
	path, err := a.path(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &report.UsageError{Message: fmt.Sprintf("%s cannot be read: %v", name, errors.Unwrap(err))}
	}
	return data, nil
}

func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return &report.UsageError{Message: cmd.CommandPath() + " takes one file", Hint: detached(cmd)}
	}
	return nil
}

// Whether a folder must hold a state before it is opened.
const (
	mustExist = true
	mayBeNew  = false
)

// within finds the sandbox that is meant, and says where it is.
func (a *app) within(cmd *cobra.Command, f stateFlags, exists bool, use func(found account, where string) error) (err error) {
	ctx, cancel := a.bounded(cmd.Context())
	defer cancel()
	defer func() { err = overdue(ctx, err) }()
	if f.url != "" {
		u, err := sandboxURL(f.url)
		if err != nil {
			return err
		}
		return use(remote{ctx, u}, "the sandbox at "+u)
	}
	if !cmd.Flags().Changed("sandbox") && serves(ctx, "http://"+sandboxAddress, f.account) {
		return use(remote{ctx, "http://" + sandboxAddress}, "the sandbox at http://"+sandboxAddress)
	}
	return a.inFolder(f.account, exists, use)
}

// folderWait is how long a folder may be in use by another process: one that
// only works on it lets go soon, and one that serves it does not.
const folderWait = 2 * time.Second

func (a *app) inFolder(number string, exists bool, use func(found account, where string) error) (err error) {
	dir, err := a.sandboxDir()
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, number)
	if _, err := os.Stat(filepath.Join(dir, "state.json")); exists && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no sandbox state in %s, and none is served at http://%s; name one by --url or --sandbox=DIR", dir, sandboxAddress)
	}
	server, err := sandbox.New(sandbox.Options{Account: number, Dir: dir, KMSKeys: []string{"*"}, LockWait: folderWait})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	return use(server, "the sandbox state in "+dir)
}

// serves says whether a sandbox with this account answers at once.
func serves(ctx context.Context, url, number string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return remote{ctx, url}.plays(number)
}
