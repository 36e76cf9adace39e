package cloudreactor

import (
	"slices"
	"strings"

	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load/yaml11"
)

// locations are the places that env_locations names, without empty ones. One
// text can hold several.
func (b *builder) locations() []*yaml11.Node {
	if !b.wraps(b.main) && len(items(given(b.config, "wrapped_container_names"))) == 0 && b.config.Get("wrapped_container_names") != nil {
		return nil
	}
	var out []*yaml11.Node
	for _, n := range items(given(b.wrapper, "env_locations")) {
		b.readable(n, "wrapper.env_locations", spec.ProviderPlain)
		for _, text := range several(yaml11.PyStr(n)) {
			if text = strings.TrimSpace(text); text != "" {
				out = append(out, derived(text, n))
			}
		}
	}
	return out
}

// joined are locations in one variable. A separator inside of one is escaped;
// without any there is no variable.
func (b *builder) joined(name, key string) variable {
	var parts []string
	at, blank, hidden := b.at, true, yaml11.Marks{}
	for _, n := range items(given(b.wrapper, key)) {
		at = n.At
		b.readable(n, "wrapper."+key, spec.ProviderPlain, spec.ProviderFile)
		if m := n.AllMarks(); m.Inline || m.Sensitive && strings.Contains(n.Text, "PLAIN:") {
			hidden = yaml11.Marks{Sensitive: true, Inline: hidden.Inline || m.Inline}
		}
		for _, text := range several(yaml11.PyStr(n)) {
			if place := strings.TrimSpace(text); place != "" && key == "config_locations" {
				b.reads = append(b.reads, place)
			}
			blank = blank && strings.TrimSpace(text) == ""
			parts = append(parts, escapeLocation(text))
		}
	}
	if blank {
		return variable{}
	}
	value := final(strings.Join(parts, ","), at)
	value.Marks = hidden
	return variable{prefix + name, value}
}

// readable refuses a place that was encrypted by itself, unless it is of a kind
// that is nowhere shown: what a role may read is.
func (b *builder) readable(n *yaml11.Node, path string, unseen ...spec.Provider) {
	if !n.AllMarks().Inline {
		return
	}
	for _, text := range several(yaml11.PyStr(n)) {
		if loc, err := spec.ParseLocation(strings.TrimSpace(text)); err == nil && !slices.Contains(unseen, loc.Provider) {
			b.known(open(n, b.at, b.name+"."+path))
			return
		}
	}
}

// several takes apart a text that lists ARNs, as the wrapper does when it
// starts. Any other text is one place, whatever it contains.
func several(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' })
	for i, part := range parts {
		if parts[i] = strings.TrimSpace(part); !hasARN(parts[i]) {
			return []string{text}
		}
	}
	if len(parts) < 2 {
		return []string{text}
	}
	return parts
}

// escapeLocation keeps the wrapper from splitting a place at a separator that
// is not yet escaped.
func escapeLocation(text string) string {
	var out strings.Builder
	for i, r := range text {
		if (r == ',' || r == ';') && (i == 0 || text[i-1] != '\\') {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
