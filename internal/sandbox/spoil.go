package sandbox

import (
	"context"
	"io"
	"net/http"
	"time"

	"ecs-reconciler/internal/sandbox/fault"
)

// spoiled is the writer of an answer whose body a fault cuts off or slows down.
func spoiled(ctx context.Context, w http.ResponseWriter, fate fault.Fate) http.ResponseWriter {
	switch fate.After {
	case fault.Truncate:
		return truncating{w}
	case fault.SlowBody:
		if r, ok := w.(*recorder); ok {
			r.slow = fate.Slow // its reader is the one who waits
			return w
		}
		return trickling{w, ctx, fate.Slow}
	default:
		return w
	}
}

// truncating writes the first half of a body. As the Content-Length says
// otherwise, net/http then closes the connection.
type truncating struct{ http.ResponseWriter }

func (t truncating) Write(p []byte) (int, error) {
	if _, err := t.ResponseWriter.Write(p[:len(p)/2]); err != nil {
		return 0, err
	}
	return len(p), nil
}

// trickling takes its time over a body.
type trickling struct {
	http.ResponseWriter
	ctx  context.Context
	over time.Duration
}

func (t trickling) Write(p []byte) (int, error) {
	n, err := io.Copy(flushing{t.ResponseWriter}, newTrickle(t.ctx, p, t.over))
	return int(n), err
}

// flushing sends what is written at once.
type flushing struct{ to http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.to.Write(p)
	if err == nil {
		err = http.NewResponseController(f.to).Flush()
	}
	return n, err
}

// trickle reads a body in ten pieces, each after a tenth of the time.
type trickle struct {
	ctx   context.Context
	body  []byte
	piece int
	pause time.Duration
}

func newTrickle(ctx context.Context, body []byte, over time.Duration) *trickle {
	const pieces = 10
	return &trickle{ctx: ctx, body: body, piece: max(1, (len(body)+pieces-1)/pieces), pause: over / pieces}
}

func (t *trickle) Read(p []byte) (int, error) {
	if len(t.body) == 0 {
		return 0, io.EOF
	}
	if err := wait(t.ctx, t.pause); err != nil {
		return 0, err
	}
	n := copy(p, t.body[:min(t.piece, len(t.body))])
	t.body = t.body[n:]
	return n, nil
}

// wait lets time pass, unless the context ends first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
