package ecs

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	defaultCluster = "default"
	statusActive   = "ACTIVE"
	statusInactive = "INACTIVE"
	statusDraining = "DRAINING"
	reasonMissing  = "MISSING"
)

// CreateCluster makes a cluster; asked again with the same words it returns the
// one that is there.
func (b *Backend) CreateCluster(in *ecs.CreateClusterInput) (*ecs.CreateClusterOutput, error) {
	request := clone(*in)
	name := value(request.ClusterName)
	if name == "" {
		name = defaultCluster
	}
	if err := b.checkCluster(name, &request); err != nil {
		return nil, err
	}
	existing := b.state.Clusters[name]
	if existing != nil && *existing.Cluster.Status == statusActive {
		if !reflect.DeepEqual(existing.Request, request) {
			return nil, invalidParameter("Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
		}
		return &ecs.CreateClusterOutput{Cluster: new(clone(existing.Cluster))}, nil
	}
	made := &Cluster{Cluster: b.newCluster(name, clone(request)), Request: request, Services: map[string]*Service{}}
	b.state.Clusters[name] = made
	return &ecs.CreateClusterOutput{Cluster: new(clone(made.Cluster))}, nil
}

func (b *Backend) checkCluster(name string, in *ecs.CreateClusterInput) error {
	if len(name) > maxNameLength || !madeOf(name, wordCharacters) {
		return invalidParameter("ClusterName must match %s", namePattern)
	}
	return firstError(
		func() error { return checkClusterProviders(in.CapacityProviders, in.DefaultCapacityProviderStrategy) },
		func() error { return checkExecuteLogging(in.Configuration) },
		func() error { return checkClusterSettings(in.Settings) },
		func() error { return checkTags(in.Tags) },
	)
}

// checkClusterProviders checks capacity providers, of which the sandbox knows
// Fargate's, and the default strategy over them.
func checkClusterProviders(providers []string, strategy []types.CapacityProviderStrategyItem) error {
	for _, provider := range providers {
		if provider != "FARGATE" && provider != "FARGATE_SPOT" {
			return invalidParameter("The specified capacity provider '%s' was not found. Specify a valid name or ARN and try again.", provider)
		}
	}
	for _, item := range strategy {
		if !slices.Contains(providers, value(item.CapacityProvider)) {
			return invalidParameter("The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.")
		}
	}
	return checkWeights(strategy)
}

// checkExecuteLogging checks that a log configuration and its being asked for
// come together.
func checkExecuteLogging(c *types.ClusterConfiguration) error {
	if c == nil || c.ExecuteCommandConfiguration == nil {
		return nil
	}
	execute := c.ExecuteCommandConfiguration
	logs := execute.LogConfiguration
	switch overrides := execute.Logging == types.ExecuteCommandLoggingOverride; {
	case logs != nil && !overrides:
		return invalidParameter("You must set logging to 'OVERRIDE' when you supply a log configuration.")
	case overrides && (logs == nil || value(logs.CloudWatchLogGroupName) == "" && value(logs.S3BucketName) == ""):
		return invalidParameter("A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration.")
	}
	return oneOf("logging", execute.Logging)
}

// checkClusterSettings checks the one setting that there is.
func checkClusterSettings(settings []types.ClusterSetting) error {
	for _, s := range settings {
		if s.Name != types.ClusterSettingNameContainerInsights || !slices.Contains([]string{"enabled", "enhanced", "disabled"}, value(s.Value)) {
			return invalidParameter("Invalid cluster setting '%s' with value '%s'.", s.Name, value(s.Value))
		}
	}
	return nil
}

// namePattern is how ECS says what the name of a cluster or service may be.
const namePattern = `^[a-zA-Z0-9\-_]{1,255}$`

func (b *Backend) newCluster(name string, in ecs.CreateClusterInput) types.Cluster {
	cluster := types.Cluster{
		ClusterName: new(name), ClusterArn: new(b.env.ARN("ecs", "cluster/"+name)), Status: new(statusActive),
		CapacityProviders: emptyNotNil(in.CapacityProviders), DefaultCapacityProviderStrategy: emptyNotNil(in.DefaultCapacityProviderStrategy),
		Configuration: in.Configuration, Settings: in.Settings, Statistics: []types.KeyValuePair{}, Tags: in.Tags,
	}
	if len(cluster.Settings) == 0 {
		cluster.Settings = []types.ClusterSetting{{Name: types.ClusterSettingNameContainerInsights, Value: new("disabled")}}
	}
	if in.ServiceConnectDefaults != nil {
		cluster.ServiceConnectDefaults = connectDefaults(in.ServiceConnectDefaults)
	}
	return cluster
}

// clusterByName finds a cluster by name or ARN, the default one where nothing
// is named; nil where there is none.
func (b *Backend) clusterByName(name *string) *Cluster {
	short := value(name)
	if strings.HasPrefix(short, "arn:") {
		rest, ours := strings.CutPrefix(short, b.env.ARN("ecs", "cluster/"))
		if !ours {
			return nil
		}
		short = rest
	} else if short == "" {
		short = defaultCluster
	}
	return b.state.Clusters[short]
}

// activeCluster is clusterByName for operations that need one.
func (b *Backend) activeCluster(name *string) (*Cluster, error) {
	cluster := b.clusterByName(name)
	if cluster == nil {
		return nil, awserr.New("ClusterNotFoundException", "Cluster not found.")
	}
	if *cluster.Cluster.Status != statusActive {
		return nil, awserr.New("ClusterNotFoundException", "The referenced cluster was inactive.")
	}
	return cluster, nil
}

// DeleteCluster makes an empty cluster INACTIVE.
func (b *Backend) DeleteCluster(in *ecs.DeleteClusterInput) (*ecs.DeleteClusterOutput, error) {
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	for _, s := range cluster.Services {
		if *s.Service.Status == statusActive {
			return nil, awserr.New("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
		}
	}
	b.settle()
	if slices.ContainsFunc(slices.Collect(maps.Values(cluster.Tasks)), func(t *Task) bool { return *t.Task.LastStatus != taskStopped }) {
		return nil, awserr.New("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
	}
	cluster.Cluster.Status = new(statusInactive)
	return &ecs.DeleteClusterOutput{Cluster: new(cluster.shown(nil))}, nil
}
