package ecs

import (
	"cmp"
	"slices"
	"strings"

	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// maxDescribedDeployments is how many deployments or revisions one call shows.
const maxDescribedDeployments = 20

// ListServiceDeployments lists a service's deployments, newest first.
func (b *Backend) ListServiceDeployments(in *ecs.ListServiceDeploymentsInput) (*ecs.ListServiceDeploymentsOutput, error) {
	b.settle()
	cluster, err := b.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	service := cluster.findService(value(in.Service))
	if service == nil {
		return nil, awserr.New("ServiceNotFoundException", "Service not found.")
	}
	briefs := map[string]types.ServiceDeploymentBrief{}
	var arns []string
	for _, r := range slices.Backward(service.Rollouts) {
		if d := r.Deployment; asked(d, in) {
			arns = append(arns, *d.ServiceDeploymentArn)
			briefs[*d.ServiceDeploymentArn] = brief(d)
		}
	}
	order := func(x, y string) int { return cmp.Compare(slices.Index(arns, x), slices.Index(arns, y)) }
	shown, next, err := page(arns, order, in.MaxResults, maxPage, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ecs.ListServiceDeploymentsOutput{ServiceDeployments: []types.ServiceDeploymentBrief{}, NextToken: next}
	for _, arn := range shown {
		out.ServiceDeployments = append(out.ServiceDeployments, briefs[arn])
	}
	return out, nil
}

func asked(d types.ServiceDeployment, in *ecs.ListServiceDeploymentsInput) bool {
	if len(in.Status) > 0 && !slices.Contains(in.Status, d.Status) {
		return false
	}
	created := in.CreatedAt
	return created == nil || (created.After == nil || d.CreatedAt.After(*created.After)) &&
		(created.Before == nil || d.CreatedAt.Before(*created.Before))
}

func brief(d types.ServiceDeployment) types.ServiceDeploymentBrief {
	return clone(types.ServiceDeploymentBrief{
		ClusterArn: d.ClusterArn, ServiceArn: d.ServiceArn, ServiceDeploymentArn: d.ServiceDeploymentArn, CreatedAt: d.CreatedAt,
		StartedAt: d.StartedAt, FinishedAt: d.FinishedAt, Status: d.Status, StatusReason: d.StatusReason,
		TargetServiceRevisionArn: d.TargetServiceRevision.Arn,
	})
}

// DescribeServiceDeployments describes deployments by their ARNs.
func (b *Backend) DescribeServiceDeployments(in *ecs.DescribeServiceDeploymentsInput) (*ecs.DescribeServiceDeploymentsOutput, error) {
	if err := checkARNs("serviceDeploymentArns", in.ServiceDeploymentArns); err != nil {
		return nil, err
	}
	out := &ecs.DescribeServiceDeploymentsOutput{ServiceDeployments: []types.ServiceDeployment{}, Failures: []types.Failure{}}
	for _, arn := range in.ServiceDeploymentArns {
		if r := b.rollout(func(r *Rollout) bool { return *r.Deployment.ServiceDeploymentArn == arn }); r != nil {
			out.ServiceDeployments = append(out.ServiceDeployments, clone(r.Deployment))
			continue
		}
		out.Failures = append(out.Failures, types.Failure{Arn: new(arn), Reason: new(reasonMissing)})
	}
	return out, nil
}

// DescribeServiceRevisions describes what deployments led to, by ARN.
func (b *Backend) DescribeServiceRevisions(in *ecs.DescribeServiceRevisionsInput) (*ecs.DescribeServiceRevisionsOutput, error) {
	if err := checkARNs("serviceRevisionArns", in.ServiceRevisionArns); err != nil {
		return nil, err
	}
	out := &ecs.DescribeServiceRevisionsOutput{ServiceRevisions: []types.ServiceRevision{}, Failures: []types.Failure{}}
	for _, arn := range in.ServiceRevisionArns {
		if r := b.rollout(func(r *Rollout) bool { return *r.Revision.ServiceRevisionArn == arn }); r != nil {
			out.ServiceRevisions = append(out.ServiceRevisions, clone(r.Revision))
			continue
		}
		out.Failures = append(out.Failures, types.Failure{Arn: new(arn), Reason: new(reasonMissing)})
	}
	return out, nil
}

func checkARNs(what string, arns []string) error {
	switch n := len(arns); {
	case n == 0:
		return invalidParameter("%s cannot be empty.", what)
	case n > maxDescribedDeployments:
		return invalidParameter("%s can have at most %d items.", what, maxDescribedDeployments)
	}
	for _, arn := range arns {
		if !strings.HasPrefix(arn, "arn:") {
			return invalidParameter("Invalid identifier: '%s' is no ARN.", arn)
		}
	}
	return nil
}

// rollout finds a deployment of any service; nil where there is none.
func (b *Backend) rollout(is func(*Rollout) bool) *Rollout {
	b.settle()
	for _, c := range b.state.Clusters {
		for _, s := range c.Services {
			if i := slices.IndexFunc(s.Rollouts, is); i >= 0 {
				return s.Rollouts[i]
			}
		}
	}
	return nil
}
