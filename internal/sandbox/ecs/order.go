package ecs

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// forgetOrder loses the order of environment and secrets, as ECS does: the new
// one differs from the order that was given and from revision to revision, yet
// is the same in every run.
func forgetOrder(def *types.TaskDefinition) {
	salt := *def.Family + ":" + strconv.Itoa(int(def.Revision)) + ":"
	for i := range def.ContainerDefinitions {
		c := &def.ContainerDefinitions[i]
		shuffle(c.Environment, func(e types.KeyValuePair) string { return salt + value(e.Name) })
		shuffle(c.Secrets, func(s types.Secret) string { return salt + value(s.Name) })
	}
}

// shuffle sorts by the hash of a key; should that be the order given, it
// rotates.
func shuffle[T any](items []T, key func(T) string) {
	if len(items) < 2 {
		return
	}
	before := names(items, key)
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(hash(key(a)), hash(key(b))) })
	if slices.Equal(before, names(items, key)) {
		first := items[0]
		copy(items, items[1:])
		items[len(items)-1] = first
	}
}

func names[T any](items []T, key func(T) string) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = key(item)
	}
	return out
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
