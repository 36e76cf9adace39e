// Package page shows what a status.Board tells: a page for people, JSON for
// programs, a stream of changes, and whether the daemon lives and is ready.
//
// It is read-only: every request but GET and HEAD is refused. It loads nothing
// from elsewhere, and works without JavaScript. Off loopback it is served only
// to who has a token or a certificate; health and readiness, which tell no more
// than words of the caller's, are open.
package page
