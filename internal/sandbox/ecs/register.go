package ecs

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// RegisterTaskDefinition makes a new revision of a family, whether or not its
// content is that of the one before.
func (b *Backend) RegisterTaskDefinition(in *ecs.RegisterTaskDefinitionInput) (*ecs.RegisterTaskDefinitionOutput, error) {
	request := clone(*in)
	def, err := b.validated(&request)
	if err != nil {
		return nil, err
	}
	rev := b.addRevision(def, request.Tags)
	return &ecs.RegisterTaskDefinitionOutput{
		TaskDefinition: new(clone(rev.Definition)),
		Tags:           clone(rev.Tags),
	}, nil
}

// validated checks a request and turns it into what will be stored.
func (b *Backend) validated(request *ecs.RegisterTaskDefinitionInput) (*types.TaskDefinition, error) {
	if err := checkSize(request); err != nil {
		return nil, err
	}
	def := requested(request)
	err := firstError(
		func() error { return checkFamily(def.Family) },
		func() error { return checkTags(request.Tags) },
		func() error { return normaliseSizes(def) },
		func() error { return checkDefinition(def) },
		func() error { return b.checkRoles(def) },
	)
	if err != nil {
		return nil, err
	}
	fillDefaults(def)
	def.Compatibilities = compatibilities(def)
	def.RequiresAttributes = requiredAttributes(def)
	return def, nil
}

// requested copies what a request says, member by member. An empty string in
// place of an optional name counts as absent.
func requested(in *ecs.RegisterTaskDefinitionInput) *types.TaskDefinition {
	return &types.TaskDefinition{
		ContainerDefinitions:    in.ContainerDefinitions,
		Cpu:                     nonEmpty(in.Cpu),
		EnableFaultInjection:    in.EnableFaultInjection,
		EphemeralStorage:        in.EphemeralStorage,
		ExecutionRoleArn:        nonEmpty(in.ExecutionRoleArn),
		Family:                  in.Family,
		InferenceAccelerators:   in.InferenceAccelerators,
		IpcMode:                 in.IpcMode,
		Memory:                  nonEmpty(in.Memory),
		NetworkMode:             in.NetworkMode,
		PidMode:                 in.PidMode,
		PlacementConstraints:    in.PlacementConstraints,
		ProxyConfiguration:      in.ProxyConfiguration,
		RequiresCompatibilities: in.RequiresCompatibilities,
		RuntimePlatform:         in.RuntimePlatform,
		TaskRoleArn:             nonEmpty(in.TaskRoleArn),
		Volumes:                 in.Volumes,
	}
}

func nonEmpty(s *string) *string {
	if value(s) == "" {
		return nil
	}
	return s
}

// value is what a pointer points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// addRevision numbers, signs and stores a definition.
func (b *Backend) addRevision(def *types.TaskDefinition, tags []types.Tag) *Revision {
	family := b.state.Families[*def.Family]
	if family == nil {
		family = &Family{}
		b.state.Families[*def.Family] = family
	}
	family.Last++
	def.Revision = family.Last
	def.Status = types.TaskDefinitionStatusActive
	def.TaskDefinitionArn = new(b.env.ARN("ecs", "task-definition/"+*def.Family+":"+strconv.Itoa(int(def.Revision))))
	def.RegisteredAt = new(b.env.Now().UTC())
	def.RegisteredBy = new(b.env.CallerARN)
	forgetOrder(def)
	rev := &Revision{Definition: *def}
	if len(tags) > 0 {
		rev.Tags = tags
	}
	family.Revisions = append(family.Revisions, rev)
	return rev
}
