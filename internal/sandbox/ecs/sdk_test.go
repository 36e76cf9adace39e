package ecs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The tests of this file speak to the backend as callers do: through the SDK's
// client, over HTTP.

func newClient(t *testing.T, opts ...sandboxtest.Option) *ecs.Client {
	t.Helper()
	_, cfg := sandboxtest.New(t, opts...)
	return ecs.NewFromConfig(cfg)
}

// load reads a registration from testdata.
func load(t *testing.T, name string) *ecs.RegisterTaskDefinitionInput {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	in := &ecs.RegisterTaskDefinitionInput{}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(in); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return in
}

// simple is the smallest registration.
func simple(family string) *ecs.RegisterTaskDefinitionInput {
	return &ecs.RegisterTaskDefinitionInput{
		Family:               new(family),
		ContainerDefinitions: []types.ContainerDefinition{{Name: new("app"), Image: new("app:1"), Memory: new(int32(64))}},
	}
}

// shapes compares the SDK's types, which have no exported way to be empty.
func shapes() cmp.Option {
	return cmp.Options{cmpopts.EquateEmpty(), cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && field.Name() == "noSmithyDocumentSerde"
	}, cmp.Ignore())}
}

// TestSDKRoundTrip registers the fixtures and describes what it registered.
func TestSDKRoundTrip(t *testing.T) {
	client := newClient(t)
	for _, name := range []string{"fargate.json", "ec2.json"} {
		in := load(t, name)
		registered, err := client.RegisterTaskDefinition(t.Context(), in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		described, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{
			TaskDefinition: in.Family, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(registered.TaskDefinition, described.TaskDefinition, shapes()); diff != "" {
			t.Errorf("%s: registered and described differ:\n%s", name, diff)
		}
		if diff := cmp.Diff(in.Tags, described.Tags, shapes()); diff != "" {
			t.Errorf("%s: tags (-want +got)\n%s", name, diff)
		}
		first := described.TaskDefinition.ContainerDefinitions[0]
		if diff := cmp.Diff(in.ContainerDefinitions[0].LinuxParameters, first.LinuxParameters, shapes()); diff != "" {
			t.Errorf("%s: linux parameters (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff(in.Volumes, described.TaskDefinition.Volumes, shapes()); diff != "" {
			t.Errorf("%s: volumes (-want +got)\n%s", name, diff)
		}
	}
}

// TestSDKUnion sends the one member that is a union.
func TestSDKUnion(t *testing.T) {
	client := newClient(t)
	want := []types.ResourceRequirement{{
		Type: types.ResourceTypeGpu, Value: new("1"),
		SharingStrategy: &types.SharingStrategyMemberNvidiaMps{Value: types.NvidiaMpsAllocation{Memory: new(int32(512)), MaxComputePercent: new(int32(50))}},
	}}
	in := simple("gpu")
	in.ContainerDefinitions[0].ResourceRequirements = want
	out, err := client.RegisterTaskDefinition(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.TaskDefinition.ContainerDefinitions[0].ResourceRequirements, shapes()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestSDKErrors sees refusals arrive as the SDK's own error types.
func TestSDKErrors(t *testing.T) {
	client := newClient(t)
	_, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: new("none")})
	var refused *types.ClientException
	if !errors.As(err, &refused) || refused.ErrorMessage() != "Unable to describe task definition." {
		t.Errorf("got %v", err)
	}
	_, err = client.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}})
	var missing *types.ClusterNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	in := simple("web")
	in.NetworkMode = "vpc"
	_, err = client.RegisterTaskDefinition(t.Context(), in)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "InvalidParameterException" && api.ErrorCode() != "ClientException" {
		t.Errorf("got %v", err)
	}
}

// TestSDKPages walks the SDK's paginator over more than one page.
func TestSDKPages(t *testing.T) {
	client := newClient(t)
	var want []string
	for i := range 12 {
		if _, err := client.RegisterTaskDefinition(t.Context(), simple("web")); err != nil {
			t.Fatal(err)
		}
		want = append(want, "arn:aws:ecs:us-west-2:012345678901:task-definition/web:"+strconv.Itoa(i+1))
	}
	var got []string
	pages := ecs.NewListTaskDefinitionsPaginator(client, &ecs.ListTaskDefinitionsInput{FamilyPrefix: new("web"), MaxResults: new(int32(5))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page.TaskDefinitionArns...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSDKServiceSettles uses the SDK's waiter on a service.
func TestSDKServiceSettles(t *testing.T) {
	client := newClient(t)
	if _, err := client.RegisterTaskDefinition(t.Context(), simple("web")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateCluster(t.Context(), &ecs.CreateClusterInput{}); err != nil {
		t.Fatal(err)
	}
	_, err := client.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: new("web"), TaskDefinition: new("web"), DesiredCount: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	if err := ecs.NewServicesStableWaiter(client).Wait(t.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}}, 1e9); err != nil {
		t.Errorf("the service is not stable: %v", err)
	}
}

// TestSDKStateSurvivesARestart closes a sandbox and opens another on its folder.
func TestSDKStateSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	open := func() (*sandbox.Server, *ecs.Client) {
		server, err := sandbox.New(sandbox.Options{Dir: dir, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return server, ecs.NewFromConfig(sandboxtest.Config(server, "us-west-2"))
	}
	server, client := open()
	before, err := client.RegisterTaskDefinition(t.Context(), load(t, "fargate.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	server, client = open()
	after, err := client.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: new("reports")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before.TaskDefinition, after.TaskDefinition, shapes()); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSDKRegionsAreApart sees that what one region has another has not.
func TestSDKRegionsAreApart(t *testing.T) {
	server, cfg := sandboxtest.New(t)
	if _, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), simple("web")); err != nil {
		t.Fatal(err)
	}
	there := ecs.NewFromConfig(sandboxtest.Config(server, "eu-west-1"))
	out, err := there.ListTaskDefinitions(t.Context(), &ecs.ListTaskDefinitionsInput{})
	if err != nil || len(out.TaskDefinitionArns) != 0 {
		t.Errorf("eu-west-1 lists %v, %v", out, err)
	}
}
