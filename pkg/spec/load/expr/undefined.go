package expr

import (
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// undefinedKind is the kind of a value that does not exist. It lives inside
// evaluation only: default and "is defined" accept it, all else turns it into
// its error. Where Bool is set the value is the missing else of a conditional,
// which Jinja lets pass as an empty text.
const undefinedKind = yaml11.Kind(-1)

// undefinedError is the use of something undefined. Unlike other errors it is
// caught where a variable's value is asked for.
type undefinedError struct{ cause *spec.Error }

func (e *undefinedError) Error() string { return e.cause.Error() }
func (e *undefinedError) Unwrap() error { return e.cause }

// undefined makes a value that fails with cause when it is used.
func (r *run) undefined(cause *spec.Error) *yaml11.Node {
	n := &yaml11.Node{Kind: undefinedKind, At: cause.At}
	r.causes[n] = cause
	return n
}

func isUndefined(n *yaml11.Node) bool { return n.Kind == undefinedKind }

// use is the value for an operation that needs one.
func (ev *evaluator) use(n *yaml11.Node) (*yaml11.Node, error) {
	if !isUndefined(n) {
		return n, nil
	}
	return nil, &undefinedError{cause: ev.scope.run.causes[n]}
}

// useLoosely is use for the operations that take a missing else for an empty
// text: output, ~, filters, and asking whether it is true.
func (ev *evaluator) useLoosely(n *yaml11.Node) (*yaml11.Node, error) {
	if isUndefined(n) && n.Bool {
		return ev.text(""), nil
	}
	return ev.use(n)
}

// within is what an attribute or item of something undefined is.
func (ev *evaluator) within(n *yaml11.Node) (*yaml11.Node, error) {
	if n.Bool {
		return ev.use(n)
	}
	return n, nil
}
