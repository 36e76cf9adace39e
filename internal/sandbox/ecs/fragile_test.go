package ecs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// TestAFragileImageIsPulledOnce: a service's first deployment completes; each one
// after that fails, and the circuit breaker returns to the first.
func TestAFragileImageIsPulledOnce(t *testing.T) {
	c := newClocked(t)
	in := simple("fragile")
	in.ContainerDefinitions[0].Image = new("registry.example/fragile-image:1")
	_, err := c.RegisterTaskDefinition(t.Context(), in)
	must(t, err)
	_, err = c.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: new("web"), TaskDefinition: new("fragile"), DesiredCount: new(int32(2)),
		DeploymentConfiguration: &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true}}})
	must(t, err)
	states := func() (out []string) {
		described, err := c.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}})
		must(t, err)
		for _, d := range described.Services[0].Deployments {
			out = append(out, *d.Status+" "+string(d.RolloutState))
		}
		return out
	}
	wants := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, states()); diff != "" {
			t.Error(diff)
		}
	}
	wants("PRIMARY COMPLETED")
	for range 2 {
		_, err = c.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: new("web"), ForceNewDeployment: true})
		must(t, err)
		wants("PRIMARY IN_PROGRESS", "ACTIVE COMPLETED")
		c.pass(10 * time.Second)
		wants("PRIMARY COMPLETED")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
