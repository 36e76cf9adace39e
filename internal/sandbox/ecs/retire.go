package ecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxDeletes is how many revisions DeleteTaskDefinitions takes at once.
const maxDeletes = 10

// DeregisterTaskDefinition makes one revision INACTIVE. Doing so again changes
// nothing.
func (b *Backend) DeregisterTaskDefinition(in *ecs.DeregisterTaskDefinitionInput) (*ecs.DeregisterTaskDefinitionOutput, error) {
	name := value(in.TaskDefinition)
	if ref, ok := b.parseReference(name); ok && ref.revision == 0 {
		return nil, invalidParameter("Missing revision in task definition '%s'. You must specify a revision.", name)
	}
	rev := b.findNumbered(name)
	if rev == nil {
		return nil, clientError("The specified task definition does not exist. Specify a valid account, family, revision and try again.")
	}
	if rev.Definition.Status == types.TaskDefinitionStatusActive {
		rev.Definition.Status = types.TaskDefinitionStatusInactive
		rev.Definition.DeregisteredAt = new(b.env.Now().UTC())
	}
	return &ecs.DeregisterTaskDefinitionOutput{TaskDefinition: new(clone(rev.Definition))}, nil
}

// DeleteTaskDefinitions moves INACTIVE revisions to DELETE_IN_PROGRESS, each by
// itself; they stay there, and their numbers are not used again.
func (b *Backend) DeleteTaskDefinitions(in *ecs.DeleteTaskDefinitionsInput) (*ecs.DeleteTaskDefinitionsOutput, error) {
	switch n := len(in.TaskDefinitions); {
	case n == 0:
		return nil, invalidParameter("size of TaskDefinition references list must be greater than 0")
	case n > maxDeletes:
		return nil, invalidParameter("size of TaskDefinition references list must be less than or equal to %d", maxDeletes)
	}
	out := &ecs.DeleteTaskDefinitionsOutput{TaskDefinitions: []types.TaskDefinition{}, Failures: []types.Failure{}}
	for _, name := range in.TaskDefinitions {
		rev, reason := b.delete(name)
		if reason != "" {
			out.Failures = append(out.Failures, types.Failure{Arn: new(name), Reason: new(reason)})
			continue
		}
		out.TaskDefinitions = append(out.TaskDefinitions, clone(rev.Definition))
	}
	return out, nil
}

// delete marks one revision, or says why not.
func (b *Backend) delete(name string) (*Revision, string) {
	if ref, ok := b.parseReference(name); !ok || ref.revision == 0 {
		return nil, "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
	}
	rev := b.findNumbered(name)
	switch {
	case rev == nil:
		return nil, "The specified task definition does not exist. Specify a valid account, family, revision and try again."
	case rev.Definition.Status == types.TaskDefinitionStatusActive:
		return nil, "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
	case rev.Definition.Status == types.TaskDefinitionStatusInactive:
		rev.Definition.Status = types.TaskDefinitionStatusDeleteInProgress
		rev.Definition.DeleteRequestedAt = new(b.env.Now().UTC())
	}
	return rev, ""
}
