package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"ecs-reconciler/internal/sandbox/fault"
)

// inspect answers what shows or changes how the sandbox behaves: its faults and
// its counts of calls. It says whether the request was about one of these. A
// web page's request is refused, as resetBy does.
func (s *Server) inspect(w http.ResponseWriter, r *http.Request) bool {
	own := map[string]func(http.ResponseWriter, *http.Request){
		"/_sandbox/faults": s.faultsBy,
		"/_sandbox/calls":  s.callsBy,
	}
	answer, ok := own[r.URL.Path]
	if ok && !refusedPage(w, r) {
		answer(w, r)
	}
	return ok
}

// faultsBy shows, sets or ends the faults.
func (s *Server) faultsBy(w http.ResponseWriter, r *http.Request) {
	var err error
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		err = s.SetFaults(nil, 0)
	case http.MethodPut:
		err = s.putFaults(r)
	default:
		notAllowed(w, "GET, PUT, DELETE")
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.show(w, s.Faults())
}

// putFaults takes a list of rules, and a seed from the query.
func (s *Server) putFaults(r *http.Request) error {
	seed := uint64(0)
	if text := r.URL.Query().Get("seed"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil || seed == 0 {
			return errors.New("seed is no whole number of 1 or more")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return err
	}
	rules, err := fault.Decode(body)
	if err != nil {
		return err
	}
	return s.SetFaults(rules, seed)
}

// callsBy shows the counts of calls, or begins them anew.
func (s *Server) callsBy(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		s.show(w, s.Calls())
	case http.MethodDelete:
		s.ForgetCalls()
		w.WriteHeader(http.StatusNoContent)
	default:
		notAllowed(w, "GET, DELETE")
	}
}

func notAllowed(w http.ResponseWriter, methods string) {
	w.Header().Set("Allow", methods)
	http.Error(w, "there are "+methods, http.StatusMethodNotAllowed)
}

// show answers with JSON.
func (s *Server) show(w http.ResponseWriter, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	s.send(w, http.StatusOK, body)
}
