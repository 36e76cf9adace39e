package sandbox

import (
	"errors"
	"fmt"
)

// open makes the world, out of the state folder if there is one.
func (s *Server) open() error {
	s.world = newWorld(s.opts, s.entropy)
	if s.opts.Dir != "" {
		if err := s.restore(); err != nil {
			return err
		}
	}
	return s.follow()
}

// follow makes the replica that listings see, if they lag.
func (s *Server) follow() error {
	if s.opts.Lag == 0 {
		return nil
	}
	var err error
	s.replica, err = s.newReplica()
	return err
}

// restore rebuilds the world that the state folder keeps.
func (s *Server) restore() error {
	var err error
	if s.store, err = openStore(s.opts); err != nil {
		s.store = &store{}
		return err
	}
	found, ok, err := s.store.read()
	if err != nil || !ok {
		return err
	}
	if err := s.rebuild(found); err != nil {
		return s.store.unreadable(err)
	}
	switch {
	case len(found.records) > 0 || found.torn:
		return s.compact()
	case found.snapshot.Settings.equal(s.opts.settings()):
		return s.store.grow()
	default:
		return nil // the first write puts the settings of now into the file
	}
}

// rebuild performs again, under the settings of then, what was performed since
// the snapshot.
func (s *Server) rebuild(found saved) error {
	w, err := worldOf(found.snapshot, s.opts.with(found.snapshot.Settings), s.entropy)
	if err != nil {
		return err
	}
	for i, r := range found.records {
		switch err := w.replay(s.services, r); {
		case errors.Is(err, errOtherOutcome):
			return fmt.Errorf("has a line %d that %w: open it with the version that wrote it", i+2, err)
		case err != nil:
			return fmt.Errorf("has a line %d that cannot be performed again", i+2)
		}
	}
	if found.snapshot.Settings.equal(s.opts.settings()) {
		s.world = w
		return nil
	}
	now, err := w.snapshot()
	if err != nil {
		return err
	}
	s.world, err = worldOf(now, s.opts, s.entropy)
	return err
}

// tidy compacts the state if it has grown.
func (s *Server) tidy() error {
	if s.store.journal == 0 {
		return nil
	}
	return s.compact()
}

// compact writes the world anew.
func (s *Server) compact() error {
	if s.store.dir == "" {
		return nil
	}
	now, err := s.world.snapshot()
	if err != nil {
		return err
	}
	return s.store.compact(now)
}

// Reset forgets everything, as if the account were new. Identifiers go on from
// where they were, so none comes back.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.become(newWorld(s.opts, s.entropy))
}

// become puts another world into the place of this one, at once and for
// listings too.
func (s *Server) become(w *world) error {
	before := s.world
	s.world = w
	if err := s.compact(); err != nil {
		s.world = before
		return err
	}
	return s.follow()
}

// Dump is all of the account as one line, secrets in the clear.
func (s *Server) Dump() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := s.world.snapshot()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return now.line()
}

// ErrBadDump is what Load returns for what is no dump of this account.
var ErrBadDump = errors.New("sandbox: the dump")

// Load puts what Dump gave, here or elsewhere, into the place of all that the
// account holds; identifiers go on from where they were then.
func (s *Server) Load(dump []byte) error {
	from, err := readSnapshot(dump)
	if err != nil {
		return fmt.Errorf("%w %w", ErrBadDump, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	drawn, err := s.entropy.save()
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	w, err := worldOf(from, s.opts, s.entropy)
	if err != nil {
		return fmt.Errorf("%w %w", ErrBadDump, err)
	}
	if err := s.become(w); err != nil {
		return errors.Join(err, s.entropy.restore(drawn))
	}
	return nil
}
