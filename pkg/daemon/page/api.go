package page

import (
	"bytes"
	"encoding/json"
	"net/http"

	"ecs-reconciler/pkg/daemon/status"
)

// FormatVersion is the version of the JSON form. It changes when a reader of
// the old form would misread the new one.
const FormatVersion = "1"

// Answer is what /api/status answers.
type Answer struct {
	FormatVersion string               `json:"format_version"`
	Environments  []status.Environment `json:"environments"`
}

func (p *Page) data(w http.ResponseWriter, r *http.Request) {
	all := p.board.Snapshot()
	if name := r.PathValue("environment"); name != "" {
		one, ok := named(all, name)
		if !ok {
			writeJSON(w, http.StatusNotFound, map[string]string{"format_version": FormatVersion, "error": "there is no environment of this name"})
			return
		}
		all = []status.Environment{one}
	}
	writeJSON(w, http.StatusOK, Answer{FormatVersion, all})
}

func named(all []status.Environment, name string) (status.Environment, bool) {
	for _, e := range all {
		if e.Environment == name {
			return e, true
		}
	}
	return status.Environment{}, false
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		plainText(w, http.StatusInternalServerError, "the answer cannot be written as JSON")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // who asked is gone
}
