package ecs

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// State is everything that the backend remembers.
type State struct {
	// Families by name. A family outlives its revisions, so that numbers are
	// never given twice.
	Families map[string]*Family
	// Clusters by name; deleted ones stay, INACTIVE, as AWS shows them.
	Clusters map[string]*Cluster
}

// Family is one family of task definitions.
type Family struct {
	// Last is the highest revision number ever given.
	Last int32
	// Revisions in ascending order of number.
	Revisions []*Revision
}

// Revision is one registered task definition.
type Revision struct {
	Definition types.TaskDefinition
	// Tags is nil for what never had a tag, and empty for what lost them all:
	// the tagging API tells the two apart.
	Tags []types.Tag
}

// Cluster is one cluster and its services.
type Cluster struct {
	Cluster types.Cluster
	// Request is what created it: repeating it is no error, differing is.
	Request ecs.CreateClusterInput
	// Services by name; deleted ones stay, INACTIVE.
	Services map[string]*Service
	// Tasks by id: those that callers ran.
	Tasks map[string]*Task
}

// Service is one service of a cluster.
type Service struct {
	Service types.Service
	// ClientToken is the idempotency token that it was created with.
	ClientToken string
	// Rollouts are its service deployments, oldest first.
	Rollouts []*Rollout
}

// revisionJSON is a Revision with the one member that encoding/json cannot read
// back, the union of a resource requirement's sharing strategy, set apart.
type revisionJSON struct {
	Definition types.TaskDefinition
	Tags       []types.Tag
	Sharing    []sharing `json:",omitempty"`
}

// sharing says which requirement of which container a strategy belongs to.
type sharing struct {
	Container, Requirement int
	NvidiaMps              types.NvidiaMpsAllocation
}

// MarshalJSON writes the revision so that UnmarshalJSON can read all of it.
func (r *Revision) MarshalJSON() ([]byte, error) {
	out := revisionJSON{Definition: r.Definition, Tags: r.Tags}
	if strategies := sharingOf(&r.Definition); len(strategies) > 0 {
		out.Sharing, out.Definition = strategies, clone(r.Definition)
		for _, s := range strategies {
			out.Definition.ContainerDefinitions[s.Container].ResourceRequirements[s.Requirement].SharingStrategy = nil
		}
	}
	return json.Marshal(out)
}

// sharingOf lists a definition's sharing strategies.
func sharingOf(def *types.TaskDefinition) []sharing {
	var out []sharing
	for c, container := range def.ContainerDefinitions {
		for i, requirement := range container.ResourceRequirements {
			if mps, ok := requirement.SharingStrategy.(*types.SharingStrategyMemberNvidiaMps); ok {
				out = append(out, sharing{Container: c, Requirement: i, NvidiaMps: mps.Value})
			}
		}
	}
	return out
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Revision) UnmarshalJSON(data []byte) error {
	var in revisionJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("read a task definition revision: %w", err)
	}
	for _, s := range in.Sharing {
		if s.Container >= len(in.Definition.ContainerDefinitions) ||
			s.Requirement >= len(in.Definition.ContainerDefinitions[s.Container].ResourceRequirements) {
			return fmt.Errorf("read a task definition revision: sharing strategy of container %d, requirement %d: no such requirement", s.Container, s.Requirement)
		}
		in.Definition.ContainerDefinitions[s.Container].ResourceRequirements[s.Requirement].SharingStrategy =
			&types.SharingStrategyMemberNvidiaMps{Value: s.NvidiaMps}
	}
	r.Definition, r.Tags = in.Definition, in.Tags
	return nil
}
