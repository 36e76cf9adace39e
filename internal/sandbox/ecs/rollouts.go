package ecs

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// BrokenImage is the name, in any registry and with any tag or digest, of an
// image that cannot be pulled. It makes failed rollouts happen on demand.
const BrokenImage = "broken-image"

// FragileImage is the name of one that can be pulled for the first deployment of
// a service, and by tasks of their own, but for no deployment after that.
const FragileImage = "fragile-image"

// patience is how long a deployment whose tasks fail goes on, before a circuit
// breaker trips.
const patience = 10 * time.Second

// Bounds of a circuit breaker's threshold, from the developer guide: half of the
// desired count, but not fewer nor more tasks than these.
const (
	leastThreshold = 3
	mostThreshold  = 200
)

// Rollout is one service deployment, and the revision that it leads to.
type Rollout struct {
	Deployment types.ServiceDeployment
	Revision   types.ServiceRevision
	// Fails is when a deployment with a broken image is given up.
	Fails *time.Time
	// Before is the service as it was, for a rollback.
	Before types.Service
}

// isBroken says whether a revision has an image that cannot be pulled.
func isBroken(rev *Revision) bool { return uses(rev, BrokenImage) }

// cannotDeploy says whether the tasks of the deployment that a service is about
// to have cannot start.
func (s *Service) cannotDeploy(rev *Revision) bool {
	return isBroken(rev) || len(s.Rollouts) > 0 && uses(rev, FragileImage)
}

// uses says whether a revision has an image of a name, whatever its registry,
// tag and digest.
func uses(rev *Revision, image string) bool {
	return slices.ContainsFunc(rev.Definition.ContainerDefinitions, func(c types.ContainerDefinition) bool {
		return imageName(value(c.Image)) == image
	})
}

func imageName(image string) string {
	name, _, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], "@")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// newRollout records a deployment of a service as one that succeeded.
func (b *Backend) newRollout(service *Service, rev *Revision, before types.Service) *Rollout {
	s, now := &service.Service, b.env.Now().UTC()
	target := s.CurrentServiceRevisions
	out := &Rollout{Before: before}
	out.Revision = types.ServiceRevision{
		ServiceRevisionArn: target[0].Arn, ServiceArn: s.ServiceArn, ClusterArn: s.ClusterArn, TaskDefinition: s.TaskDefinition,
		CreatedAt: new(now), LaunchType: s.LaunchType, CapacityProviderStrategy: s.CapacityProviderStrategy,
		PlatformVersion: s.PlatformVersion, PlatformFamily: s.PlatformFamily, NetworkConfiguration: s.NetworkConfiguration,
		LoadBalancers: s.LoadBalancers, ServiceRegistries: s.ServiceRegistries, ContainerImages: imagesOf(rev),
	}
	out.Deployment = types.ServiceDeployment{
		ServiceDeploymentArn: s.CurrentServiceDeployment, ServiceArn: s.ServiceArn, ClusterArn: s.ClusterArn,
		CreatedAt: new(now), StartedAt: new(now), UpdatedAt: new(now), FinishedAt: new(now),
		Status: types.ServiceDeploymentStatusSuccessful, DeploymentConfiguration: s.DeploymentConfiguration,
		TargetServiceRevision: &types.ServiceRevisionSummary{
			Arn: target[0].Arn, RequestedTaskCount: s.DesiredCount, RunningTaskCount: s.DesiredCount,
		},
		SourceServiceRevisions:   sourcesOf(before),
		DeploymentCircuitBreaker: breakerOf(s),
	}
	return clone(out)
}

func imagesOf(rev *Revision) []types.ContainerImage {
	var out []types.ContainerImage
	for _, c := range rev.Definition.ContainerDefinitions {
		out = append(out, types.ContainerImage{ContainerName: c.Name, Image: c.Image})
	}
	return out
}

func sourcesOf(before types.Service) []types.ServiceRevisionSummary {
	out := []types.ServiceRevisionSummary{}
	for _, r := range before.CurrentServiceRevisions {
		out = append(out, types.ServiceRevisionSummary{
			Arn: r.Arn, RequestedTaskCount: r.RequestedTaskCount, RunningTaskCount: r.RunningTaskCount,
		})
	}
	return out
}

// breakerOf is what a service's circuit breaker watches for.
func breakerOf(s *types.Service) *types.ServiceDeploymentCircuitBreaker {
	out := &types.ServiceDeploymentCircuitBreaker{
		Status:    types.ServiceDeploymentRollbackMonitorsStatusDisabled,
		Threshold: min(max(s.DesiredCount/2, leastThreshold), mostThreshold),
	}
	if s.DeploymentConfiguration.DeploymentCircuitBreaker.Enable {
		out.Status = types.ServiceDeploymentRollbackMonitorsStatusMonitoring
	}
	return out
}

