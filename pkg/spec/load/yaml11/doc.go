// Package yaml11 reads YAML as PyYAML's SafeLoader does, which is the dialect
// Ansible and thus every existing deploy_config is written in: YAML 1.1 scalars
// (yes and on are booleans, 0755 is octal, 12:30:45 is a number), merge keys,
// and keys that may be any scalar.
//
// It guarantees that every node knows its file, line and column; that numbers
// of any size survive, beside the text they were written as; that the order of
// a mapping is Python's; that no error repeats a value of the document, since
// values may be secrets; and that hostile input (alias bombs, deep nesting,
// huge files, bytes that are no text) is refused within bounded time and memory.
//
// It departs from PyYAML in two points, on purpose: unquoted dates and a bare =
// stay strings, where PyYAML makes datetime objects of the one and fails on the
// other.
package yaml11
