package policydoc

import (
	"cmp"
	"slices"
)

// canonical puts arrays of principals, and the operators and keys of conditions,
// into an order that depends on their content and is not the order they came
// in: IAM keeps them in sets, so that what is read is seldom what was sent.
func canonical(root *Node) {
	for _, st := range statements(root) {
		for _, principals := range st.Get("Principal").Members {
			shuffle(principals.Value.Items, func(n *Node) string { return n.Text })
		}
		condition := st.Get("Condition")
		if condition == nil {
			continue
		}
		shuffle(condition.Members, memberKey)
		for _, operator := range condition.Members {
			shuffle(operator.Value.Members, memberKey)
		}
	}
}

func memberKey(m Member) string { return m.Key }

// shuffle sorts by a hash of the key, and moves all by one place if that should
// give back the order of before.
func shuffle[T any](items []T, key func(T) string) {
	before := keys(items, key)
	slices.SortStableFunc(items, func(a, b T) int {
		return cmp.Compare(hash(key(a)), hash(key(b)))
	})
	if len(items) > 1 && slices.Equal(before, keys(items, key)) {
		first := items[0]
		copy(items, items[1:])
		items[len(items)-1] = first
	}
}

func keys[T any](items []T, key func(T) string) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		out = append(out, key(item))
	}
	return out
}

// hash is 64-bit FNV-1a.
func hash(text string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return h
}
