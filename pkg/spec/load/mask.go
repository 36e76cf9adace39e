package load

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/source"
)

// minMasked is how long a text must be to be hidden, in bytes: hiding shorter
// ones would tear words apart, and they are no secrets.
const minMasked = 4

// mask hides what came out of a vault in everything that will be said about
// the input: complaints quote what is wrong.
func (r *resolver) mask() {
	texts := []string{}
	for _, t := range r.project.Tasks {
		texts = append(texts, vaultedTexts(t)...)
	}
	// The longest first, so that none is spoilt by one that it contains.
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	pairs := []string{}
	for _, text := range texts {
		quoted := strconv.Quote(text)
		pairs = append(pairs, quoted[1:len(quoted)-1], spec.Masked, text, spec.Masked)
	}
	hide := strings.NewReplacer(pairs...)
	for _, list := range []spec.Errors{r.problems, r.d.Refusals} {
		for i, e := range list {
			hidden := *e
			hidden.Message, hidden.Hint = hide.Replace(e.Message), hide.Replace(e.Hint)
			list[i] = &hidden
		}
	}
	for i, w := range r.d.Warnings {
		r.d.Warnings[i].Message, r.d.Warnings[i].Hint = hide.Replace(w.Message), hide.Replace(w.Hint)
	}
}

// vaultedTexts are the texts of a task's document that came out of a vault.
func vaultedTexts(t source.Task) []string {
	if t.Sensitive == nil {
		return nil
	}
	data, err := json.Marshal(t.Doc)
	if err != nil {
		return nil // it was decoded from JSON
	}
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil
	}
	return textsAt(doc, "", t.Sensitive)
}

func textsAt(v any, pointer string, wanted func(string) bool) []string {
	var found []string
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			token := strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
			found = append(found, textsAt(value, pointer+"/"+token, wanted)...)
		}
	case []any:
		for i, item := range v {
			found = append(found, textsAt(item, pointer+"/"+strconv.Itoa(i), wanted)...)
		}
	case string:
		if len(v) >= minMasked && wanted(pointer) {
			found = append(found, v)
		}
	}
	return found
}