// stall lets the newest deployment of a service fail to start its tasks, while
// those of the one before go on.
func (b *Backend) stall(service *Service, before types.Service) {
	s, now := &service.Service, b.env.Now().UTC()
	d := &s.Deployments[0]
	d.RolloutState = types.DeploymentRolloutStateInProgress
	d.RolloutStateReason = new("ECS deployment " + *d.Id + " in progress.")
	for _, old := range before.Deployments {
		if old.RolloutState == types.DeploymentRolloutStateCompleted {
			old.Status = new(statusActive)
			s.Deployments = append(s.Deployments, clone(old))
		}
	}
	b.scale(service)
	r := service.newest()
	r.Fails = new(now.Add(patience))
	r.Deployment.Status, r.Deployment.FinishedAt = types.ServiceDeploymentStatusInProgress, nil
	r.Deployment.TargetServiceRevision.RunningTaskCount = 0
}

// supersede stops a deployment that is under way, and returns the service as it
// was before that: what a rollback would lead to.
func (s *Service) supersede(now time.Time) types.Service {
	if len(s.Rollouts) == 0 {
		return clone(s.Service)
	}
	r := s.newest()
	if r.Fails == nil {
		return clone(s.Service)
	}
	r.Fails = nil
	r.Deployment.Status, r.Deployment.StoppedAt = types.ServiceDeploymentStatusStopped, new(now)
	r.Deployment.FinishedAt, r.Deployment.UpdatedAt = new(now), new(now)
	return clone(r.Before)
}

func (s *Service) newest() *Rollout { return s.Rollouts[len(s.Rollouts)-1] }

// settle does what the clock has made due: deployments that are given up, and
// the ways of tasks.
func (b *Backend) settle() {
	now := b.env.Now().UTC()
	for _, c := range b.state.Clusters {
		for _, s := range c.Services {
			if len(s.Rollouts) > 0 && *s.Service.Status == statusActive {
				if r := s.newest(); r.Fails != nil && !now.Before(*r.Fails) {
					failed := r.Deployment.DeploymentCircuitBreaker.FailureCount
					b.giveUp(s, r)
					b.env.Noted = b.env.Noted || r.Fails == nil || r.Deployment.DeploymentCircuitBreaker.FailureCount != failed
				}
			}
		}
		b.env.Noted = c.settleTasks(now) || b.env.Noted
	}
}

// giveUp counts the failed tasks, and where a circuit breaker is set, ends the
// deployment and rolls it back.
func (b *Backend) giveUp(service *Service, r *Rollout) {
	s, breaker := &service.Service, service.Service.DeploymentConfiguration.DeploymentCircuitBreaker
	d := &s.Deployments[0]
	d.FailedTasks = r.Deployment.DeploymentCircuitBreaker.Threshold
	r.Deployment.DeploymentCircuitBreaker.FailureCount = d.FailedTasks
	if !breaker.Enable {
		return
	}
	at := r.Fails
	r.Fails = nil
	r.Deployment.DeploymentCircuitBreaker.Status = types.ServiceDeploymentRollbackMonitorsStatusTriggered
	r.Deployment.FinishedAt, r.Deployment.UpdatedAt, r.Deployment.StoppedAt = at, at, at
	d.RolloutState = types.DeploymentRolloutStateFailed
	d.RolloutStateReason = new("ECS deployment circuit breaker: tasks failed to start.")
	b.addEvent(s, "(service "+*s.ServiceName+") (deployment "+*d.Id+") deployment failed: tasks failed to start.")
	if !breaker.Rollback || len(s.Deployments) < 2 {
		r.Deployment.Status = types.ServiceDeploymentStatusStopped
		r.Deployment.StatusReason = new("Service deployment stopped because the circuit breaker threshold was exceeded.")
		return
	}
	b.rollBack(service, r, at)
}

// rollBack makes the deployment before the failed one the service's again. What
// else changed with the failed one, such as the desired count, stays.
func (b *Backend) rollBack(service *Service, r *Rollout, at *time.Time) {
	s, old := &service.Service, &r.Before
	reason := "Service deployment rolled back because the circuit breaker threshold was exceeded."
	r.Deployment.Status, r.Deployment.StatusReason = types.ServiceDeploymentStatusRollbackSuccessful, new(reason)
	r.Deployment.Rollback = &types.Rollback{Reason: new(reason), StartedAt: at}
	if len(old.CurrentServiceRevisions) > 0 {
		r.Deployment.Rollback.ServiceRevisionArn = old.CurrentServiceRevisions[0].Arn
	}
	s.Deployments = clone(s.Deployments[1:2])
	s.Deployments[0].Status = new("PRIMARY")
	s.Deployments[0].RolloutStateReason = new("ECS deployment circuit breaker: rolling back to deploymentId " + *s.Deployments[0].Id + ".")
	s.TaskDefinition, s.CurrentServiceRevisions = old.TaskDefinition, clone(old.CurrentServiceRevisions)
	s.NetworkConfiguration, s.PlatformVersion, s.PlatformFamily = old.NetworkConfiguration, old.PlatformVersion, old.PlatformFamily
	s.LoadBalancers, s.ServiceRegistries = old.LoadBalancers, old.ServiceRegistries
	b.addEvent(s, "(service "+*s.ServiceName+") rolling back to deployment "+*s.Deployments[0].Id+".")
	b.scale(service)
	b.addEvent(s, "(service "+*s.ServiceName+") has reached a steady state.")
}
