package sandbox

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// glance is how long a long poll sleeps at most before it looks again.
const glance = 25 * time.Millisecond

// patience is how long a request has to wait before it is worth performing;
// zero for nearly all. The lock is not held meanwhile, and what a queue comes to
// by itself, when a message is visible again or an event arrives, needs nobody
// to wake anybody. The wait is measured by this process's own clock, since the
// one of the options may stand still.
func (s *Server) patience(req *request, in any) time.Duration {
	poll, ok := in.(*sqs.ReceiveMessageInput)
	if !ok {
		return 0
	}
	at, most, ok := s.world.region(req.scope.region).queues.NextAt(poll)
	if !ok || !at.IsZero() && !at.After(s.world.at) {
		return 0
	}
	if req.until.IsZero() {
		req.until = time.Now().Add(most)
	}
	left := time.Until(req.until)
	if left <= 0 {
		return 0
	}
	pause := min(left, glance)
	if next := at.Sub(s.world.at); !at.IsZero() && next < pause {
		pause = max(next, time.Millisecond)
	}
	return pause
}
