package sandbox

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// TestNewRolesAreRefusedForAMoment by ECS and STS, with AWS's codes, until the
// delay is over at the latest; so are roles with a new trust. A role that is
// nowhere stays accepted.
func TestNewRolesAreRefusedForAMoment(t *testing.T) {
	c := newClocked(t, Options{RoleDelay: time.Minute})
	cfg := testConfig(c.Transport())
	roles := iam.NewFromConfig(cfg)
	role := replayAccount + "role/r"
	for _, name := range []string{role, "r"} {
		if err := c.register(name); err != nil {
			t.Errorf("a role that is nowhere: %v", err)
		}
	}
	if _, err := roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(trustRoot)}); err != nil {
		t.Fatal(err)
	}
	c.unsettled(t, role, "AccessDeniedException")
	c.now = c.now.Add(time.Minute)
	c.isSettled(t, role)
	if _, err := roles.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: aws.String(trustRoot)}); err != nil {
		t.Fatal(err)
	}
	c.unsettled(t, role, "ClientException")
	c.now = c.now.Add(time.Minute)
	c.isSettled(t, role)
}

func (c *clocked) register(role string) error {
	return perform(c.Server, "AKIA", "us-west-2", "ecs", "RegisterTaskDefinition", fields{
		"family": "f", "taskRoleArn": role, "containerDefinitions": []fields{{"name": "main", "image": "app:1", "memory": 128, "portMappings": []fields{{"containerPort": 80}}}},
	})
}

func (c *clocked) serve(role string) error {
	if err := perform(c.Server, "AKIA", "us-west-2", "ecs", "CreateCluster", fields{"clusterName": "c"}); err != nil {
		return err
	}
	return perform(c.Server, "AKIA", "us-west-2", "ecs", "CreateService", fields{
		"cluster": "c", "serviceName": "w" + c.newRequestID(), "taskDefinition": "f", "desiredCount": 0, "role": role,
		"loadBalancers": []fields{{"loadBalancerName": "lb", "containerName": "main", "containerPort": 80}},
	})
}

func (c *clocked) assume(t *testing.T, role string) error {
	t.Helper()
	_, err := sts.NewFromConfig(testConfig(c.Transport())).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("run")})
	return err
}

func (c *clocked) unsettled(t *testing.T, role, code string) {
	t.Helper()
	for _, name := range []string{role, "r"} {
		for what, err := range map[string]error{"RegisterTaskDefinition": c.register(name), "CreateService": c.serve(name)} {
			if got := codeOf(err); got != code {
				t.Errorf("%s with %s: %q, not %s", what, name, got, code)
			}
		}
	}
	var failure smithy.APIError
	if err := c.assume(t, role); !errors.As(err, &failure) || failure.ErrorCode() != "AccessDenied" {
		t.Errorf("AssumeRole: %v", err)
	}
}

func (c *clocked) isSettled(t *testing.T, role string) {
	t.Helper()
	for what, err := range map[string]error{"RegisterTaskDefinition": c.register(role), "CreateService": c.serve(role), "AssumeRole": c.assume(t, role)} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
