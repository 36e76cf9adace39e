package ecs

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// same compares values of the SDK's types; nil and empty differ.
func same() cmp.Option {
	return cmpopts.IgnoreUnexported(types.TaskDefinition{}, types.ContainerDefinition{}, types.PortMapping{}, types.HealthCheck{},
		types.LogConfiguration{}, types.Attribute{}, types.KeyValuePair{}, types.Secret{}, types.Tag{}, types.Failure{},
		types.ServiceEvent{}, types.Deployment{}, types.DeploymentConfiguration{}, types.DeploymentCircuitBreaker{})
}

func attributes(names ...string) []types.Attribute {
	out := []types.Attribute{}
	for _, name := range names {
		out = append(out, types.Attribute{Name: new(name)})
	}
	return out
}

func TestDefaultsOnEC2(t *testing.T) {
	b := newBackend()
	in := minimal("web")
	app(in).PortMappings = []types.PortMapping{{ContainerPort: new(int32(80))}}
	got := register(t, b, in)
	want := &types.TaskDefinition{
		Family: new("web"), Revision: 1, Status: types.TaskDefinitionStatusActive, TaskDefinitionArn: new(definitionARN("web", 1)),
		NetworkMode: types.NetworkModeBridge, EnableFaultInjection: new(false),
		RegisteredAt: new(start()), RegisteredBy: new(caller),
		Compatibilities: []types.Compatibility{"EXTERNAL", "EC2"},
		Volumes:         []types.Volume{}, PlacementConstraints: []types.TaskDefinitionPlacementConstraint{},
		RequiresAttributes: attributes("com.amazonaws.ecs.capability.docker-remote-api.1.18"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: new("app"), Image: new("app:1"), Memory: new(int32(128)), Essential: new(true),
			Environment: []types.KeyValuePair{}, MountPoints: []types.MountPoint{}, VolumesFrom: []types.VolumeFrom{},
			SystemControls: []types.SystemControl{},
			PortMappings:   []types.PortMapping{{ContainerPort: new(int32(80)), HostPort: new(int32(0)), Protocol: "tcp"}},
		}},
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDefaultsOnFargate(t *testing.T) {
	b := newBackend()
	in := fargate("web")
	in.Cpu, in.Memory, in.TaskRoleArn = new(".5 vCPU"), new("1GB"), new("")
	*app(in) = types.ContainerDefinition{
		Name: new("app"), Image: new("app:1"),
		PortMappings:     []types.PortMapping{{ContainerPort: new(int32(80))}, {ContainerPortRange: new("90-99")}},
		HealthCheck:      &types.HealthCheck{Command: []string{"CMD", "true"}},
		LogConfiguration: &types.LogConfiguration{LogDriver: types.LogDriverAwslogs, Options: map[string]string{"awslogs-region": "r", "awslogs-group": "g", "awslogs-stream-prefix": "p"}},
		Secrets:          []types.Secret{{Name: new("A"), ValueFrom: new("arn:aws:secretsmanager:us-west-2:012345678901:secret:a-AbCdEf")}},
	}
	got := register(t, b, in)
	want := &types.TaskDefinition{
		Family: new("web"), Revision: 1, Status: types.TaskDefinitionStatusActive, TaskDefinitionArn: new(definitionARN("web", 1)),
		Cpu: new("512"), Memory: new("1024"), NetworkMode: types.NetworkModeAwsvpc, EnableFaultInjection: new(false),
		ExecutionRoleArn: in.ExecutionRoleArn, RegisteredAt: new(start()), RegisteredBy: new(caller),
		RequiresCompatibilities: []types.Compatibility{"FARGATE"},
		Compatibilities:         []types.Compatibility{"EC2", "FARGATE", "MANAGED_INSTANCES"},
		Volumes:                 []types.Volume{}, PlacementConstraints: []types.TaskDefinitionPlacementConstraint{},
		RequiresAttributes: attributes(
			"com.amazonaws.ecs.capability.docker-remote-api.1.18", "com.amazonaws.ecs.capability.docker-remote-api.1.19",
			"com.amazonaws.ecs.capability.logging-driver.awslogs", "ecs.capability.container-health-check",
			"ecs.capability.execution-role-awslogs", "ecs.capability.secrets.asm.environment-variables", "ecs.capability.task-eni"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: new("app"), Image: new("app:1"), Essential: new(true), Secrets: app(in).Secrets,
			Environment: []types.KeyValuePair{}, MountPoints: []types.MountPoint{}, VolumesFrom: []types.VolumeFrom{},
			SystemControls: []types.SystemControl{},
			PortMappings: []types.PortMapping{
				{ContainerPort: new(int32(80)), HostPort: new(int32(80)), Protocol: "tcp"},
				{ContainerPortRange: new("90-99"), Protocol: "tcp"},
			},
			HealthCheck: &types.HealthCheck{Command: []string{"CMD", "true"}, Interval: new(int32(30)), Timeout: new(int32(5)), Retries: new(int32(3))},
			LogConfiguration: &types.LogConfiguration{LogDriver: "awslogs",
				Options: map[string]string{"awslogs-region": "r", "awslogs-group": "g", "awslogs-stream-prefix": "p"}},
		}},
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryRegistrationIsARevision(t *testing.T) {
	b := newBackend()
	for want := int32(1); want <= 3; want++ {
		if got := register(t, b, minimal("web")).Revision; got != want {
			t.Errorf("got revision %d, want %d", got, want)
		}
	}
	if got := register(t, b, minimal("web-2")).Revision; got != 1 {
		t.Errorf("another family starts at revision %d", got)
	}
}

func TestTagsAreReturnedBesideTheDefinition(t *testing.T) {
	b := newBackend()
	in := minimal("web")
	in.Tags = []types.Tag{{Key: new("team"), Value: new("data")}}
	out, err := b.RegisterTaskDefinition(in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in.Tags, out.Tags, same()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	untagged, err := b.RegisterTaskDefinition(minimal("web"))
	if err != nil || untagged.Tags != nil {
		t.Errorf("got tags %v and error %v of a revision without tags", untagged.Tags, err)
	}
}

// TestOrderIsNotKept sees that environment and secrets lose their order, never
// an entry, and the same way each time.
func TestOrderIsNotKept(t *testing.T) {
	for _, n := range []int{2, 3, 7} {
		in := fargate("web")
		for i := range n {
			name := string(rune('A' + i))
			app(in).Environment = append(app(in).Environment, types.KeyValuePair{Name: new("E" + name), Value: new("v")})
			app(in).Secrets = append(app(in).Secrets, types.Secret{Name: new("S" + name), ValueFrom: new("/" + name)})
		}
		first := register(t, newBackend(), in).ContainerDefinitions[0]
		again := register(t, newBackend(), in).ContainerDefinitions[0]
		if diff := cmp.Diff(first, again, same()); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
		for what, lists := range map[string][2][]string{
			"environment": {names(app(in).Environment, envName), names(first.Environment, envName)},
			"secrets":     {names(app(in).Secrets, secretName), names(first.Secrets, secretName)},
		} {
			if slices.Equal(lists[0], lists[1]) {
				t.Errorf("%d %s kept their order", n, what)
			}
			if got := slices.Sorted(slices.Values(lists[1])); !slices.Equal(lists[0], got) {
				t.Errorf("%s became %v", what, got)
			}
		}
	}
}

func envName(e types.KeyValuePair) string { return *e.Name }

func secretName(s types.Secret) string { return *s.Name }

func TestCheckRoleIsAskedForEachRole(t *testing.T) {
	b := newBackend()
	var asked []string
	b.CheckRole = func(role string) error {
		asked = append(asked, role)
		if strings.HasSuffix(role, "/secret") {
			return errors.New("not yours")
		}
		return nil
	}
	in := fargate("web")
	in.TaskRoleArn = new("arn:aws:iam::012345678901:role/task")
	register(t, b, in)
	if want := []string{*in.TaskRoleArn, *in.ExecutionRoleArn}; !slices.Equal(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
	in.TaskRoleArn = new("arn:aws:iam::012345678901:role/secret")
	if _, err := b.RegisterTaskDefinition(in); err == nil || err.Error() != "not yours" {
		t.Errorf("got error %v, want that of CheckRole", err)
	}
}

// TestNothingIsShared changes what was given and what was returned, and finds
// the state unchanged.
func TestNothingIsShared(t *testing.T) {
	b := newBackend()
	in := fixture(t, "fargate.json")
	got := register(t, b, in)
	want := clone(b.state.Families["reports"].Revisions[0].Definition)
	in.ContainerDefinitions[0].Command[0] = "changed"
	in.ContainerDefinitions[0].DockerLabels["changed"] = "yes"
	*in.Volumes[0].EfsVolumeConfiguration.RootDirectory = "changed"
	got.ContainerDefinitions[0].Environment[0] = types.KeyValuePair{}
	*got.ContainerDefinitions[0].HealthCheck.Interval = 99
	out, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new("reports")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, *out.TaskDefinition, cmp.Exporter(exported)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	*out.TaskDefinition.ContainerDefinitions[0].HealthCheck.Interval = 99
	if diff := cmp.Diff(want, *describe(t, b, "reports"), cmp.Exporter(exported)); diff != "" {
		t.Errorf("a changed description changed the state (-want +got)\n%s", diff)
	}
}
