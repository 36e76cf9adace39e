package page

import (
	"net/http"
	"strings"

	"ecs-reconciler/pkg/daemon/status"
)

// filter chooses tasks. The zero filter takes all.
type filter struct {
	Query  string // in the name, a label as key=value, or an object's kind and name
	State  string // the class of a mark
	States []choice
}

type choice struct {
	Value, Word string
	Chosen      bool
}

func filterOf(r *http.Request) filter {
	q := r.URL.Query()
	f := filter{Query: strings.TrimSpace(q.Get("q"))}
	for _, m := range append(marks(), suspended) {
		chosen := q.Get("state") == m.Class
		if chosen {
			f.State = m.Class
		}
		f.States = append(f.States, choice{m.Class, m.Word, chosen})
	}
	return f
}

// Narrows tells whether anything may be left out.
func (f filter) Narrows() bool { return f.Query != "" || f.State != "" }

func (f filter) takes(t status.Task) bool {
	switch f.State {
	case "":
	case suspended.Class:
		if t.Suspension == nil {
			return false
		}
	default:
		if markOf(t).Class != f.State {
			return false
		}
	}
	return f.Query == "" || f.finds(t)
}

func (f filter) finds(t status.Task) bool {
	query := strings.ToLower(f.Query)
	in := func(text string) bool { return strings.Contains(strings.ToLower(text), query) }
	if in(t.Name) {
		return true
	}
	for k, v := range t.Labels {
		if in(k + "=" + v) {
			return true
		}
	}
	for _, o := range t.Objects {
		if in(string(o.Kind) + " " + o.Name) {
			return true
		}
	}
	return false
}
