// Package expr evaluates the part of Jinja that deploy_config folders use, with
// the results that Ansible (ansible-core 2.18, without jinja2_native) gives:
// names, attributes, indexes and slices, literals, arithmetic, ~, comparisons,
// in, and/or/not, conditionals, a few tests and filters, lookup('env'|'file'),
// {% raw %} and {# comments #}.
//
// It guarantees that variables are evaluated lazily, each once per scope it
// depends on; that cycles, undefined names and whatever is not supported are
// errors which show the expression and its file:line:column; that nothing is
// ever rendered twice, nor a !vault or !unsafe value at all; that a result made
// from a sensitive value is sensitive itself and no error repeats a value; and
// that evaluation ends, within bounded memory, whatever the input.
//
// Where it differs from Ansible it refuses what Ansible lets pass: something
// undefined inside a list or mapping that is being written, a missing else
// that is compared or added, a {% raw %} without end. It never gives another
// value. A conditional without else is an empty text where its condition is
// false, as in Jinja.
package expr
