package load

import (
	"encoding/json"
	"maps"
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
// the input: complaints quote what is wrong. What was looked up outside of the
// project is hidden where it is itself complained about.
func (r *resolver) mask() {
	texts, outside := slices.Clone(r.vault.opened), map[string]*strings.Replacer{}
	for _, t := range r.project.Tasks {
		texts = slices.AppendSeq(texts, maps.Values(textsWhere(t, t.Sensitive)))
		for pointer, text := range textsWhere(t, t.Outside) {
			outside[t.Place(pointer).String()+dotted(pointer)] = hider([]string{text})
		}
	}
	hide := hider(texts)
	for _, list := range []spec.Errors{r.problems, r.d.Refusals} {
		for i, e := range list {
			hidden := *e
			if local := outside[e.At.String()+e.Path]; local != nil {
				hidden.Message, hidden.Hint = local.Replace(e.Message), local.Replace(e.Hint)
			}
			hidden.Message, hidden.Hint = hide.Replace(hidden.Message), hide.Replace(hidden.Hint)
			list[i] = &hidden
		}
	}
	for i, w := range r.d.Warnings {
		r.d.Warnings[i].Message, r.d.Warnings[i].Hint = hide.Replace(w.Message), hide.Replace(w.Hint)
	}
}

// conceal hides in complaints about a project that cannot be resolved what was
// opened by then.
func (l *loader) conceal(err error) error {
	var list spec.Errors
	if err == nil || !collect(&list, err) {
		return err
	}
	hide := hider(slices.Clone(l.vault.opened))
	for i, e := range list {
		hidden := *e
		hidden.Message, hidden.Hint = hide.Replace(e.Message), hide.Replace(e.Hint)
		list[i] = &hidden
	}
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// warned is a deployment of nothing but the warnings about a project that
// cannot be resolved; nil without any.
func (l *loader) warned(p *source.Project) *spec.Deployment {
	list := slices.Clone(l.warnings)
	if p != nil {
		list = append(list, p.Warnings...)
	}
	if len(list) == 0 {
		return nil
	}
	hide := hider(slices.Clone(l.vault.opened))
	for i, w := range list {
		list[i].Message, list[i].Hint = hide.Replace(w.Message), hide.Replace(w.Hint)
	}
	return &spec.Deployment{Environment: l.Environment, Warnings: distinctBy(list, spec.Warning.String)}
}

// hider puts spec.Masked in the place of texts.
func hider(texts []string) *strings.Replacer {
	// The longest first, so that none is spoilt by one that it contains.
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	pairs := []string{}
	for _, text := range texts {
		quoted := strconv.Quote(text)
		pairs = append(pairs, quoted[1:len(quoted)-1], spec.Masked, text, spec.Masked)
	}
	return strings.NewReplacer(pairs...)
}

// textsWhere are the texts of a task's document at the pointers that are
// wanted, by pointer; none for nil.
func textsWhere(t source.Task, wanted func(string) bool) map[string]string {
	found := map[string]string{}
	for pointer, v := range leaves(t, wanted) {
		if text, ok := v.(string); ok && len(text) >= minMasked {
			found[pointer] = text
		}
	}
	return found
}

// vaulted are the pointers, relative to base, of what in there came out of a
// vault, in order.
func vaulted(t source.Task, base string) []string {
	var found []string
	for _, pointer := range slices.Sorted(maps.Keys(leaves(t, t.Sensitive))) {
		if rest, ok := strings.CutPrefix(pointer, base+"/"); ok {
			found = append(found, "/"+rest)
		}
	}
	return found
}

// leaves are the scalars of a task's document at the pointers that are wanted.
func leaves(t source.Task, wanted func(string) bool) map[string]any {
	found := map[string]any{}
	if wanted == nil {
		return found
	}
	data, err := json.Marshal(t.Doc)
	if err != nil {
		return found // it was decoded from JSON
	}
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return found
	}
	descend(doc, "", func(pointer string, v any) {
		if wanted(pointer) {
			found[pointer] = v
		}
	})
	return found
}

func descend(v any, pointer string, visit func(string, any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			descend(value, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), visit)
		}
	case []any:
		for i, item := range v {
			descend(item, pointer+"/"+strconv.Itoa(i), visit)
		}
	default:
		visit(pointer, v)
	}
}
