package service_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/kind/service"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// world is an account with services of one family in two clusters, and one of
// another family.
type world struct {
	t     *testing.T
	cfg   aws.Config
	api   *ecs.Client
	kind  *service.Kind
	mu    sync.Mutex // guards calls
	calls []string
	fault func(operation string, next func() (any, error)) (any, error) // nil lets all through
	slept time.Duration
}

func newWorld(t *testing.T, options service.Options) *world {
	t.Helper()
	w := &world{t: t}
	_, cfg := sandboxtest.New(t, func(o *sandbox.Options) { o.Intercept = w.intercept })
	w.cfg, w.api = cfg, ecs.NewFromConfig(cfg)
	options.Sleep = func(ctx context.Context, d time.Duration) error {
		w.slept += d
		return ctx.Err()
	}
	w.kind = service.New(cfg, options)
	w.register("web", "registry.example.com/web:1")
	w.register("other", "registry.example.com/other:1")
	for cluster, families := range map[string][]string{"blue": {"web", "other"}, "green": {"web"}} {
		_, err := w.api.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: &cluster})
		w.must(err)
		for _, family := range families {
			w.create(cluster, family)
		}
	}
	w.calls = nil
	return w
}

func (w *world) intercept(_, operation string, next func() (any, error)) (any, error) {
	w.mu.Lock()
	w.calls = append(w.calls, operation)
	w.mu.Unlock()
	if w.fault != nil {
		return w.fault(operation, next)
	}
	return next()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) register(family, image string) {
	w.t.Helper()
	_, err := w.api.RegisterTaskDefinition(w.t.Context(), &ecs.RegisterTaskDefinitionInput{Family: &family,
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: &image, Memory: aws.Int32(64)}}})
	w.must(err)
}

func (w *world) create(cluster, family string) {
	w.t.Helper()
	_, err := w.api.CreateService(w.t.Context(), &ecs.CreateServiceInput{Cluster: &cluster, ServiceName: aws.String(family + "-service"),
		TaskDefinition: &family, DesiredCount: aws.Int32(2), DeploymentConfiguration: &types.DeploymentConfiguration{
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true}}})
	w.must(err)
}

func (w *world) describe(cluster, name string) types.Service {
	w.t.Helper()
	out, err := w.api.DescribeServices(w.t.Context(), &ecs.DescribeServicesInput{Cluster: &cluster, Services: []string{name}})
	w.must(err)
	return out.Services[0]
}

func deployment(edit ...func(*spec.Task)) *spec.Deployment {
	task := spec.Task{Name: "web", OnSecretChange: spec.SecretChangeRedeploy, TaskDefinition: spec.Document{"family": "web"},
		EnvLocations: []spec.EnvLocation{{Secret: "shop/web.env"}}}
	for _, e := range edit {
		e(&task)
	}
	return &spec.Deployment{Project: "shop", Environment: "staging", AccountID: "012345678901", Partition: "aws", Region: "us-west-2", Tasks: []spec.Task{task}}
}

func settled(resource.Key, string) bool { return false }

func (w *world) find(d *spec.Deployment, s resource.Sought) []resource.Node[service.Desired] {
	w.t.Helper()
	if s.Changes == nil {
		s.Changes = settled
	}
	nodes, err := w.kind.Find(w.t.Context(), d, s)
	w.must(err)
	return nodes
}

func names(nodes []resource.Node[service.Desired]) []string {
	out := []string{}
	for _, n := range nodes {
		out = append(out, n.Key.Name)
	}
	return out
}

// written answers lookups of a secret whose value was put at a time.
func written(at time.Time) resource.Lookup {
	return func(_ resource.Key, output string) resource.Value {
		if output == "version_written" {
			return resource.Known(at.Format(time.RFC3339Nano))
		}
		return resource.Known("v1")
	}
}

// changes answers lookups of a secret whose value is about to change.
func changes(resource.Key, string) resource.Value { return resource.Value{} }

// first is the first service found, as it is desired and observed.
func (w *world) first(d *spec.Deployment, l resource.Lookup) (resource.Key, service.Desired, service.Observed) {
	w.t.Helper()
	n := w.find(d, resource.Sought{})[0]
	desired, err := n.Build(l)
	w.must(err)
	observed, err := w.kind.Observe(w.t.Context(), []resource.Key{n.Key})
	w.must(err)
	return n.Key, desired, observed[n.Key]
}

