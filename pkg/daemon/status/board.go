package status

import (
	"slices"
	"strings"
	"sync"
)

// kept bounds the history of an environment.
const kept = 200

// Board is what is told at present of every environment. It may be used by
// many goroutines.
type Board struct {
	mu       sync.Mutex
	by       map[string]*Environment
	watchers map[chan struct{}]struct{}
}

// NewBoard is empty.
func NewBoard() *Board {
	return &Board{by: map[string]*Environment{}, watchers: map[chan struct{}]struct{}{}}
}

// Update changes what is told of an environment, and tells who watches. Change
// must replace what it changes in slices and maps, not alter them in place: they
// may have been handed out. What Environment's methods do is well.
func (b *Board) Update(environment string, change func(*Environment)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.by[environment]
	if !ok {
		e = &Environment{Environment: environment, Conditions: Conditions{}, Tasks: []Task{}, History: []Record{}, Warnings: []string{}}
		b.by[environment] = e
	}
	change(e)
	b.tell()
}

// tell wakes who watches. The lock must be held.
func (b *Board) tell() {
	for w := range b.watchers {
		select {
		case w <- struct{}{}:
		default: // it has yet to take the last one
		}
	}
}

// Forget tells no more of an environment, and tells who watches.
func (b *Board) Forget(environment string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.by, environment)
	b.tell()
}

// Snapshot is what is told now, by name of the environment. It does not change
// any more.
func (b *Board) Snapshot() []Environment {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Environment, 0, len(b.by))
	for _, e := range b.by {
		out = append(out, e.HandOut())
	}
	slices.SortFunc(out, func(x, y Environment) int { return strings.Compare(x.Environment, y.Environment) })
	return out
}

// Watch gives a channel that gets something after each change, or each few of
// them, until stop is called.
func (b *Board) Watch() (changes <-chan struct{}, stop func()) {
	w := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers[w] = struct{}{}
	return w, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, w)
	}
}

// SetTask puts a task in place of the former of its name.
func (e *Environment) SetTask(t Task) {
	e.ownTasks()
	i, found := slices.BinarySearchFunc(e.Tasks, t.Name, func(x Task, name string) int { return strings.Compare(x.Name, name) })
	if found {
		e.Tasks[i] = t
	} else {
		e.Tasks = slices.Insert(e.Tasks, i, t)
	}
}

// ownTasks leaves the tasks to those to whom they were handed out, and goes on
// with a copy: one for all that is set until they are handed out again.
func (e *Environment) ownTasks() {
	if !e.own {
		e.Tasks, e.own = slices.Clone(e.Tasks), true
	}
}

// Task finds a task by name; the zero Task without one.
func (e *Environment) Task(name string) Task {
	i, found := slices.BinarySearchFunc(e.Tasks, name, func(x Task, name string) int { return strings.Compare(x.Name, name) })
	if !found {
		return Task{Name: name}
	}
	return e.Tasks[i]
}

// Keep drops the tasks that names does not hold.
func (e *Environment) Keep(names []string) {
	kept := map[string]bool{}
	for _, name := range names {
		kept[name] = true
	}
	e.ownTasks()
	e.Tasks = slices.DeleteFunc(e.Tasks, func(t Task) bool { return !kept[t.Name] })
}

// SetCondition puts a condition of the environment in place, with the time of
// the former where its status did not change.
func (e *Environment) SetCondition(c Condition) {
	one := Conditions{c}.since(e.Conditions, c.LastTransitionTime)[0]
	out := slices.Clone(e.Conditions)
	if i := slices.IndexFunc(out, func(x Condition) bool { return x.Type == c.Type }); i >= 0 {
		out[i] = one
	} else {
		out = append(out, one)
	}
	e.Conditions = out
}

// Tell adds to the history.
func (e *Environment) Tell(records ...Record) {
	slices.Reverse(records)
	e.History = append(records, e.History...)
	e.History = slices.Clip(e.History[:min(len(e.History), kept)])
}
