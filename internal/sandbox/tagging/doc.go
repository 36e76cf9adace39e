// Package tagging plays the Resource Groups Tagging API, as far as reading goes:
// it finds resources of other backends by their tags.
//
// It guarantees that a page token resumes where the last page ended although
// resources come and go meanwhile, and that a filter which AWS refuses is
// refused. It keeps no state of its own.
package tagging
