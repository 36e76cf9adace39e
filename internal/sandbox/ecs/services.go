package ecs

import (
	"cmp"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// Limits of the operations on services, from their references.
const (
	maxDescribedServices = 10
	defaultServicesPage  = 10
)

// findService finds a service of a cluster by name or ARN; nil where there is
// none.
func (c *Cluster) findService(name string) *Service {
	if strings.HasPrefix(name, "arn:") {
		s := c.Services[name[strings.LastIndex(name, "/")+1:]]
		if s == nil || *s.Service.ServiceArn != name {
			return nil
		}
		return s
	}
	return c.Services[name]
}

// serviceByARN finds a service in whatever cluster it is.
func (b *Backend) serviceByARN(arn string) *Service {
	for _, c := range b.state.Clusters {
		if s := c.findService(arn); s != nil {
			return s
		}
	}
	return nil
}

// activeService finds a service that may be changed.
func (b *Backend) activeService(cluster *string, name string) (*Cluster, *Service, error) {
	b.settle()
	c, err := b.activeCluster(cluster)
	if err != nil {
		return nil, nil, err
	}
	service := c.findService(name)
	switch {
	case service == nil:
		return nil, nil, awserr.New("ServiceNotFoundException", "Service not found.")
	case *service.Service.Status != statusActive:
		return nil, nil, awserr.New("ServiceNotActiveException", "Service was not ACTIVE.")
	}
	return c, service, nil
}

// DescribeServices describes up to ten services of a cluster.
func (b *Backend) DescribeServices(in *ecs.DescribeServicesInput) (*ecs.DescribeServicesOutput, error) {
	switch n := len(in.Services); {
	case n == 0:
		return nil, invalidParameter("Services cannot be empty.")
	case n > maxDescribedServices:
		return nil, invalidParameter("Services can have at most %d items.", maxDescribedServices)
	}
	b.settle()
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	out := &ecs.DescribeServicesOutput{Services: []types.Service{}, Failures: []types.Failure{}}
	for _, name := range in.Services {
		service := cluster.findService(name)
		if service == nil {
			arn := cmp.Or(arnOnly(name), b.env.ARN("ecs", "service/"+*cluster.Cluster.ClusterName+"/"+name))
			out.Failures = append(out.Failures, types.Failure{Arn: new(arn), Reason: new(reasonMissing)})
			continue
		}
		out.Services = append(out.Services, service.shown(in.Include))
	}
	return out, nil
}

// arnOnly is the text where it is an ARN, else nothing.
func arnOnly(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return ""
}

// shown is a service with its tags only where they were asked for.
func (s *Service) shown(include []types.ServiceField) types.Service {
	out := clone(s.Service)
	out.Tags = emptyNotNil(out.Tags)
	if !slices.Contains(include, types.ServiceFieldTags) {
		out.Tags = nil
	}
	return out
}

// ListServices lists the ARNs of a cluster's active services, ten a page unless
// told.
func (b *Backend) ListServices(in *ecs.ListServicesInput) (*ecs.ListServicesOutput, error) {
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	var arns []string
	for _, s := range cluster.Services {
		if *s.Service.Status == statusActive && s.matches(in) {
			arns = append(arns, *s.Service.ServiceArn)
		}
	}
	slices.Sort(arns)
	shown, next, err := page(arns, strings.Compare, in.MaxResults, defaultServicesPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ecs.ListServicesOutput{ServiceArns: shown, NextToken: next}, nil
}

func (s *Service) matches(in *ecs.ListServicesInput) bool {
	return cmp.Or(in.LaunchType, s.Service.LaunchType) == s.Service.LaunchType &&
		cmp.Or(in.SchedulingStrategy, s.Service.SchedulingStrategy) == s.Service.SchedulingStrategy &&
		cmp.Or(in.ResourceManagementType, types.ResourceManagementTypeCustomer) == types.ResourceManagementTypeCustomer
}

// DeleteService ends a service, at once. One that still wants tasks needs force.
func (b *Backend) DeleteService(in *ecs.DeleteServiceInput) (*ecs.DeleteServiceOutput, error) {
	_, service, err := b.activeService(in.Cluster, value(in.Service))
	if err != nil {
		return nil, err
	}
	wanted := service.Service.SchedulingStrategy == types.SchedulingStrategyReplica && service.Service.DesiredCount > 0
	if wanted && !value(in.Force) {
		return nil, invalidParameter("The service cannot be stopped while it is scaled above 0.")
	}
	shown := service.shown(nil)
	shown.Status = new(statusDraining)
	service.Service.Status = new(statusInactive)
	service.Service.DesiredCount, service.Service.RunningCount = 0, 0
	service.Service.Deployments = []types.Deployment{}
	return &ecs.DeleteServiceOutput{Service: &shown}, nil
}
