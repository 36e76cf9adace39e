package daemon

import (
	"go.uber.org/zap"

	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/resource"
)

// Change is an object of AWS that somebody changed, as an event tells of it.
type Change struct {
	Kind      resource.Type
	Name      string // as plans name it: without a path, an account or a revision
	Account   string
	Region    string // of the object; "" for those of no region, such as roles
	Who       string // in words
	CallerARN string
	Token     string // of the write, where it had one; see resource.Verdict
}

func (c Change) key() resource.Key { return resource.Key{Type: c.Kind, Name: c.Name} }

// event looks at the tasks that a changed object serves. What we did ourselves
// is no news.
func (s *shard) event(c Change) {
	g := s.spec.Load()
	if g == nil || c.Account != g.deployment.AccountID || c.Region != "" && c.Region != g.deployment.Region {
		return
	}
	key := c.key()
	verdict := s.judge(g, c)
	s.mu.Lock()
	tasks := s.served[key]
	news := len(tasks) > 0 && (c.CallerARN == "" || c.CallerARN != s.caller) && verdict != resource.Wanted
	if news {
		s.actors[key] = c.Who
		for _, task := range tasks {
			s.doubts[task] = true
		}
	}
	s.mu.Unlock()
	if !news {
		return
	}
	s.log.Info("event", zap.String("kind", string(c.Kind)), zap.String("name", c.Name), zap.String("who", c.Who), zap.Strings("tasks", tasks))
	if verdict == resource.Unwanted {
		s.foretell(c, tasks[0])
	}
	for _, task := range tasks {
		s.queue.Forget(task)
		s.queue.Add(task)
	}
}

// judge tells by the token of a write alone whether it is as the spec wants it.
func (s *shard) judge(g *generation, c Change) resource.Verdict {
	s.mu.Lock()
	judge := s.judges
	s.mu.Unlock()
	if judge == nil || c.Token == "" {
		return resource.Unjudged
	}
	return judge(g.deployment, c.key(), c.Token)
}

// foretell tells of a drift that no read has seen yet: the token proves it.
func (s *shard) foretell(c Change, task string) {
	s.once("drift "+c.key().String(), foretold, status.Record{What: status.DriftFound, Task: task, Kind: c.Kind, Name: c.Name, Who: c.Who})
}

// foretold stands for what was told of a drift by its event alone.
const foretold = "foretold"
