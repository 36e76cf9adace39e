package permission

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ecs-reconciler/pkg/spec"
)

// MaxPolicy is how long a managed policy may be, in characters without white
// space (IAM User Guide, "IAM and AWS STS quotas").
const MaxPolicy = 6144

// Fit is For, within what one managed policy may hold. Where the exact names
// are too long for that, they become patterns of what they have in common, and
// warnings tell which: families first, then parameters and secrets, and roles last, since they
// open the most. Every pattern begins with a word of the names' own.
func Fit(d *spec.Deployment, use Use, passwords ...string) (Policy, []spec.Warning) {
	w := newWriter(d, passwords)
	exact := w.policy(use).Size()
	var warnings []spec.Warning
	for _, l := range w.lists() {
		if w.policy(use).Size() <= MaxPolicy {
			break
		}
		if text := w.narrowest(l, use); text != "" {
			warnings = append(warnings, spec.Warning{Message: text,
				Hint: fmt.Sprintf("exact names take %d characters, and a managed policy %d", exact, MaxPolicy)})
		}
	}
	p := w.policy(use)
	if size := p.Size(); size > MaxPolicy {
		warnings = append(warnings, spec.Warning{Message: fmt.Sprintf("the policy has %d characters and IAM takes %d in a managed policy", size, MaxPolicy),
			Hint: "spread its statements over several policies: a role takes ten"})
	}
	return p, warnings
}

// Size is the policy's length in characters, without white space.
func (p Policy) Size() int {
	data, err := json.Marshal(p)
	if err != nil {
		return 0 // text alone cannot fail to be written
	}
	return utf8.RuneCount(data)
}

// list is resources of one kind: the names stand between prefix and suffix.
type list struct {
	what           string
	resources      []*[]string
	prefix, suffix string
}

// lists are what can be widened, the least harmful first.
func (w *writer) lists() []list {
	return []list{
		{"task definition families", []*[]string{&w.families}, w.arn("ecs", w.d.Region, "task-definition/"), ":*"},
		{"parameters", []*[]string{&w.parameters}, w.arn("ssm", w.d.Region, "parameter/"), ""},
		{"secrets", []*[]string{&w.secrets}, w.arn("secretsmanager", w.d.Region, "secret:"), anySuffix},
		{"roles", []*[]string{&w.roles, &w.passed}, w.arn("iam", "", "role/"), ""},
	}
}

// narrowest widens a list no further than the policy needs to fit, and tells
// what became of it; "" for nothing.
func (w *writer) narrowest(l list, use Use) string {
	size, exact, depth := w.policy(use).Size(), make([][]string, len(l.resources)), 0
	for i, resources := range l.resources {
		exact[i] = slices.Clone(*resources)
		for _, r := range exact[i] {
			depth = max(depth, strings.Count(strings.TrimPrefix(r, l.prefix), "/"))
		}
	}
	for ; depth >= allSegments && w.policy(use).Size() > MaxPolicy; depth-- {
		for i, resources := range l.resources {
			*resources = l.widened(exact[i], depth)
		}
	}
	if w.policy(use).Size() == size {
		for i, resources := range l.resources {
			*resources = exact[i]
		}
		return ""
	}
	before, after := unique(slices.Concat(exact...)), l.current()
	return fmt.Sprintf("%d %s are allowed as %s", len(missing(before, after)), l.what, strings.Join(missing(after, before), ", "))
}

// missing are those of list that others lack.
func missing(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return slices.Contains(others, text) })
}

// current are the list's resources as they are now.
func (l list) current() []string {
	var out []string
	for _, resources := range l.resources {
		out = append(out, *resources...)
	}
	return unique(out)
}

// widened leaves alone what is not of the list's form, such as the role of
// another account.
func (l list) widened(resources []string, depth int) []string {
	var names, out []string
	for _, r := range resources {
		name, ok := strings.CutPrefix(r, l.prefix)
		if name, ends := strings.CutSuffix(name, l.suffix); ok && ends {
			names = append(names, name)
			continue
		}
		out = append(out, r)
	}
	for _, name := range widened(names, depth) {
		out = append(out, l.prefix+name+l.suffix)
	}
	return unique(out)
}
