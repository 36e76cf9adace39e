package ecs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// ListTaskDefinitions lists ARNs by family and number, ascending unless DESC,
// of ACTIVE revisions unless another status is asked for.
func (b *Backend) ListTaskDefinitions(in *ecs.ListTaskDefinitionsInput) (*ecs.ListTaskDefinitionsOutput, error) {
	status := cmp.Or(in.Status, types.TaskDefinitionStatusActive)
	if err := firstError(
		func() error { return oneOf("status", status) },
		func() error { return oneOf("sort", in.Sort) },
	); err != nil {
		return nil, err
	}
	order := byFamilyAndNumber
	if in.Sort == types.SortOrderDesc {
		order = func(x, y string) int { return byFamilyAndNumber(y, x) }
	}
	arns := b.revisionARNs(in.FamilyPrefix, status)
	slices.SortFunc(arns, order)
	shown, next, err := page(arns, order, in.MaxResults, maxPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionsOutput{TaskDefinitionArns: shown, NextToken: next}, nil
}

// revisionARNs lists revisions of a status; of one family where named, which
// ListTaskDefinitions calls a prefix although it is the full name.
func (b *Backend) revisionARNs(family *string, status types.TaskDefinitionStatus) []string {
	var out []string
	for name, f := range b.state.Families {
		if value(family) != "" && name != *family {
			continue
		}
		for _, r := range f.Revisions {
			if r.Definition.Status == status {
				out = append(out, *r.Definition.TaskDefinitionArn)
			}
		}
	}
	return out
}

// byFamilyAndNumber orders ARNs by family, then by number: :9 before :10.
func byFamilyAndNumber(x, y string) int {
	familyX, numberX := splitRevision(x)
	familyY, numberY := splitRevision(y)
	return cmp.Or(strings.Compare(familyX, familyY), cmp.Compare(numberX, numberY))
}

// splitRevision cuts the revision number off. A text without one, which only a
// forged page token holds, counts as number zero.
func splitRevision(arn string) (string, int) {
	i := strings.LastIndex(arn, ":")
	if i < 0 {
		return arn, 0
	}
	number, err := strconv.Atoi(arn[i+1:])
	if err != nil {
		return arn, 0
	}
	return arn[:i], number
}

// ListTaskDefinitionFamilies lists families whose name begins with the prefix:
// ACTIVE ones have an ACTIVE revision, INACTIVE ones have others only.
func (b *Backend) ListTaskDefinitionFamilies(in *ecs.ListTaskDefinitionFamiliesInput) (*ecs.ListTaskDefinitionFamiliesOutput, error) {
	if err := oneOf("status", in.Status); err != nil {
		return nil, err
	}
	var names []string
	for name, f := range b.state.Families {
		if strings.HasPrefix(name, value(in.FamilyPrefix)) && f.listed(in.Status) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	shown, next, err := page(names, strings.Compare, in.MaxResults, maxPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionFamiliesOutput{Families: shown, NextToken: next}, nil
}

func (f *Family) listed(status types.TaskDefinitionFamilyStatus) bool {
	active := f.latestActive() != nil
	switch status {
	case types.TaskDefinitionFamilyStatusActive:
		return active
	case types.TaskDefinitionFamilyStatusInactive:
		return !active && len(f.Revisions) > 0
	default:
		return len(f.Revisions) > 0
	}
}
