package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"
)

const lag = time.Minute

// clocked is a server whose clock the test moves.
type clocked struct {
	*Server
	now time.Time
}

func newClocked(t *testing.T, opts Options) *clocked {
	t.Helper()
	c := &clocked{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	opts.Now = func() time.Time { return c.now }
	c.Server = newTestServer(t, opts)
	return c
}

// listed are the names of the secrets that ListSecrets shows.
func (c *clocked) listed(t *testing.T) []string {
	t.Helper()
	out, err := secretsClient(c.Server, "us-west-2").ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range out.SecretList {
		names = append(names, *s.Name)
	}
	return names
}

// TestListingsLag: what was written is never missing after the lag, sometimes
// missing within it, never gone again once shown, and read by name at once.
func TestListingsLag(t *testing.T) {
	late := 0
	for seed := range uint64(20) {
		c := newClocked(t, Options{Seed: seed + 1, Lag: lag})
		create(t, secretsClient(c.Server, "us-west-2"), "s", "x")
		if _, err := secretsClient(c.Server, "us-west-2").DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")}); err != nil {
			t.Error(err)
		}
		shown := false
		for range 7 {
			names := c.listed(t)
			if shown && len(names) == 0 {
				t.Fatal("a listing went back behind an earlier one")
			}
			shown = len(names) > 0
			if !shown {
				late++
			}
			c.now = c.now.Add(lag / 6)
		}
		if !shown {
			t.Error("a listing is later than the lag")
		}
	}
	if late < 20 || late > 130 {
		t.Errorf("%d of 140 listings were late", late)
	}
}

// TestTheSameSeedLagsTheSame draws the same delays again.
func TestTheSameSeedLagsTheSame(t *testing.T) {
	run := func() (seen [][]string) {
		c := newClocked(t, Options{Seed: 7, Lag: lag})
		for _, name := range "abcdefghij" {
			create(t, secretsClient(c.Server, "us-west-2"), string(name), "x")
			c.now = c.now.Add(lag / 10)
			seen = append(seen, c.listed(t))
		}
		return seen
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Error(diff)
	}
}

// TestEveryLaggingListing writes through each service, and lists before the
// lag is over and after.
func TestEveryLaggingListing(t *testing.T) {
	c := newClocked(t, Options{Seed: 3, Lag: 1000 * time.Hour})
	cfg := testConfig(c.Transport())
	roles, tasks, ctx := iam.NewFromConfig(cfg), ecs.NewFromConfig(cfg), t.Context()
	role, trust := aws.String("r"), aws.String(replayTrust)
	if _, err := roles.CreateRole(ctx, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: trust}); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(c.opts.Lag)
	lists := map[string]func() (int, error){
		"iam:ListRoles": func() (int, error) {
			out, err := roles.ListRoles(ctx, &iam.ListRolesInput{})
			return len(out.Roles) - 1, err
		},
		"iam:GetAccountAuthorizationDetails": func() (int, error) {
			out, err := roles.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{})
			return len(out.RoleDetailList) - 1, err
		},
		"iam:ListRolePolicies": func() (int, error) {
			out, err := roles.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: role})
			return len(out.PolicyNames), err
		},
		"iam:ListAttachedRolePolicies": func() (int, error) {
			out, err := roles.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: role})
			return len(out.AttachedPolicies), err
		},
		"iam:ListRoleTags": func() (int, error) {
			out, err := roles.ListRoleTags(ctx, &iam.ListRoleTagsInput{RoleName: role})
			return len(out.Tags), err
		},
		"iam:ListPolicies": func() (int, error) {
			out, err := roles.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: "Local"})
			return len(out.Policies), err
		},
		"ecs:ListClusters": func() (int, error) {
			out, err := tasks.ListClusters(ctx, &ecs.ListClustersInput{})
			return len(out.ClusterArns), err
		},
		"ecs:ListServices": func() (int, error) {
			out, err := tasks.ListServices(ctx, &ecs.ListServicesInput{Cluster: aws.String("c")})
			var missing *ecstypes.ClusterNotFoundException
			if errors.As(err, &missing) {
				return 0, nil // the cluster is not there yet either
			}
			if err != nil {
				return 0, err
			}
			return len(out.ServiceArns), nil
		},
		"ecs:ListTaskDefinitions": func() (int, error) {
			out, err := tasks.ListTaskDefinitions(ctx, &ecs.ListTaskDefinitionsInput{})
			return len(out.TaskDefinitionArns), err
		},
		"ecs:ListTaskDefinitionFamilies": func() (int, error) {
			out, err := tasks.ListTaskDefinitionFamilies(ctx, &ecs.ListTaskDefinitionFamiliesInput{})
			return len(out.Families), err
		},
		"logs:DescribeLogGroups": func() (int, error) {
			out, err := cloudwatchlogs.NewFromConfig(cfg).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
			if err != nil {
				return 0, err
			}
			return len(out.LogGroups), nil
		},
		"ssm:DescribeParameters": func() (int, error) {
			out, err := ssm.NewFromConfig(cfg).DescribeParameters(ctx, &ssm.DescribeParametersInput{})
			if err != nil {
				return 0, err
			}
			return len(out.Parameters), nil
		},
		"scheduler:ListSchedules": func() (int, error) {
			out, err := scheduler.NewFromConfig(cfg).ListSchedules(ctx, &scheduler.ListSchedulesInput{})
			if err != nil {
				return 0, err
			}
			return len(out.Schedules), nil
		},
		"events:ListRules": func() (int, error) {
			out, err := eventbridge.NewFromConfig(cfg).ListRules(ctx, &eventbridge.ListRulesInput{})
			if err != nil {
				return 0, err
			}
			return len(out.Rules), nil
		},
		"secretsmanager:ListSecrets": func() (int, error) { return len(c.listed(t)), nil },
		"tagging:GetResources": func() (int, error) {
			out, err := resourcegroupstaggingapi.NewFromConfig(cfg).GetResources(ctx, &resourcegroupstaggingapi.GetResourcesInput{})
			return len(out.ResourceTagMappingList), err
		},
	}
	// The replica has the role, and nothing of what follows.
	for name, list := range lists {
		if n, err := list(); err != nil || n > 0 {
			t.Fatalf("%s: %d, %v", name, n, err)
		}
	}
	c.writeEverywhere(t, cfg)
	for name, list := range lists {
		if n, err := list(); err != nil || n > 0 {
			t.Errorf("%s shows %d at once, %v", name, n, err)
		}
	}
	c.now = c.now.Add(c.opts.Lag)
	for name, list := range lists {
		if n, err := list(); err != nil || n != 1 {
			t.Errorf("%s shows %d after the lag, %v", name, n, err)
		}
		service, operation, _ := strings.Cut(name, ":")
		if lagging(service, operation) == "" {
			t.Errorf("%s is not in the table", name)
		}
	}
	c.tableIsOf(t, lists)
}

