package ecs

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// CreateService makes a service and deploys it. The same client token again
// returns the service that it made.
func (b *Backend) CreateService(in *ecs.CreateServiceInput) (*ecs.CreateServiceOutput, error) {
	request := clone(*in)
	cluster, err := b.activeCluster(request.Cluster)
	if err != nil {
		return nil, err
	}
	name := value(request.ServiceName)
	if existing := cluster.Services[name]; existing != nil && *existing.Service.Status == statusActive {
		if token := value(request.ClientToken); token != "" && token == existing.ClientToken {
			return &ecs.CreateServiceOutput{Service: new(existing.shown([]types.ServiceField{types.ServiceFieldTags}))}, nil
		}
		return nil, invalidParameter("Creation of service was not idempotent.")
	}
	rev, err := b.checkCreateService(&request)
	if err != nil {
		return nil, err
	}
	service := &Service{Service: b.newService(cluster, &request), ClientToken: value(request.ClientToken)}
	links := connections{
		serviceConnect: request.ServiceConnectConfiguration,
		volumes:        request.VolumeConfigurations, lattice: request.VpcLatticeConfigurations,
	}
	if err := checkService("created", cluster, &service.Service, links, rev); err != nil {
		return nil, err
	}
	b.deploy(cluster, service, rev, links)
	cluster.Services[name] = service
	return &ecs.CreateServiceOutput{Service: new(service.shown([]types.ServiceField{types.ServiceFieldTags}))}, nil
}
