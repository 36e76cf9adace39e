package service

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// pageSize and batchSize are the most that a call takes (AWS: ListServices,
// DescribeServices).
const (
	pageSize  = 100
	batchSize = 10
)

// The statuses that matter (AWS: Service, Deployment).
const (
	statusActive  = "ACTIVE"
	statusPrimary = "PRIMARY"
)

// Observed is a service with the deployment that is in force, or what else
// starts tasks or is one.
type Observed struct {
	of         resource.Type // "" is a service
	cluster    string        // name
	name       string
	family     string // of the task definition that it runs
	controller string // who makes its deployments; "" for ECS itself
	deployment string // id of the primary deployment; "" without one
	revision   int    // of the family, that a schedule or a rule names
	started    time.Time
	hasTasks   bool
}

func (o Observed) key() resource.Key {
	switch o.of {
	case "":
		return resource.Key{Type: Type, Name: o.cluster + "/" + o.name}
	case taskType:
		return resource.Key{Type: taskType, Name: o.cluster + "/" + o.name}
	default:
		return resource.Key{Type: o.of, Name: o.name}
	}
}

// Observe reads services, ten a call. What Find has just read is not read again,
// and what is no service only once it was found.
func (k *Kind) Observe(ctx context.Context, keys []resource.Key) (map[resource.Key]Observed, error) {
	found := map[resource.Key]Observed{}
	named := map[string][]string{}
	k.mu.Lock()
	for _, key := range keys {
		if o, ok := k.fresh[key]; ok {
			found[key] = o
			delete(k.fresh, key)
			continue
		}
		if key.Type != Type {
			k.mu.Unlock()
			return nil, &resource.Error{Class: resource.Retryable, Message: key.String() + " is known by looking for it alone", Hint: "plan again"}
		}
		cluster, name, _ := strings.Cut(key.Name, "/")
		named[cluster] = append(named[cluster], name)
	}
	k.mu.Unlock()
	read, err := k.describe(ctx, named)
	for _, o := range read {
		found[o.key()] = o
	}
	return found, err
}

// places is where the tasks may run.
type places struct {
	whole []string            // clusters of which any service may run one
	named map[string][]string // services by their cluster, of the others
}

// clusters are the names of all.
func (p places) clusters() []string {
	return slices.Sorted(slices.Values(slices.Concat(p.whole, slices.Collect(maps.Keys(p.named)))))
}

// places are the services that the spec names, the clusters that it names, and
// where a task names none, all clusters.
func (k *Kind) places(ctx context.Context, tasks map[string]spec.Task) (places, error) {
	named, whole := map[string][]string{}, map[string]bool{}
	for _, t := range tasks {
		cluster, service := place(t)
		switch {
		case cluster == "":
			all, err := k.clusters(ctx)
			return places{whole: all}, err
		case service == "":
			whole[cluster] = true
		default:
			named[cluster] = append(named[cluster], service)
		}
	}
	maps.DeleteFunc(named, func(cluster string, _ []string) bool { return whole[cluster] })
	return places{slices.Sorted(maps.Keys(whole)), named}, nil
}

// place is where the spec says that a task runs: a cluster and a service in it,
// each "" when it does not say.
func place(t spec.Task) (cluster, service string) {
	cluster, _ = t.Service["cluster"].(string)
	service, _ = t.Service["serviceName"].(string)
	if cluster == "" {
		cluster, _ = t.Schedule["cluster"].(string)
		service = ""
	}
	return afterSlash(cluster), service
}

