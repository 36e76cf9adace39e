// Package metrics counts what the daemon does, for Prometheus, on a registry of
// its own. Labels are names of environments, tasks, kinds, AWS operations and
// shards, which the specs bound, and words of lists kept here; nothing of a
// value or a message gets into them.
package metrics
