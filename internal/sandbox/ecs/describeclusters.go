package ecs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxDescribedClusters = 100

// DescribeClusters describes clusters, the default one where none is named.
func (b *Backend) DescribeClusters(in *ecs.DescribeClustersInput) (*ecs.DescribeClustersOutput, error) {
	wanted := in.Clusters
	if len(wanted) == 0 {
		wanted = []string{defaultCluster}
	}
	if len(wanted) > maxDescribedClusters {
		return nil, invalidParameter("Clusters can have at most %d items.", maxDescribedClusters)
	}
	for _, field := range in.Include {
		if err := oneOf("include", field); err != nil {
			return nil, err
		}
	}
	b.settle()
	out := &ecs.DescribeClustersOutput{Clusters: []types.Cluster{}, Failures: []types.Failure{}}
	for _, name := range wanted {
		cluster := b.clusterByName(new(name))
		if cluster == nil {
			out.Failures = append(out.Failures, types.Failure{Arn: new(b.clusterARN(name)), Reason: new(reasonMissing)})
			continue
		}
		out.Clusters = append(out.Clusters, cluster.shown(in.Include))
	}
	return out, nil
}

func (b *Backend) clusterARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return b.env.ARN("ecs", "cluster/"+name)
}

// shown is a cluster with its counts, and with those members alone that were
// asked for.
func (c *Cluster) shown(include []types.ClusterField) types.Cluster {
	out := clone(c.Cluster)
	for _, s := range c.Services {
		if *s.Service.Status == statusActive {
			out.ActiveServicesCount++
			out.RunningTasksCount += s.Service.RunningCount
		}
	}
	c.countTasks(&out)
	out.Tags = emptyNotNil(out.Tags)
	if !slices.Contains(include, types.ClusterFieldTags) {
		out.Tags = []types.Tag{}
	}
	if !slices.Contains(include, types.ClusterFieldSettings) {
		out.Settings = []types.ClusterSetting{}
	}
	if !slices.Contains(include, types.ClusterFieldConfigurations) {
		out.Configuration = nil
	}
	return out
}

// ListClusters lists the ARNs of active clusters.
func (b *Backend) ListClusters(in *ecs.ListClustersInput) (*ecs.ListClustersOutput, error) {
	var arns []string
	for _, c := range b.state.Clusters {
		if *c.Cluster.Status == statusActive {
			arns = append(arns, *c.Cluster.ClusterArn)
		}
	}
	slices.Sort(arns)
	shown, next, err := page(arns, strings.Compare, in.MaxResults, maxPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListClustersOutput{ClusterArns: shown, NextToken: next}, nil
}
