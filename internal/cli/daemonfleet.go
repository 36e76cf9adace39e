package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/daemon"
	"ecs-reconciler/pkg/daemon/lease"
	"ecs-reconciler/pkg/daemon/metrics"
	"ecs-reconciler/pkg/daemon/status"
)

// fleet is one member that shares environments with others.
type fleet struct {
	daemon  *daemon.Daemon
	members *lease.Members
	watcher *watcher

	mu     sync.Mutex // guards shards
	shards map[string]*keptEnvironment
}

// share works the environments whose leases this member gets.
func (a *app) share(ctx context.Context, d *daemon.Daemon, environments []*keptEnvironment, m membership, w *watcher, log *zap.Logger) error {
	if err := m.check(); err != nil {
		return err
	}
	table, err := a.table(ctx, m, (*awsapi.Gate).Open)
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("cannot tell this machine's name: %w", err)
	}
	members, err := lease.New(table, lease.Options{Name: host, Lease: m.lease, Log: log})
	if err != nil {
		return err
	}
	f := &fleet{daemon: d, members: members, watcher: w, shards: map[string]*keptEnvironment{}}
	var naming sync.WaitGroup
	defer naming.Wait()
	for _, k := range environments {
		naming.Go(func() { f.name(ctx, k) })
	}
	log.Info("sharing", zap.String("member", members.ID()), zap.String("table", m.members))
	return members.Run(ctx, f.work)
}

// name tells the members of an environment once its spec says which account
// and region it is of.
func (f *fleet) name(ctx context.Context, k *keptEnvironment) {
	for pause := time.Second; ctx.Err() == nil; pause = min(2*pause, time.Minute) {
		loaded, err := k.Load(ctx)
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.shards[shardOf(loaded)] = k
			f.watcher.metrics.Lease(shardOf(loaded), metrics.Waiting)
			f.members.Serve(slices.Sorted(maps.Keys(f.shards)))
			return
		}
		k.log.Error("the spec cannot be read, so that nobody knows whose it is", zap.Error(err))
		if sleep(ctx, pause) != nil {
			return
		}
	}
}

func shardOf(l daemon.Loaded) string {
	return strings.Join([]string{l.Deployment.AccountID, l.Deployment.Region, l.Deployment.Environment}, "/")
}

// work keeps one environment for as long as its lease is held.
func (f *fleet) work(ctx context.Context, held *lease.Held) error {
	f.mu.Lock()
	k := f.shards[held.Shard()]
	f.mu.Unlock()
	if k == nil {
		return errors.New("this member does not know " + held.Shard())
	}
	k.log.Info("the lease is held", zap.Int64("fence", held.Fence()))
	f.watcher.metrics.Lease(held.Shard(), metrics.Held)
	f.watcher.board.Update(k.name, func(e *status.Environment) { e.Member = f.members.ID() })
	err := f.daemon.Keep(until(ctx, held), k, func() error {
		if held.Valid() {
			return nil
		}
		return fmt.Errorf("the lease of %s does not hold any more: %w", held.Shard(), lease.ErrLost)
	})
	k.log.Info("the lease is given back", zap.NamedError("why", held.Why()), zap.Error(err))
	f.watcher.board.Forget(k.name)
	f.watcher.metrics.Forget(k.name)
	f.watcher.metrics.Lease(held.Shard(), leaseAfter(held))
	return err
}

// leaseAfter is how this member stands to a shard that it works no more.
func leaseAfter(held *lease.Held) metrics.LeaseState {
	if errors.Is(held.Why(), lease.ErrLost) {
		return metrics.Lost
	}
	return metrics.Waiting
}

// until is ctx, which also ends when the shard is to be given back.
func until(ctx context.Context, held *lease.Held) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-ctx.Done():
			cancel(context.Cause(ctx))
		case <-held.Ending():
			cancel(held.Why())
		}
	}()
	return ctx
}
