package scheduler

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"ecs-reconciler/internal/sandbox/paging"
)

// maxPage is the largest page of both lists, and the usual one.
const maxPage = 100

// CreateScheduleGroup makes a group; the same token again is no error.
func (b *Backend) CreateScheduleGroup(in *scheduler.CreateScheduleGroupInput) (*scheduler.CreateScheduleGroupOutput, error) {
	name, token := aws.ToString(in.Name), aws.ToString(in.ClientToken)
	out := &scheduler.CreateScheduleGroupOutput{ScheduleGroupArn: new(b.groupARN(name))}
	if g := b.group(name); g != nil {
		if token != "" && g.Token == token {
			return out, nil
		}
		return nil, conflict("Schedule group %s already exists.", name)
	}
	g := &Group{Name: name, Token: token, Created: b.now()}
	if err := g.tag(in.Tags); err != nil {
		return nil, err
	}
	b.state.Groups[name] = g
	return out, nil
}

// GetScheduleGroup shows a group.
func (b *Backend) GetScheduleGroup(in *scheduler.GetScheduleGroupInput) (*scheduler.GetScheduleGroupOutput, error) {
	g, err := b.needGroup(in.Name)
	if err != nil {
		return nil, err
	}
	return &scheduler.GetScheduleGroupOutput{
		Arn: new(b.groupARN(g.Name)), Name: new(g.Name), State: types.ScheduleGroupStateActive,
		CreationDate: new(g.Created), LastModificationDate: new(g.Created),
	}, nil
}

func (b *Backend) needGroup(name *string) (*Group, error) {
	if g := b.group(aws.ToString(name)); g != nil {
		return g, nil
	}
	return nil, notFound("Schedule group %s does not exist.", aws.ToString(name))
}

// DeleteScheduleGroup forgets a group and all its schedules, at once.
func (b *Backend) DeleteScheduleGroup(in *scheduler.DeleteScheduleGroupInput) (*scheduler.DeleteScheduleGroupOutput, error) {
	g, err := b.needGroup(in.Name)
	if err != nil {
		return nil, err
	}
	if g.Name == defaultGroup {
		return nil, invalid("The default schedule group cannot be deleted.")
	}
	delete(b.state.Groups, g.Name)
	maps.DeleteFunc(b.state.Schedules, func(key string, _ *Schedule) bool { return strings.HasPrefix(key, g.Name+"/") })
	return &scheduler.DeleteScheduleGroupOutput{}, nil
}

// ListScheduleGroups lists groups by name.
func (b *Backend) ListScheduleGroups(in *scheduler.ListScheduleGroupsInput) (*scheduler.ListScheduleGroupsOutput, error) {
	b.group(defaultGroup)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(b.state.Groups)) {
		if strings.HasPrefix(name, aws.ToString(in.NamePrefix)) {
			names = append(names, name)
		}
	}
	page, next, err := paging.Cut(names, func(name string) string { return name }, in.NextToken, sizeOr(in.MaxResults))
	if err != nil {
		return nil, badToken()
	}
	out := &scheduler.ListScheduleGroupsOutput{ScheduleGroups: []types.ScheduleGroupSummary{}, NextToken: next}
	for _, name := range page {
		g := b.state.Groups[name]
		out.ScheduleGroups = append(out.ScheduleGroups, types.ScheduleGroupSummary{
			Arn: new(b.groupARN(name)), Name: new(name), State: types.ScheduleGroupStateActive,
			CreationDate: new(g.Created), LastModificationDate: new(g.Created),
		})
	}
	return out, nil
}

func sizeOr(size *int32) int {
	if size == nil {
		return maxPage
	}
	return int(*size)
}

func badToken() error { return invalid("Invalid token provided.") }
