package sandbox

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
)

// maxDump is more than any state that fits into memory with ease.
const maxDump = 1 << 30

// resetBy empties the sandbox.
func (s *Server) resetBy(w http.ResponseWriter, r *http.Request) {
	if refusedPage(w, r) {
		return
	}
	s.done(w, s.Reset())
}

// dumpTo gives all of the account, secrets in the clear.
func (s *Server) dumpTo(w http.ResponseWriter, r *http.Request) {
	if refusedPage(w, r) {
		return
	}
	dump, err := s.Dump()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	s.send(w, http.StatusOK, dump)
}

// loadFrom puts a dump into the place of all.
func (s *Server) loadFrom(w http.ResponseWriter, r *http.Request) {
	if refusedPage(w, r) {
		return
	}
	dump, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDump))
	if err != nil {
		http.Error(w, "the dump cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.done(w, s.Load(dump))
}

// done answers what gives nothing back.
func (s *Server) done(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, ErrBadDump):
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// refusedPage refuses what a web page may have sent, so that none can empty or
// read a sandbox that listens on this machine. A browser names the page in
// Origin, unless the page's own name was made to lead here; so a host must be an
// address or a name without a dot, which no page on the internet has.
func refusedPage(w http.ResponseWriter, r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address := net.ParseIP(strings.Trim(host, "[]")) != nil
	if r.Header.Get("Origin") == "" && (address || !strings.Contains(host, ".")) {
		return false
	}
	http.Error(w, "a web page may not do this: call the sandbox by its address, from no page", http.StatusForbidden)
	return true
}
