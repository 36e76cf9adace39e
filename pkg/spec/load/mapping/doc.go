// Package mapping turns the names and values of one format into another: JSON,
// YAML, env files, and several of them merged.
//
// It guarantees that names keep their order; that a process which reads the
// result through proc_wrapper sees what it would have seen of the original;
// that what the other format cannot express is refused, not bent; and that no
// error tells of a value.
package mapping
