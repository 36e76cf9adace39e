package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// replica is the world as listings see it: what was performed arrives late. It
// trails by at most lag and never goes back. The server's lock guards it.
type replica struct {
	lag      time.Duration
	delays   *entropy
	services map[string]*served
	world    *world
	reached  time.Time // performed up to here
	pending  []record  // performed since, in order
}

// newReplica makes a replica of a world in which nothing is pending.
func (s *Server) newReplica() (*replica, error) {
	delays, err := newEntropy(s.opts.Seed, forDelays)
	if err != nil {
		return nil, err
	}
	source, err := newEntropy(s.opts.Seed, forState)
	if err != nil {
		return nil, err
	}
	r := &replica{lag: s.opts.Lag, delays: delays, services: s.services, reached: s.now().Add(-s.opts.Lag)}
	now, err := s.world.snapshot()
	if err != nil {
		return nil, err
	}
	r.world, err = worldOf(now, s.opts, source)
	return r, err
}

// add takes note of what was performed, and performs what no listing may miss.
func (r *replica) add(performed record) error {
	r.pending = append(r.pending, performed)
	return r.advance(performed.At.Add(-r.lag))
}

// advance performs what is pending up to a time.
func (r *replica) advance(to time.Time) error {
	if to.After(r.reached) {
		r.reached = to
	}
	n := 0
	for ; n < len(r.pending) && !r.pending[n].At.After(r.reached); n++ {
		if err := r.world.replay(r.services, r.pending[n]); err != nil {
			return fmt.Errorf("the replica's %s %w", r.pending[n].Operation, err)
		}
	}
	r.pending = slices.Delete(r.pending, 0, n)
	return nil
}

// listing is an operation as a listing at a time performs it, late by a delay
// that is drawn for it.
func (r *replica) listing(now time.Time, region, service, name string) (operation, error) {
	if err := r.advance(now.Add(-r.delays.delay(r.lag))); err != nil {
		return operation{}, err
	}
	r.world.at = r.reached
	return r.world.place(region, service).backends[service].operations[name], nil
}
