package ecs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// reference is a task definition as callers name it: family, family:revision,
// or the ARN of either.
type reference struct {
	family string
	// revision is zero where none was named.
	revision int32
}

// parseReference reads a name. It is not ok where the text names no task
// definition of this account and region.
func (b *Backend) parseReference(name string) (reference, bool) {
	if strings.HasPrefix(name, "arn:") {
		rest, ours := strings.CutPrefix(name, b.env.ARN("ecs", "task-definition/"))
		if !ours {
			return reference{}, false
		}
		name = rest
	}
	family, number, numbered := strings.Cut(name, ":")
	if !numbered {
		return reference{family: family}, family != ""
	}
	revision, err := strconv.ParseInt(number, 10, 32)
	if err != nil || revision < 1 || family == "" {
		return reference{}, false
	}
	return reference{family: family, revision: int32(revision)}, true
}

// find returns the named revision, or for a bare family the latest ACTIVE one;
// nil where there is none.
func (b *Backend) find(name string) *Revision {
	ref, ok := b.parseReference(name)
	if !ok {
		return nil
	}
	family := b.state.Families[ref.family]
	if family == nil {
		return nil
	}
	if ref.revision == 0 {
		return family.latestActive()
	}
	return family.revision(ref.revision)
}

// findNumbered is find for operations that insist on a revision.
func (b *Backend) findNumbered(name string) *Revision {
	if ref, ok := b.parseReference(name); !ok || ref.revision == 0 {
		return nil
	}
	return b.find(name)
}

func (f *Family) revision(number int32) *Revision {
	at, found := slices.BinarySearchFunc(f.Revisions, number, func(r *Revision, n int32) int {
		return cmp.Compare(r.Definition.Revision, n)
	})
	if !found {
		return nil
	}
	return f.Revisions[at]
}

func (f *Family) latestActive() *Revision {
	for i := len(f.Revisions) - 1; i >= 0; i-- {
		if f.Revisions[i].Definition.Status == types.TaskDefinitionStatusActive {
			return f.Revisions[i]
		}
	}
	return nil
}
