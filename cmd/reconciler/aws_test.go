package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/rogpeppe/go-internal/testscript"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
)

const (
	account = "012345678901"
	region  = "us-west-2"
)

// behindItsBack does what somebody else may do to the account of --sandbox.
func behindItsBack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: aws OPERATION NAME [VALUE]")
	}
	server, err := sandbox.New(sandbox.Options{Account: account, Region: region, Dir: filepath.Join(ts.MkAbs(".reconciler/sandbox"), account)})
	ts.Check(err)
	defer func() { ts.Check(server.Close()) }()
	ts.Check(operate(ts, sandboxtest.Config(server, region), args[0], args[1], args[2:]))
}

func operate(ts *testscript.TestScript, cfg aws.Config, operation, name string, values []string) error {
	ctx, secrets, roles, tasks := context.Background(), secretsmanager.NewFromConfig(cfg), iam.NewFromConfig(cfg), ecs.NewFromConfig(cfg)
	value := func() *string {
		if len(values) != 1 {
			ts.Fatalf("aws %s wants a name and a value", operation)
		}
		return aws.String(values[0])
	}
	var err error
	switch operation {
	case "create-secret":
		_, err = secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: &name, SecretString: value()})
	case "put-secret":
		_, err = secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: value()})
	case "delete-secret":
		_, err = secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: &name})
	case "describe-role":
		_, err = roles.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: &name, Description: value()})
	case "register":
		err = registerAgain(ctx, tasks, name, *value())
	case "run-service":
		err = runService(ctx, tasks, name, *value())
	case "wants-secret":
		err = wantsSecret(ctx, ts, secrets, name, ts.ReadFile(*value()))
	default:
		ts.Fatalf("aws knows no operation %q", operation)
	}
	return err
}

// registerAgain registers the family's newest revision with another image.
func registerAgain(ctx context.Context, tasks *ecs.Client, family, image string) error {
	found, err := tasks.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &family, Include: nil})
	if err != nil {
		return err
	}
	d := found.TaskDefinition
	d.ContainerDefinitions[0].Image = &image
	_, err = tasks.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: &family, ContainerDefinitions: d.ContainerDefinitions,
		Cpu: d.Cpu, Memory: d.Memory, NetworkMode: d.NetworkMode, RequiresCompatibilities: d.RequiresCompatibilities,
		TaskRoleArn: d.TaskRoleArn, ExecutionRoleArn: d.ExecutionRoleArn})
	return err
}

// runService makes the service CLUSTER/SERVICE of a family, and its cluster.
func runService(ctx context.Context, tasks *ecs.Client, name, family string) error {
	cluster, service, _ := strings.Cut(name, "/")
	if _, err := tasks.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: &cluster}); err != nil {
		return err
	}
	_, err := tasks.CreateService(ctx, &ecs.CreateServiceInput{Cluster: &cluster, ServiceName: &service, TaskDefinition: &family, DesiredCount: aws.Int32(1)})
	return err
}

func wantsSecret(ctx context.Context, ts *testscript.TestScript, secrets *secretsmanager.Client, name, want string) error {
	out, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err == nil && aws.ToString(out.SecretString) != want {
		ts.Fatalf("the secret %s does not hold what is wanted", name)
	}
	return err
}

// endpoint serves a sandbox in memory until the script ends.
func endpoint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 && len(args) != 3 {
		ts.Fatalf("usage: endpoint ACCOUNT [LAG ROLE-DELAY]")
	}
	opts := sandbox.Options{Account: args[0], Region: region}
	if len(args) == 3 {
		var err, delayErr error
		opts.Lag, err = time.ParseDuration(args[1])
		opts.RoleDelay, delayErr = time.ParseDuration(args[2])
		ts.Check(errors.Join(err, delayErr))
	}
	server, err := sandbox.New(opts)
	ts.Check(err)
	listening := httptest.NewServer(server)
	ts.Defer(func() {
		listening.Close()
		ts.Check(server.Close())
	})
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": listening.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
		"AWS_SECRET_ACCESS_KEY": "example", "AWS_EC2_METADATA_DISABLED": "true", "HOME": os.DevNull} {
		ts.Setenv(name, value)
	}
}
