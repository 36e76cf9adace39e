package role

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"ecs-reconciler/pkg/spec"
)

// Keep leaves the ignored fields as they are observed. A pointer into a policy
// keeps that part alone. Our owner tag and digest cannot be ignored.
func (k *Kind) Keep(d Desired, o Observed, ignore []string) Desired {
	d = d.clone()
	for _, p := range ignore {
		d.keep(o, p)
	}
	return d
}

func (d *Desired) keep(o Observed, p string) {
	field, rest, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	switch "/" + field {
	case pathTrust:
		d.Trust = kept(d.Trust, o.Trust, rest)
	case pathDescription:
		d.Description = &o.Description
	case pathMaxSession:
		d.MaxSession = &o.MaxSession
	case pathBoundary:
		d.Boundary = &o.Boundary
	case pathPath:
		d.Path = o.Path
	case pathManaged:
		d.keepManaged(o, p)
	case pathInline:
		d.keepInline(o, rest)
	case pathTags:
		d.keepTags(o, p)
	}
}

func (d *Desired) keepManaged(o Observed, p string) {
	arn, one := beneath(pathManaged, p)
	switch {
	case !one:
		d.Managed = append([]string{}, o.Managed...)
	case d.Managed == nil:
	case !slices.Contains(o.Managed, arn):
		d.Managed = slices.DeleteFunc(d.Managed, func(have string) bool { return have == arn })
	case !slices.Contains(d.Managed, arn):
		d.Managed = append(d.Managed, arn)
		slices.Sort(d.Managed)
	}
}

func (d *Desired) keepInline(o Observed, rest string) {
	if rest == "" {
		d.Inline = maps.Clone(o.Inline)
		return
	}
	escaped, deeper, _ := strings.Cut(rest, "/")
	name, _ := beneath("", "/"+escaped)
	want, have := d.Inline[name], o.Inline[name]
	switch {
	case deeper != "" && (want == nil || have == nil):
	case have == nil:
		delete(d.Inline, name)
	default:
		d.Inline[name] = kept(want, have, deeper)
	}
}

// keepTags leaves ours as they are: they say whose the role is, and what the
// spec was.
func (d *Desired) keepTags(o Observed, p string) {
	only, one := beneath(pathTags, p)
	for key := range d.Tags {
		have, tagged := o.Tags[key]
		switch {
		case one && key != only, key == spec.TagOwner, key == spec.TagApplied:
		case tagged:
			d.Tags[key] = have
		default:
			delete(d.Tags, key)
		}
	}
}

// kept is want with the part that pointer names, or all of it, taken from
// have. A part that only one of them has stays as it is in want.
func kept(want, have spec.Document, pointer string) spec.Document {
	if pointer == "" {
		return have
	}
	out, ok := keptAt(want, have, strings.Split(pointer, "/")).(spec.Document)
	if !ok {
		return want
	}
	return out
}

func keptAt(want, have any, tokens []string) any {
	if len(tokens) == 0 {
		return have
	}
	switch want := want.(type) {
	case map[string]any:
		key, _ := beneath("", "/"+tokens[0])
		theirs, ok := have.(map[string]any)
		if _, both := theirs[key]; !ok || !both || want[key] == nil {
			return want
		}
		out := maps.Clone(want)
		out[key] = keptAt(want[key], theirs[key], tokens[1:])
		return out
	case []any:
		i, err := strconv.Atoi(tokens[0])
		theirs, ok := have.([]any)
		if err != nil || !ok || i < 0 || i >= len(want) || i >= len(theirs) {
			return want
		}
		out := slices.Clone(want)
		out[i] = keptAt(want[i], theirs[i], tokens[1:])
		return out
	default:
		return want
	}
}
