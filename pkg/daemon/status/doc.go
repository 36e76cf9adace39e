// Package status holds what the daemon and `reconciler status` tell of an
// environment: conditions in Kubernetes' form, each object with its masked
// differences, and what happened. It is pure, does no I/O, and never holds a
// value that must not be shown.
package status
