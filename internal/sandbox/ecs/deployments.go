package ecs

import (
	"ecs-reconciler/internal/sandbox/awsenv"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// deploymentDigits is how many digits a deployment's number has.
const deploymentDigits = 19

// maxEvents is how many events a service keeps, newest first.
const maxEvents = 100

// connections are the members of a service that ECS keeps in its deployments.
type connections struct {
	serviceConnect *types.ServiceConnectConfiguration
	volumes        []types.ServiceVolumeConfiguration
	lattice        []types.VpcLatticeConfiguration
}

// connections of the deployment that the service runs.
func (s *Service) connections() connections {
	if len(s.Service.Deployments) == 0 {
		return connections{}
	}
	d := clone(s.Service.Deployments[0])
	return connections{serviceConnect: d.ServiceConnectConfiguration, volumes: d.VolumeConfigurations, lattice: d.VpcLatticeConfigurations}
}

// deploy replaces what a service runs. It completes at once, unless the revision
// has an image that cannot be pulled.
func (b *Backend) deploy(cluster *Cluster, service *Service, rev *Revision, links connections) {
	s := &service.Service
	before := service.supersede(b.env.Now().UTC())
	number := b.env.Random(deploymentDigits, awsenv.Digits)
	id := "ecs-svc/" + number
	path := *cluster.Cluster.ClusterName + "/" + *s.ServiceName + "/"
	s.TaskDefinition = rev.Definition.TaskDefinitionArn
	s.CurrentServiceDeployment = new(b.env.ARN("ecs", "service-deployment/"+path+b.env.UUID()))
	s.CurrentServiceRevisions = []types.ServiceCurrentRevisionSummary{{Arn: new(b.env.ARN("ecs", "service-revision/"+path+number))}}
	if s.LaunchType == types.LaunchTypeFargate {
		s.PlatformFamily = new(platformFamily(rev))
	}
	fails := service.cannotDeploy(rev) && s.DesiredCount > 0
	service.Rollouts = append(service.Rollouts, b.newRollout(service, rev, before))
	s.Deployments = []types.Deployment{{
		Id: new(id), Status: new("PRIMARY"), TaskDefinition: s.TaskDefinition, CreatedAt: new(b.env.Now().UTC()),
		LaunchType: s.LaunchType, CapacityProviderStrategy: s.CapacityProviderStrategy,
		PlatformVersion: s.PlatformVersion, PlatformFamily: s.PlatformFamily, NetworkConfiguration: s.NetworkConfiguration,
		ServiceConnectConfiguration: links.serviceConnect, VolumeConfigurations: links.volumes, VpcLatticeConfigurations: links.lattice,
		RolloutState: types.DeploymentRolloutStateCompleted, RolloutStateReason: new("ECS deployment " + id + " completed."),
	}}
	if fails {
		b.stall(service, before)
		return
	}
	b.scale(service)
	b.addEvent(s, "(service "+*s.ServiceName+") (deployment "+id+") deployment completed.")
	b.addEvent(s, "(service "+*s.ServiceName+") has reached a steady state.")
}

func platformFamily(rev *Revision) string {
	if windows(&rev.Definition) {
		return "Windows"
	}
	return "Linux"
}

// scale makes every count of a service what is desired; nothing runs of a
// deployment that has not completed.
func (b *Backend) scale(service *Service) {
	s := &service.Service
	s.RunningCount, s.PendingCount = 0, 0
	for i := range s.Deployments {
		d := &s.Deployments[i]
		d.DesiredCount, d.RunningCount, d.PendingCount = s.DesiredCount, s.DesiredCount, 0
		if d.RolloutState != types.DeploymentRolloutStateCompleted {
			d.RunningCount = 0
		}
		s.RunningCount += d.RunningCount
		d.UpdatedAt = new(b.env.Now().UTC())
	}
	for i := range s.CurrentServiceRevisions {
		s.CurrentServiceRevisions[i].RequestedTaskCount, s.CurrentServiceRevisions[i].RunningTaskCount = s.DesiredCount, 0
		if len(s.Deployments) > 0 {
			s.CurrentServiceRevisions[i].RunningTaskCount = s.Deployments[0].RunningCount
		}
	}
}

func (b *Backend) addEvent(s *types.Service, message string) {
	event := types.ServiceEvent{Id: new(b.env.UUID()), CreatedAt: new(b.env.Now().UTC()), Message: new(message)}
	s.Events = append([]types.ServiceEvent{event}, s.Events...)
	if len(s.Events) > maxEvents {
		s.Events = s.Events[:maxEvents]
	}
}
