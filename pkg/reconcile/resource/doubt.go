package resource

import "context"

type doubtKey struct{}

// WithDoubt has kinds trust no list for what they observe, nor what they read
// before: something just changed, which lists may not know yet. It costs some
// calls for each object.
func WithDoubt(ctx context.Context) context.Context {
	return context.WithValue(ctx, doubtKey{}, true)
}

// Doubts tells whether lists are not to be trusted.
func Doubts(ctx context.Context) bool {
	doubts, _ := ctx.Value(doubtKey{}).(bool)
	return doubts
}
