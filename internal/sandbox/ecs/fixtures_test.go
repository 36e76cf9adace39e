package ecs

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"ecs-reconciler/internal/sandbox/awsenv"
	"ecs-reconciler/internal/sandbox/awserr"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const caller = "arn:aws:iam::012345678901:user/tester"

// start is the clock of a test.
func start() time.Time { return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC) }

// newBackend is an empty ECS whose identifiers repeat.
func newBackend() *Backend {
	return New(&awsenv.Env{
		Account: awsenv.DefaultAccount, Region: awsenv.DefaultRegion, Partition: "aws",
		Now: start, Rand: rand.NewChaCha8([32]byte{}), CallerARN: caller,
	})
}

// minimal is the smallest registration for EC2.
func minimal(family string) *ecs.RegisterTaskDefinitionInput {
	return &ecs.RegisterTaskDefinitionInput{
		Family:               new(family),
		ContainerDefinitions: []types.ContainerDefinition{{Name: new("app"), Image: new("app:1"), Memory: new(int32(128))}},
	}
}

// fargate is the smallest registration for Fargate.
func fargate(family string) *ecs.RegisterTaskDefinitionInput {
	return &ecs.RegisterTaskDefinitionInput{
		Family: new(family), Cpu: new("256"), Memory: new("512"), NetworkMode: types.NetworkModeAwsvpc,
		RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		ExecutionRoleArn:        new("arn:aws:iam::012345678901:role/execution"),
		ContainerDefinitions:    []types.ContainerDefinition{{Name: new("app"), Image: new("app:1")}},
	}
}

// fixture reads a registration from testdata, in the wire's words.
func fixture(t *testing.T, name string) *ecs.RegisterTaskDefinitionInput {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	in := &ecs.RegisterTaskDefinitionInput{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return in
}

// fixtures are registrations that together set every member there is.
func fixtures(t *testing.T) map[string]*ecs.RegisterTaskDefinitionInput {
	t.Helper()
	shared := minimal("gpu")
	shared.ContainerDefinitions[0].ResourceRequirements = []types.ResourceRequirement{{
		Type: types.ResourceTypeGpu, Value: new("1"),
		SharingStrategy: &types.SharingStrategyMemberNvidiaMps{Value: types.NvidiaMpsAllocation{
			Memory: new(int32(512)), MaxComputePercent: new(int32(50)),
		}},
	}}
	return map[string]*ecs.RegisterTaskDefinitionInput{
		"fargate": fixture(t, "fargate.json"), "ec2": fixture(t, "ec2.json"), "sharing": shared,
	}
}

// register registers or fails the test.
func register(t *testing.T, b *Backend, in *ecs.RegisterTaskDefinitionInput) *types.TaskDefinition {
	t.Helper()
	out, err := b.RegisterTaskDefinition(in)
	if err != nil {
		t.Fatalf("RegisterTaskDefinition: %v", err)
	}
	return out.TaskDefinition
}

// registerMany makes n revisions of a family.
func registerMany(t *testing.T, b *Backend, family string, n int) {
	t.Helper()
	for range n {
		register(t, b, minimal(family))
	}
}

// wantError compares a failure with an AWS code and message.
func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var got *awserr.Error
	if !errors.As(err, &got) {
		t.Fatalf("got error %v, want %s", err, code)
	}
	if got.Code != code || got.Message != message {
		t.Errorf("got  %s: %s\nwant %s: %s", got.Code, got.Message, code, message)
	}
}

func arn(resource string) string { return "arn:aws:ecs:us-west-2:012345678901:" + resource }

func definitionARN(family string, revision int) string {
	return arn("task-definition/" + family + ":" + strconv.Itoa(revision))
}
