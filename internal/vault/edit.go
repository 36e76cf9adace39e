package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long an editor may take to end once it is told to.
const patience = 2 * time.Second

// Editor is the user's program for editing texts.
type Editor struct {
	Command        []string // program and arguments; the file follows
	Folders        []string // where the file may lie, as Folders says
	Environ        []string
	Dir            string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Terminal says that the editor shares a terminal with this process. An
	// interrupt from there reaches both, and is left to the editor.
	Terminal bool
	// OnDisk is called when the file lies in a folder that may be on a disk.
	OnDisk func(dir string)
}

// Edit has content edited in a file called name, and returns what became of
// it. The file is gone when Edit returns. A signal that ends the edit is an
// error that wraps context.Canceled.
func (e *Editor) Edit(name string, content []byte) (edited []byte, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals) // after the file is gone
	p, err := newPrivate(e.Folders, name, content)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.destroy()) }()
	if p.onDisk {
		e.OnDisk(p.dir)
	}
	if err := e.run(p.path, signals); err != nil {
		return nil, err
	}
	edited, err = os.ReadFile(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the editor left no file")
	}
	return edited, err
}

func (e *Editor) run(path string, signals <-chan os.Signal) error {
	cmd := exec.Command(e.Command[0], append(e.Command[1:len(e.Command):len(e.Command)], path)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = e.Dir, e.Environ, patience
	cmd.Stdin, cmd.Stdout, cmd.Stderr = e.Stdin, e.Stdout, e.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the editor: %w", err)
	}
	var failed error
	ended := make(chan struct{})
	go func() {
		failed = cmd.Wait()
		close(ended)
	}()
	for {
		select {
		case <-ended:
			if failed != nil {
				return fmt.Errorf("the editor failed: %w", failed)
			}
			return nil
		case s := <-signals:
			if s == os.Interrupt && e.Terminal {
				continue
			}
			return errors.Join(fmt.Errorf("the edit was ended: %w", context.Canceled), end(cmd.Process, ended))
		}
	}
}

// end ends an editor, by force when it does not follow.
func end(editor *os.Process, ended <-chan struct{}) error {
	if err := editor.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the editor: %w", err)
	}
	select {
	case <-ended:
		return nil
	case <-time.After(patience):
	}
	if err := editor.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the editor: %w", err)
	}
	<-ended
	return nil
}
