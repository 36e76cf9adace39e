package ecs

import (
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

// retire deregisters or fails the test.
func retire(t *testing.T, b *Backend, name string) {
	t.Helper()
	if _, err := b.DeregisterTaskDefinition(&ecs.DeregisterTaskDefinitionInput{TaskDefinition: new(name)}); err != nil {
		t.Fatalf("DeregisterTaskDefinition %s: %v", name, err)
	}
}

// remove deletes or fails the test.
func remove(t *testing.T, b *Backend, name string) {
	t.Helper()
	out, err := b.DeleteTaskDefinitions(&ecs.DeleteTaskDefinitionsInput{TaskDefinitions: []string{name}})
	if err != nil || len(out.Failures) > 0 {
		t.Fatalf("DeleteTaskDefinitions %s: %v, %d failures", name, err, len(out.Failures))
	}
}

// describe describes or fails the test.
func describe(t *testing.T, b *Backend, name string) *types.TaskDefinition {
	t.Helper()
	out, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new(name)})
	if err != nil {
		t.Fatalf("DescribeTaskDefinition %s: %v", name, err)
	}
	return out.TaskDefinition
}

// TestLifecycle follows a family from registration to deletion and back.
func TestLifecycle(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 3)
	retire(t, b, "web:3")
	if got := describe(t, b, "web").Revision; got != 2 {
		t.Errorf("the bare family is revision %d, want the latest ACTIVE, 2", got)
	}
	three := describe(t, b, definitionARN("web", 3))
	if three.Status != types.TaskDefinitionStatusInactive || three.DeregisteredAt == nil || !three.DeregisteredAt.Equal(start()) {
		t.Errorf("revision 3 is %s since %v", three.Status, three.DeregisteredAt)
	}
	retire(t, b, "web:1")
	retire(t, b, "web:2")
	_, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new("web")})
	wantError(t, err, client, "Unable to describe task definition.")
	for i := 1; i <= 3; i++ {
		remove(t, b, "web:"+strconv.Itoa(i))
	}
	if got := describe(t, b, "web:3"); got.Status != types.TaskDefinitionStatusDeleteInProgress || got.DeleteRequestedAt == nil {
		t.Errorf("revision 3 is %s since %v", got.Status, got.DeleteRequestedAt)
	}
	if got := register(t, b, minimal("web")).Revision; got != 4 {
		t.Errorf("numbers restarted: got revision %d, want 4", got)
	}
}

func TestDescribeRefuses(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 1)
	for _, name := range []string{"", "api", "web:2", "web:x", "arn:aws:ecs:us-east-1:012345678901:task-definition/web:1"} {
		_, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new(name)})
		wantError(t, err, client, "Unable to describe task definition.")
	}
	_, err := b.DescribeTaskDefinition(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new("web"), Include: []types.TaskDefinitionField{"ALL"}})
	wantError(t, err, invalid, "Invalid value 'ALL' for include.")
}

func TestDeregisterRefuses(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 1)
	_, err := b.DeregisterTaskDefinition(&ecs.DeregisterTaskDefinitionInput{TaskDefinition: new("web")})
	wantError(t, err, invalid, "Missing revision in task definition 'web'. You must specify a revision.")
	for _, name := range []string{"web:2", "api:1", "web:x"} {
		_, err := b.DeregisterTaskDefinition(&ecs.DeregisterTaskDefinitionInput{TaskDefinition: new(name)})
		wantError(t, err, client, "The specified task definition does not exist. Specify a valid account, family, revision and try again.")
	}
}

func TestDeleteReportsEachFailure(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 2)
	retire(t, b, "web:1")
	out, err := b.DeleteTaskDefinitions(&ecs.DeleteTaskDefinitionsInput{TaskDefinitions: []string{"web:1", "web:2", "web:9", "web"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.TaskDefinitions) != 1 || out.TaskDefinitions[0].Revision != 1 {
		t.Errorf("deleted %d definitions, want revision 1 alone", len(out.TaskDefinitions))
	}
	want := []types.Failure{
		{Arn: new("web:2"), Reason: new("The specified task definition is still in ACTIVE status. Please deregister the target and try again.")},
		{Arn: new("web:9"), Reason: new("The specified task definition does not exist. Specify a valid account, family, revision and try again.")},
		{Arn: new("web"), Reason: new("The specified task definition identifier is invalid. Specify a valid name or ARN and try again.")},
	}
	if diff := cmp.Diff(want, out.Failures, same()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = b.DeleteTaskDefinitions(&ecs.DeleteTaskDefinitionsInput{})
	wantError(t, err, invalid, "size of TaskDefinition references list must be greater than 0")
	_, err = b.DeleteTaskDefinitions(&ecs.DeleteTaskDefinitionsInput{TaskDefinitions: make([]string, 11)})
	wantError(t, err, invalid, "size of TaskDefinition references list must be less than or equal to 10")
}