func TestFind(t *testing.T) {
	in := func(doc spec.Document) func(*spec.Task) { return func(t *spec.Task) { t.Service = doc } }
	unsaid := func(t *spec.Task) { t.OnSecretChange = "" }
	every := func(resource.Key, string) bool { return true }
	all := []string{"blue/web-service", "green/web-service"}
	for name, c := range map[string]struct {
		d     *spec.Deployment
		s     resource.Sought
		want  []string
		calls int
	}{
		"all clusters":        {deployment(), resource.Sought{}, all, 10},
		"a named cluster":     {deployment(in(spec.Document{"cluster": "green"})), resource.Sought{}, all[1:], 5},
		"a cluster by ARN":    {deployment(in(spec.Document{"cluster": "arn:aws:ecs:us-west-2:012345678901:cluster/green"})), resource.Sought{}, all[1:], 5},
		"a named service":     {deployment(in(spec.Document{"cluster": "blue", "serviceName": "web-service"})), resource.Sought{}, all[:1], 4},
		"no such cluster":     {deployment(in(spec.Document{"cluster": "red"})), resource.Sought{}, []string{}, 4},
		"no such service":     {deployment(in(spec.Document{"cluster": "blue", "serviceName": "gone"})), resource.Sought{}, []string{}, 4},
		"unsaid":              {deployment(unsaid), resource.Sought{}, []string{}, 0},
		"unsaid, and changes": {deployment(unsaid), resource.Sought{Changes: every}, all, 10},
		"another task's":      {deployment(), resource.Sought{Tasks: []string{"api"}}, []string{}, 0},
		"no secret":           {deployment(func(t *spec.Task) { t.EnvLocations = nil }), resource.Sought{Changes: every}, []string{}, 0},
		"injected by ECS": {deployment(func(t *spec.Task) {
			t.EnvLocations, t.SecretRefs = nil, []spec.SecretRef{{Secret: "shop/web.env"}}
		}), resource.Sought{}, all, 10},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, service.Options{})
			if diff := cmp.Diff(c.want, names(w.find(c.d, c.s))); diff != "" {
				t.Errorf("services (-want +got):\n%s", diff)
			}
			if len(w.calls) != c.calls {
				t.Errorf("%d calls, want %d: %v", len(w.calls), c.calls, w.calls)
			}
		})
	}
}

// TestNothingThatCannotBeReadLooksAbsent: a failed read is an error.
func TestNothingThatCannotBeReadLooksAbsent(t *testing.T) {
	for _, operation := range []string{"ListClusters", "ListServices", "DescribeServices", "ListTasks", "ListSchedules", "ListRuleNamesByTarget"} {
		w := newWorld(t, service.Options{})
		w.fault = func(called string, next func() (any, error)) (any, error) {
			if called == operation {
				return nil, errors.New("broken")
			}
			return next()
		}
		if _, err := w.kind.Find(t.Context(), deployment(), resource.Sought{Changes: settled}); err == nil {
			t.Errorf("a failed %s passes for nothing found", operation)
		}
	}
}

func TestDiff(t *testing.T) {
	w := newWorld(t, service.Options{})
	began := aws.ToTime(w.describe("blue", "web-service").Deployments[0].CreatedAt)
	for name, c := range map[string]struct {
		lookup resource.Lookup
		want   bool
	}{
		"about to change":        {changes, true},
		"younger than the tasks": {written(began.Add(time.Hour)), true},
		"older than the tasks":   {written(began.Add(-time.Hour)), false},
		"hardly older":           {written(began.Add(-4 * time.Second)), true},
		"older by the margin":    {written(began.Add(-5 * time.Second)), false},
		"not known, not changing": {func(_ resource.Key, output string) resource.Value {
			if output == "version_written" {
				return resource.Value{}
			}
			return resource.Known("v1")
		}, false},
	} {
		_, d, o := w.first(deployment(), c.lookup)
		fields := w.kind.Diff(d, o)
		if got := len(fields) == 1 && fields[0].Path == "/deployment" && strings.Contains(fields[0].Note, "shop/web.env"); got != c.want {
			t.Errorf("%s: %+v", name, fields)
		}
	}
}