// tableIsOf checks that the table has no operation that was not listed.
func (c *clocked) tableIsOf(t *testing.T, lists map[string]func() (int, error)) {
	t.Helper()
	for service, served := range c.services {
		for operation := range served.model.Operations {
			if _, listed := lists[service+":"+operation]; !listed && lagging(service, operation) != "" {
				t.Errorf("%s:%s lags, and is not tried", service, operation)
			}
		}
	}
}

// writeEverywhere makes one more of all that can be listed.
func (c *clocked) writeEverywhere(t *testing.T, cfg aws.Config) {
	t.Helper()
	roles, tasks, ctx := iam.NewFromConfig(cfg), ecs.NewFromConfig(cfg), t.Context()
	name := aws.String("r")
	for _, write := range []func() error{
		func() error {
			_, err := roles.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("r2"), AssumeRolePolicyDocument: aws.String(trustRoot)})
			return err
		},
		func() error {
			_, err := roles.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(replayAllow)})
			return err
		},
		func() error {
			_, err := roles.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: aws.String(replayAccount + "policy/p")})
			return err
		},
		func() error {
			_, err := roles.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("n"), PolicyDocument: aws.String(replayAllow)})
			return err
		},
		func() error {
			return perform(c.Server, "AKIA", "us-west-2", "iam", "TagRole", fields{"RoleName": "r", "Tags": []fields{{"Key": "k", "Value": "v"}}})
		},
		func() error {
			_, err := tasks.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String("c")})
			return err
		},
		func() error {
			return perform(c.Server, "AKIA", "us-west-2", "ecs", "RegisterTaskDefinition", fields{
				"family": "f", "containerDefinitions": []fields{{"name": "main", "image": "app:1", "memory": 128}},
			})
		},
		func() error {
			_, err := tasks.CreateService(ctx, &ecs.CreateServiceInput{
				Cluster: aws.String("c"), ServiceName: aws.String("w"), TaskDefinition: aws.String("f"), DesiredCount: aws.Int32(1),
			})
			return err
		},
		func() error {
			return perform(c.Server, "AKIA", "us-west-2", "logs", "CreateLogGroup", fields{"logGroupName": "g"})
		},
		func() error {
			return perform(c.Server, "AKIA", "us-west-2", "ssm", "PutParameter", fields{"Name": "p", "Value": "v", "Type": "String"})
		},
		func() error {
			return perform(c.Server, "AKIA", "us-west-2", "scheduler", "CreateSchedule", fields{
				"Name": "s", "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": fields{"Mode": "OFF"},
				"Target": fields{"Arn": replayQueue, "RoleArn": replayAccount + "role/r"},
			})
		},
		func() error {
			return perform(c.Server, "AKIA", "us-west-2", "events", "PutRule", fields{"Name": "r", "ScheduleExpression": "rate(1 day)"})
		},
		func() error {
			_, err := secretsClient(c.Server, "us-west-2").CreateSecret(ctx, &secretsmanager.CreateSecretInput{
				Name: aws.String("s"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
			})
			return err
		},
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOutsideAWSNothingLags: after a reset or a load, listings show what is.
func TestOutsideAWSNothingLags(t *testing.T) {
	c := newClocked(t, Options{Lag: 1000 * time.Hour})
	create(t, secretsClient(c.Server, "us-west-2"), "s", "x")
	dumped := dump(t, c.Server)
	if err := c.Reset(); err != nil {
		t.Fatal(err)
	}
	create(t, secretsClient(c.Server, "us-west-2"), "other", "x")
	if err := c.Load([]byte(dumped)); err != nil {
		t.Fatal(err)
	}
	if names := c.listed(t); !slices.Equal(names, []string{"s"}) {
		t.Errorf("%v", names)
	}
}

// TestTheReplicaKeepsNoMoreThanTheLag lets no listing ask for the replica.
func TestTheReplicaKeepsNoMoreThanTheLag(t *testing.T) {
	c := newClocked(t, Options{Lag: lag})
	for i := range 1000 {
		create(t, secretsClient(c.Server, "us-west-2"), fmt.Sprintf("s%d", i), "x")
		c.now = c.now.Add(lag / 10)
	}
	if n := len(c.replica.pending); n > 11 {
		t.Errorf("%d operations are pending", n)
	}
}
