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
type store struct {
	dir   string
	lock  *dirLock
	world *world
	saved map[string]json.RawMessage // each segment as it is on disk
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
	s := &store{dir: opts.Dir, lock: lock, world: w, saved: map[string]json.RawMessage{}}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, lock.release())
	}
	return s, nil
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
		if err := json.Unmarshal(raw, b.State()); err != nil {
			return s.unreadable(fmt.Sprintf("has a part %q that cannot be read", key))
		}
		s.saved[key] = raw
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

// save writes the world if it differs from the file.
func (s *store) save() error {
	if s.dir == "" {
		return nil
	}
	changed := false
	for key, b := range s.world.segments() {
		raw, err := json.Marshal(b.State())
		if err != nil {
			return fmt.Errorf("state of %s: %w", key, err)
		}
		if !bytes.Equal(raw, s.saved[key]) {
			s.saved[key], changed = raw, true
		}
	}
	if !changed {
		return nil
	}
	return s.write()
}

// replace saves another world in the place of this one.
func (s *store) replace(w *world) error {
	s.world = w
	if s.dir == "" {
		return nil
	}
	s.saved = map[string]json.RawMessage{}
	return s.write()
}

func (s *store) write() error {
	drawn, err := s.world.entropy.save()
	if err != nil {
		return err
	}
	file := stateFile{Format: stateFormat, Account: s.world.opts.Account, Entropy: drawn, Services: s.saved}
	raw, err := json.Marshal(file)
	if err != nil {
		return err
	}
	return writeAtomically(s.path(), raw)
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
	temp, err := os.CreateTemp(filepath.Dir(path), ".state-*")
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
