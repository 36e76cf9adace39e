package ecs

import "github.com/aws/aws-sdk-go-v2/service/ecs/types"

// Tagged yields every resource that has, or once had, tags: its ARN and its tags
// by key. It is what the tagging API reads.
func (b *Backend) Tagged(yield func(arn string, tags func() map[string]string) bool) {
	more := true
	add := func(arn *string, tags []types.Tag) {
		if tags != nil && more {
			more = yield(*arn, func() map[string]string { return byKey(tags) })
		}
	}
	for _, family := range b.state.Families {
		for _, r := range family.Revisions {
			add(r.Definition.TaskDefinitionArn, r.Tags)
		}
	}
	for _, c := range b.state.Clusters {
		add(c.Cluster.ClusterArn, c.Cluster.Tags)
		for _, t := range c.Tasks {
			add(t.Task.TaskArn, t.Task.Tags)
		}
		for _, s := range c.Services {
			add(s.Service.ServiceArn, s.Service.Tags)
		}
	}
}

func byKey(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[*t.Key] = value(t.Value)
	}
	return out
}
