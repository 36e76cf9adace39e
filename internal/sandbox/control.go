package sandbox

import (
	"maps"
	"net/http"
	"slices"
)

// control answers what is no AWS request: health for whoever waits for the
// sandbox, reset, its state, and what inspect answers. It says whether the
// request was one of these. A signed one is AWS's: S3 lists buckets by GET /.
func (s *Server) control(w http.ResponseWriter, r *http.Request) bool {
	aws := r.URL.Query().Has("Action") || r.Header.Get("Authorization") != ""
	health := r.URL.Path == "/_sandbox/health" || r.URL.Path == "/" && !aws
	switch {
	case health && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		s.health(w)
	case r.URL.Path == "/_sandbox/reset" && r.Method == http.MethodPost:
		s.resetBy(w, r)
	case r.URL.Path == "/_sandbox/state" && r.Method == http.MethodGet:
		s.dumpTo(w, r)
	case r.URL.Path == "/_sandbox/state" && r.Method == http.MethodPut:
		s.loadFrom(w, r)
	default:
		return s.inspect(w, r)
	}
	return true
}

func (s *Server) health(w http.ResponseWriter) {
	s.show(w, map[string]any{
		"status":   "ok",
		"account":  s.opts.Account,
		"region":   s.opts.Region,
		"services": slices.Sorted(maps.Keys(s.services)),
	})
}
