package taskdefinition

import (
	"maps"
	"strings"
	"sync"

	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// memory is what was read of the declared families, shared by all plans of a
// Kind. A revision's content never changes, so that what was read of it holds
// as long as it is its family's newest one and has the same tags.
type memory struct {
	mu      sync.Mutex
	entries map[string]*entry // by family
	pages   int               // that listing the account's revisions takes at least
}

// entry is a place for what is read of a family. It is taken before reading,
// and gone when the family was written meanwhile, so that nothing is kept that
// was read before a write.
type entry struct{ read *Observed }

func newMemory() *memory { return &memory{entries: map[string]*entry{}} }

// place is where the family's newest revision can be kept.
func (m *memory) place(family string) *entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries[family] == nil {
		m.entries[family] = &entry{}
	}
	return m.entries[family]
}

// keep puts what was read into its place, if that is still there.
func (m *memory) keep(family string, e *entry, o Observed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries[family] == e {
		e.read = &o
	}
}

// forget is called before and after every write, and of what may be kept no
// longer.
func (m *memory) forget(family string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, family)
}

// of are the revisions that are kept of the keys' families, and how many pages
// a list takes as far as is known.
func (m *memory) of(keys []resource.Key) (kept map[string]Observed, pages int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept = map[string]Observed{}
	for _, key := range keys {
		if e := m.entries[key.Name]; e != nil && e.read != nil {
			kept[key.Name] = *e.read
		}
	}
	return kept, m.pages
}

// listed notes how many pages a list took.
func (m *memory) listed(pages int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pages = pages
}

// only drops the families that are not declared any more.
func (m *memory) only(declared map[string]family) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.entries, func(name string, _ *entry) bool { _, ok := declared[name]; return !ok })
}

// families are those that Desired saw last.
func (k *Kind) families() map[string]family {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.declared
}

// keepable tells whether a revision may be kept from one plan to the next. Not
// one of a family that is not declared, nor one that is not ours or has lost a
// tag, since earlier revisions tell what it is; nor one with a value to hide
// that the spec does not hold as well.
func (k *Kind) keepable(o Observed) bool {
	f, declared := k.families()[o.family]
	if !declared || o.tags[spec.TagOwner] == "" || o.lostApplied() || o.hidden.everything {
		return false
	}
	if !o.hidden.variables && len(o.hidden.names) == 0 {
		return true
	}
	form := canonical(k.rules, f.document)
	for _, item := range list(o.canonical["containerDefinitions"]) {
		if !holds(container(form, text(object(item)["name"])), object(item), o.hidden) {
			return false
		}
	}
	return true
}

// holds tells whether a declared container has the hidden variables of an
// observed one, with the same values.
func holds(declared, observed map[string]any, h hidden) bool {
	have := object(declared["environment"])
	for name, value := range object(observed["environment"]) {
		if h.variable(text(observed["name"]), name, true) && have[name] != value {
			return false
		}
	}
	return true
}

// sameTags leaves out the tags that AWS itself puts on, which the services need
// not tell alike.
func sameTags(a, b map[string]string) bool {
	return maps.Equal(withoutAWSTags(a), withoutAWSTags(b))
}

func withoutAWSTags(tags map[string]string) map[string]string {
	out := maps.Clone(tags)
	maps.DeleteFunc(out, func(name, _ string) bool { return strings.HasPrefix(name, "aws:") })
	return out
}
