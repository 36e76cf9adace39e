// Package tagging plays the Resource Groups Tagging API: it finds resources of
// other backends by their tags, and has those backends change them.
//
// It guarantees that a page token resumes where the last page ended although
// resources come and go meanwhile, that it serves no other request and not for
// longer than AWS's, and that a filter which AWS refuses is refused. It keeps no
// state of its own.
package tagging