// TestNothingRunsNothingIsOld: without tasks there is nothing to deploy anew.
func TestNothingRunsNothingIsOld(t *testing.T) {
	w := newWorld(t, service.Options{})
	_, err := w.api.UpdateService(t.Context(), &ecs.UpdateServiceInput{Cluster: aws.String("blue"), Service: aws.String("web-service"), DesiredCount: aws.Int32(0)})
	w.must(err)
	if _, d, o := w.first(deployment(), changes); len(w.kind.Diff(d, o)) > 0 {
		t.Error("a service without tasks is to be deployed")
	}
}

// TestAFailedDeploymentServesNothing: where a circuit breaker has left a failed
// deployment in force, the tasks of the one before run, with what they have.
func TestAFailedDeploymentServesNothing(t *testing.T) {
	w := newWorld(t, service.Options{})
	began := aws.ToTime(w.describe("blue", "web-service").Deployments[0].CreatedAt)
	for state, old := range map[types.DeploymentRolloutState]bool{types.DeploymentRolloutStateFailed: true, types.DeploymentRolloutStateInProgress: false} {
		w.fault = func(_ string, next func() (any, error)) (any, error) {
			out, err := next()
			described, ok := out.(*ecs.DescribeServicesOutput)
			if !ok {
				return out, err
			}
			described = &ecs.DescribeServicesOutput{Services: slices.Clone(described.Services)}
			for i := range described.Services {
				before := described.Services[i].Deployments[0]
				before.Status = aws.String("ACTIVE")
				described.Services[i].Deployments = []types.Deployment{before,
					{Id: aws.String("newer"), Status: aws.String("PRIMARY"), RolloutState: state, CreatedAt: aws.Time(began.Add(time.Hour))}}
			}
			return described, err
		}
		_, d, o := w.first(deployment(), written(began.Add(time.Minute)))
		if got := len(w.kind.Diff(d, o)) > 0; got != old {
			t.Errorf("after a deployment that is %s the service is to be deployed: %v, want %v", state, got, old)
		}
	}
}

func TestAdvice(t *testing.T) {
	w := newWorld(t, service.Options{})
	for setting, want := range map[spec.OnSecretChange]bool{spec.SecretChangeReport: true, spec.SecretChangeRedeploy: false} {
		n := w.find(deployment(func(t *spec.Task) { t.OnSecretChange = setting }), resource.Sought{})[0]
		if got := strings.Contains(n.Advice, "--cluster blue --service web-service"); got != want {
			t.Errorf("%s: the advice is %q", setting, n.Advice)
		}
	}
}

func TestRedeploy(t *testing.T) {
	w := newWorld(t, service.Options{})
	before := w.describe("blue", "web-service")
	key, d, o := w.first(deployment(), written(time.Now().Add(time.Minute)))
	_, err := w.kind.Update(t.Context(), key, d, o, w.kind.Diff(d, o))
	w.must(err)
	if w.slept != 5*time.Second {
		t.Errorf("it waits %s for the value to be seen everywhere, want 5s", w.slept)
	}
	after := w.describe("blue", "web-service")
	if *after.Deployments[0].Id == *before.Deployments[0].Id || len(after.Deployments) != 1 {
		t.Errorf("there is no new deployment: %v", after.Deployments)
	}
	if after.DesiredCount != before.DesiredCount || *after.TaskDefinition != *before.TaskDefinition {
		t.Error("more than a deployment was changed")
	}
	if other := w.describe("blue", "other-service"); len(other.Events) > 2 {
		t.Error("the service of another family was touched")
	}
}

// TestALostAnswerIsNoSecondDeployment: the deployment that has appeared is the
// one that was asked for.
func TestALostAnswerIsNoSecondDeployment(t *testing.T) {
	w := newWorld(t, service.Options{})
	key, d, o := w.first(deployment(), changes)
	w.fault = func(called string, next func() (any, error)) (any, error) {
		out, err := next()
		if called == "UpdateService" && err == nil {
			return nil, context.DeadlineExceeded
		}
		return out, err
	}
	_, err := w.kind.Update(t.Context(), key, d, o, nil)
	w.must(err)
	if n := len(slices.DeleteFunc(w.calls, func(c string) bool { return c != "UpdateService" })); n != 1 {
		t.Errorf("%d deployments were asked for", n)
	}
}

