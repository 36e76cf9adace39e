package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// store keeps a world in one file: a line with a snapshot, and after it a line
// for each operation performed since. The server's lock guards it. Without a
// folder it keeps nothing.
type store struct {
	dir  string
	lock *dirLock
	// file is the state file, open for appending; nil where it must be written
	// anew before it may grow.
	file *os.File
	// snapshot and journal are the sizes of its two parts, in bytes.
	snapshot, journal int64
}

// openStore locks a folder, making it if need be.
func openStore(opts Options) (*store, error) {
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: make the state folder: %w", err)
	}
	lock, err := lockDir(opts.Dir, opts.LockWait)
	if err != nil {
		return nil, err
	}
	s := &store{dir: opts.Dir, lock: lock}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return s, nil
}

// sweep removes files that a process was writing when it died. The lock is
// held, so nobody is writing now.
func (s *store) sweep() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("sandbox: look for unfinished files: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), tempPrefix) {
			continue
		}
		if err := os.Remove(filepath.Join(s.dir, entry.Name())); err != nil {
			return fmt.Errorf("sandbox: remove an unfinished file: %w", err)
		}
	}
	return nil
}

func (s *store) path() string { return filepath.Join(s.dir, "state.json") }

// unreadable says that the state file is of no use.
func (s *store) unreadable(why error) error {
	return fmt.Errorf("sandbox: the state file %s %w; delete it to start with an empty sandbox, "+
		"or name another folder", s.path(), why)
}

// saved is what a state file holds.
type saved struct {
	snapshot snapshot
	records  []record
	// torn is a last line that a dying process did not get to finish. What it
	// speaks of was never answered.
	torn bool
}

// read reads the state file; there may be none.
func (s *store) read() (saved, bool, error) {
	raw, err := os.ReadFile(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return saved{}, false, nil
	}
	if err != nil {
		return saved{}, false, fmt.Errorf("sandbox: read the state: %w", err)
	}
	head, rest, _ := bytes.Cut(raw, []byte("\n"))
	var out saved
	if out.snapshot, err = readSnapshot(head); err != nil {
		return saved{}, false, s.unreadable(err)
	}
	if out.records, out.torn, err = readRecords(rest); err != nil {
		return saved{}, false, s.unreadable(err)
	}
	s.snapshot, s.journal = int64(len(raw)-len(rest)), int64(len(rest))
	return out, true, nil
}

// readRecords reads the journal. Its text is not repeated in errors: it holds
// secrets.
func readRecords(journal []byte) (records []record, torn bool, err error) {
	for number := 2; len(journal) > 0; number++ {
		line, rest, whole := bytes.Cut(journal, []byte("\n"))
		if !whole {
			return records, true, nil
		}
		var r record
		if json.Unmarshal(line, &r) != nil {
			return nil, false, fmt.Errorf("has a line %d that cannot be read", number)
		}
		records, journal = append(records, r), rest
	}
	return records, false, nil
}

// grow opens the state file as it is, for appending.
func (s *store) grow() error {
	file, err := os.OpenFile(s.path(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("sandbox: open the state: %w", err)
	}
	s.file = file
	return nil
}

// append adds a record. Once it returns, the record outlives this process,
// however that ends; a power cut may take what was added since the last compact.
func (s *store) append(r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	n, err := s.file.Write(append(line, '\n'))
	s.journal += int64(n)
	if err != nil {
		// Part of a line may be there, so nothing may follow it.
		return errors.Join(err, s.abandon())
	}
	return nil
}

// abandon makes the next write begin with a new file.
func (s *store) abandon() error {
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}

// ready says whether a record may be appended: the file is written, nobody took
// it away, and it has not outgrown its snapshot so far that reading it would
// take long.
func (s *store) ready() bool {
	const slack = 4 << 20
	if s.file == nil || s.journal > 2*s.snapshot+slack {
		return false
	}
	named, err := os.Stat(s.path())
	if err != nil {
		return false
	}
	open, err := s.file.Stat()
	return err == nil && os.SameFile(named, open)
}

// errClosed says that the folder may be another process's by now.
var errClosed = errors.New("sandbox: it is closed")

// compact replaces the file by a snapshot alone, safe against a power cut.
func (s *store) compact(of snapshot) error {
	if s.lock == nil {
		return errClosed
	}
	line, err := of.line()
	if err != nil {
		return err
	}
	if err := errors.Join(s.abandon(), writeAtomically(s.path(), line)); err != nil {
		return err
	}
	s.snapshot, s.journal = int64(len(line)), 0
	return s.grow()
}

// close lets go of the file and the folder.
func (s *store) close() error {
	if s.lock == nil {
		return nil
	}
	lock := s.lock
	s.lock = nil
	return errors.Join(s.abandon(), lock.release())
}
