package daemon

import (
	"context"
	"errors"
	"sync"
)

// Daemon keeps environments as their specs say.
type Daemon struct {
	opts   Options
	mu     sync.Mutex
	shards map[string]*shard // by the environment's name, while they are worked
}

// New keeps nothing yet.
func New(o Options) *Daemon {
	return &Daemon{opts: o, shards: map[string]*shard{}}
}

// Keep works one environment until ctx ends, and then returns once the writes in
// hand have ended. Held is asked in front of every write, and refuses it by an
// error; nil lets all through. An environment that cannot be loaded or reached
// is tried again and again.
func (d *Daemon) Keep(ctx context.Context, e Environment, held func() error) error {
	s := newShard(e, d.opts, held)
	d.mu.Lock()
	if _, ok := d.shards[e.Name()]; ok {
		d.mu.Unlock()
		return errors.New(e.Name() + " is worked already")
	}
	d.shards[e.Name()] = s
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.shards, e.Name())
	}()
	return s.run(ctx)
}

// Reload has the specs of every environment read again.
func (d *Daemon) Reload() {
	for _, s := range d.worked() {
		s.reload()
	}
}

// Changed looks at the tasks that an object of AWS serves.
func (d *Daemon) Changed(c Change) {
	for _, s := range d.worked() {
		s.event(c)
	}
}

// Ready is nil once every environment that is worked was read at least once.
func (d *Daemon) Ready() error {
	var errs []error
	for _, s := range d.worked() {
		errs = append(errs, s.ready())
	}
	return errors.Join(errs...)
}

func (d *Daemon) worked() []*shard {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []*shard
	for _, s := range d.shards {
		out = append(out, s)
	}
	return out
}