// answer stands in for what ECS tells of a service's deployments.
func answer(deployments ...types.Deployment) func(string, func() (any, error)) (any, error) {
	asked := false
	return func(operation string, next func() (any, error)) (any, error) {
		switch {
		case operation == "UpdateService":
			asked = true
			return &ecs.UpdateServiceOutput{Service: &types.Service{Deployments: []types.Deployment{{Id: aws.String("new"), Status: aws.String("PRIMARY")}}}}, nil
		case asked:
			return &ecs.DescribeServicesOutput{Services: []types.Service{{Deployments: deployments}}}, nil
		}
		return next()
	}
}

func TestOnlyThatVeryDeploymentCounts(t *testing.T) {
	of := func(id, status string, state types.DeploymentRolloutState) types.Deployment {
		return types.Deployment{Id: &id, Status: &status, RolloutState: state, DesiredCount: 1, RunningCount: 1}
	}
	const completed, failed = types.DeploymentRolloutStateCompleted, types.DeploymentRolloutStateFailed
	for name, c := range map[string]struct {
		deployments []types.Deployment
		want        string // "" for done
	}{
		"completed":       {[]types.Deployment{of("new", "PRIMARY", completed)}, ""},
		"untold, and so":  {[]types.Deployment{of("new", "PRIMARY", "")}, ""},
		"failed":          {[]types.Deployment{of("new", "PRIMARY", failed)}, "the deployment new of service blue/web-service failed"},
		"rolled back":     {[]types.Deployment{of("old", "PRIMARY", completed)}, "is gone"},
		"being rolled":    {[]types.Deployment{of("old", "PRIMARY", completed), of("new", "ACTIVE", failed)}, "failed"},
		"another's place": {[]types.Deployment{of("newer", "PRIMARY", completed), of("new", "ACTIVE", "")}, "is in force no longer"},
		"never":           {[]types.Deployment{of("new", "PRIMARY", types.DeploymentRolloutStateInProgress)}, "has not completed in 20m"},
	} {
		w := newWorld(t, service.Options{})
		key, d, o := w.first(deployment(), changes)
		w.fault = answer(c.deployments...)
		_, err := w.kind.Update(t.Context(), key, d, o, nil)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if resource.ClassOf(err) != resource.Terminal {
			t.Errorf("%s: a %s error would ask for another deployment", name, resource.ClassOf(err))
		}
	}
}

func TestNoWait(t *testing.T) {
	w := newWorld(t, service.Options{NoWait: true})
	key, d, o := w.first(deployment(), changes)
	w.fault = answer()
	_, err := w.kind.Update(t.Context(), key, d, o, nil)
	w.must(err)
	if last := w.calls[len(w.calls)-1]; last != "UpdateService" {
		t.Errorf("it goes on with %s", last)
	}
}

// TestNothingStarted: an answer that names the old deployment is a failure.
func TestNothingStarted(t *testing.T) {
	w := newWorld(t, service.Options{})
	key, d, o := w.first(deployment(), changes)
	now := w.describe("blue", "web-service")
	w.fault = func(string, func() (any, error)) (any, error) {
		return &ecs.UpdateServiceOutput{Service: &now}, nil
	}
	if _, err := w.kind.Update(t.Context(), key, d, o, nil); err == nil || !strings.Contains(err.Error(), "started no deployment") {
		t.Errorf("got %v", err)
	}
}

// TestOthersDeploymentsAreRefused: ECS cannot be asked for those.
func TestOthersDeploymentsAreRefused(t *testing.T) {
	w := newWorld(t, service.Options{})
	w.fault = func(called string, next func() (any, error)) (any, error) {
		out, err := next()
		described, ok := out.(*ecs.DescribeServicesOutput)
		if !ok {
			return out, err
		}
		theirs := ecs.DescribeServicesOutput{Services: slices.Clone(described.Services)}
		for i := range theirs.Services {
			theirs.Services[i].DeploymentController = &types.DeploymentController{Type: types.DeploymentControllerTypeCodeDeploy}
		}
		return &theirs, err
	}
	for setting, want := range map[spec.OnSecretChange]bool{spec.SecretChangeRedeploy: true, spec.SecretChangeReport: false} {
		_, d, o := w.first(deployment(func(t *spec.Task) { t.OnSecretChange = setting }), changes)
		if got := strings.Contains(w.kind.Standing(d, o).Refuse, "CODE_DEPLOY"); got != want {
			t.Errorf("%s: %+v", setting, w.kind.Standing(d, o))
		}
	}
}
