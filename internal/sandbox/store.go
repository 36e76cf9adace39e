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
	"sync"
)

// stateFormat is raised when an older file can no longer be read.
const stateFormat = 1

// stateFile is what DIR/state.json holds. It has secrets in the clear, so the
// file is the owner's alone.
type stateFile struct {
	Format   int                        `json:"format"`
	Account  string                     `json:"account"`
	Entropy  []byte                     `json:"entropy,omitempty"`
	Services map[string]json.RawMessage `json:"services"`
}

// store keeps a world in a folder. Without a folder it keeps nothing.
//
// Keeping has two steps, so that calls under way at once share one write of the
// file: capture, under the server's lock, takes a snapshot and numbers it, and
// flush waits until that snapshot or a later one is on disk.
type store struct {
	dir   string
	lock  *dirLock
	world *world

	mu       sync.Mutex // guards what follows
	segments map[string]json.RawMessage
	drawn    []byte // the entropy's place
	version  uint64 // of the snapshot in segments

	disk    sync.Mutex // held while writing; guards written
	written uint64
}

// openStore locks a folder, making it if need be, and reads its state.
func openStore(opts Options, w *world) (*store, error) {
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: make the state folder: %w", err)
	}
	lock, err := lockDir(opts.Dir, opts.LockWait)
	if err != nil {
		return nil, err
	}
	s := &store{dir: opts.Dir, lock: lock, world: w, segments: map[string]json.RawMessage{}}
	if err := errors.Join(s.sweep(), s.load()); err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return s, nil
}

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".state-"

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

// load fills the world from the file; no file is an empty world.
func (s *store) load() error {
	raw, err := os.ReadFile(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sandbox: read the state: %w", err)
	}
	var file stateFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return s.unreadable("is not whole JSON")
	}
	if file.Format != stateFormat {
		return s.unreadable(fmt.Sprintf("has format %d, not %d", file.Format, stateFormat))
	}
	if file.Account != s.world.opts.Account {
		return s.unreadable(fmt.Sprintf("is of account %s, not %s", file.Account, s.world.opts.Account))
	}
	return s.fill(file)
}

func (s *store) fill(file stateFile) error {
	for key, raw := range file.Services {
		b, ok := s.world.segmentOf(key)
		if !ok {
			return s.unreadable(fmt.Sprintf("speaks of a service %q that this version does not have", key))
		}
		if err := json.Unmarshal(raw, b.state); err != nil {
			return s.unreadable(fmt.Sprintf("has a part %q that cannot be read", key))
		}
		s.segments[key] = raw
	}
	if err := s.world.entropy.restore(file.Entropy); err != nil {
		return s.unreadable("has a part \"entropy\" that cannot be read")
	}
	return nil
}

// unreadable never repeats the file's text: it holds secrets.
func (s *store) unreadable(why string) error {
	return fmt.Errorf("sandbox: the state file %s %s; delete it to start with an empty sandbox, "+
		"or name another folder", s.path(), why)
}

// capture takes a snapshot of the world if it differs from the last, and
// returns the number of the newest. The caller holds the server's lock.
func (s *store) capture() (uint64, error) {
	if s.dir == "" {
		return 0, nil
	}
	drawn, err := s.world.entropy.save()
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, b := range s.world.segments() {
		raw, err := json.Marshal(b.state)
		if err != nil {
			return 0, fmt.Errorf("state of %s: %w", key, err)
		}
		if !bytes.Equal(raw, s.segments[key]) {
			s.segments[key], s.drawn = raw, drawn
			s.version++
		}
	}
	return s.version, nil
}

// replace captures another world in the place of this one.
func (s *store) replace(w *world) (uint64, error) {
	s.mu.Lock()
	s.world, s.segments = w, map[string]json.RawMessage{}
	s.version++
	s.mu.Unlock()
	return s.capture()
}

// flush returns once a snapshot is on disk.
func (s *store) flush(version uint64) error {
	s.disk.Lock()
	defer s.disk.Unlock()
	if s.dir == "" || s.written >= version {
		return nil
	}
	raw, newest, err := s.snapshot()
	if err != nil {
		return err
	}
	if err := writeAtomically(s.path(), raw); err != nil {
		return err
	}
	s.written = newest
	return nil
}

// snapshot is the newest snapshot as a file, and its number.
func (s *store) snapshot() ([]byte, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, err := json.Marshal(stateFile{
		Format: stateFormat, Account: s.world.opts.Account, Entropy: s.drawn, Services: s.segments,
	})
	return raw, s.version, err
}

func (s *store) close() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.release()
}

// splitSegment parts "us-west-2/ecs" into region and service; a global
// service has no region.
func splitSegment(key string) (region, service string) {
	if region, service, ok := strings.Cut(key, "/"); ok {
		return region, service
	}
	return "", key
}

// writeAtomically replaces a file so that a crash leaves either the old or the
// new one, never a part.
func writeAtomically(path string, data []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if err := fillAndClose(temp, data); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// fillAndClose writes, syncs and closes a file. CreateTemp made it 0600.
func fillAndClose(file *os.File, data []byte) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncDir makes a rename in a folder safe against a power cut.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