// afterSlash is the name in an ARN that ends in one, or the name itself.
func afterSlash(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func (k *Kind) clusters(ctx context.Context) ([]string, error) {
	var names []string
	pages := ecs.NewListClustersPaginator(k.ecs, &ecs.ListClustersInput{MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list clusters: %w", awsapi.Classify(err))
		}
		for _, arn := range page.ClusterArns {
			names = append(names, afterSlash(arn))
		}
	}
	return names, nil
}

// inClusters lists the services of whole clusters and reads those beside the
// named ones.
func (k *Kind) inClusters(ctx context.Context, clusters []string, named map[string][]string) ([]Observed, error) {
	all := maps.Clone(named)
	if all == nil {
		all = map[string][]string{}
	}
	var mu sync.Mutex
	group, listing := errgroup.WithContext(ctx)
	group.SetLimit(k.opts.Parallelism)
	for _, cluster := range clusters {
		group.Go(func() error {
			names, err := k.list(listing, cluster)
			mu.Lock()
			defer mu.Unlock()
			all[cluster] = names
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return k.describe(ctx, all)
}

// list is empty for a cluster that does not exist.
func (k *Kind) list(ctx context.Context, cluster string) ([]string, error) {
	var names []string
	pages := ecs.NewListServicesPaginator(k.ecs, &ecs.ListServicesInput{Cluster: &cluster, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if awsapi.Code(err) == clusterNotFound {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list the services of cluster %s: %w", cluster, awsapi.Classify(err))
		}
		for _, arn := range page.ServiceArns {
			names = append(names, afterSlash(arn))
		}
	}
	return names, nil
}

// clusterNotFound is ECS's code for a cluster that does not exist.
const clusterNotFound = "ClusterNotFoundException"

// describe reads services by cluster. One that does not exist, or is being
// deleted, is left out.
func (k *Kind) describe(ctx context.Context, named map[string][]string) ([]Observed, error) {
	var mu sync.Mutex
	var found []Observed
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(k.opts.Parallelism)
	for cluster, names := range named {
		for batch := range slices.Chunk(names, batchSize) {
			group.Go(func() error {
				services, err := k.batch(ctx, cluster, batch)
				mu.Lock()
				defer mu.Unlock()
				for _, s := range services {
					if aws.ToString(s.Status) == statusActive {
						found = append(found, observed(cluster, s))
					}
				}
				return err
			})
		}
	}
	return found, group.Wait()
}

func (k *Kind) batch(ctx context.Context, cluster string, names []string) ([]types.Service, error) {
	out, err := k.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: names})
	switch {
	case awsapi.Code(err) == clusterNotFound:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("describe services of cluster %s: %w", cluster, awsapi.Classify(err))
	}
	for _, f := range out.Failures {
		if reason := aws.ToString(f.Reason); reason != "MISSING" {
			return nil, &resource.Error{Class: resource.Terminal, Message: fmt.Sprintf("describe service %s: %s %s", aws.ToString(f.Arn), reason, aws.ToString(f.Detail))}
		}
	}
	return out.Services, nil
}

func observed(cluster string, s types.Service) Observed {
	o := Observed{cluster: cluster, name: aws.ToString(s.ServiceName), family: family(aws.ToString(s.TaskDefinition)), hasTasks: s.RunningCount+s.PendingCount > 0}
	if c := s.DeploymentController; c != nil && c.Type != types.DeploymentControllerTypeEcs {
		o.controller = string(c.Type)
	}
	if p := primary(s.Deployments); p != nil {
		o.deployment, o.started = aws.ToString(p.Id), aws.ToTime(serving(s.Deployments, *p).CreatedAt)
	}
	return o
}

// serving is the deployment whose tasks run: p, which is in force, unless it has
// failed and the one before it was left, as a circuit breaker without rollback
// does.
func serving(list []types.Deployment, p types.Deployment) types.Deployment {
	if p.RolloutState != types.DeploymentRolloutStateFailed {
		return p
	}
	for _, d := range list {
		if aws.ToString(d.Id) != aws.ToString(p.Id) && d.RunningCount > 0 {
			return d
		}
	}
	return p
}

// primary is the deployment in force; nil without one.
func primary(list []types.Deployment) *types.Deployment {
	i := slices.IndexFunc(list, func(d types.Deployment) bool { return aws.ToString(d.Status) == statusPrimary })
	if i < 0 {
		return nil
	}
	return &list[i]
}
