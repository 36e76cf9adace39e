package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// control answers what is no AWS request: health for whoever waits for the
// sandbox, reset, and its state. It says whether the request was one of these. A
// signed one is AWS's: S3 lists buckets by GET /.
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
		return false
	}
	return true
}

func (s *Server) health(w http.ResponseWriter) {
	body, err := json.Marshal(map[string]any{
		"status":   "ok",
		"account":  s.opts.Account,
		"region":   s.opts.Region,
		"services": slices.Sorted(maps.Keys(s.services)),
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	s.send(w, http.StatusOK, body)
}
