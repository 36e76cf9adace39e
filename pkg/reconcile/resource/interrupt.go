package resource

import "context"

type interruptKey struct{}

// WithInterrupt tells work, which goes on for a while so that what is in hand
// gets finished, of the context that wants it to end: waits and retries end
// with that one.
func WithInterrupt(work, interrupt context.Context) context.Context {
	return context.WithValue(work, interruptKey{}, interrupt)
}

// Interrupt is the context that wants ctx to end; ctx itself where nothing
// lets it go on.
func Interrupt(ctx context.Context) context.Context {
	if interrupt, ok := ctx.Value(interruptKey{}).(context.Context); ok {
		return interrupt
	}
	return ctx
}
