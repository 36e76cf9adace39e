// Package sandboxtest starts a sandbox for one test and hands out an SDK
// configuration that reaches it.
//
// It guarantees that two tests never share state, that identifiers are the
// same from run to run, and that no request leaves the process.
package sandboxtest

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/awsenv"
)

// Option changes the sandbox before it starts.
type Option func(*sandbox.Options)

// New starts a sandbox that ends with the test: in memory, seeded, in the
// default account and region. The configuration neither retries nor reads the
// environment, so that a test sees each failure once.
func New(t testing.TB, opts ...Option) (*sandbox.Server, aws.Config) {
	t.Helper()
	options := sandbox.Options{Seed: 1}
	for _, opt := range opts {
		opt(&options)
	}
	server, err := sandbox.New(options)
	if err != nil {
		t.Fatalf("start the sandbox: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the sandbox: %v", err)
		}
	})
	region := options.Region
	if region == "" {
		region = awsenv.DefaultRegion
	}
	return server, Config(server, region)
}

// Config reaches a sandbox in a region, with the administrator's key.
func Config(server *sandbox.Server, region string) aws.Config {
	return aws.Config{
		Region:      region,
		Credentials: credentials.NewStaticCredentialsProvider(sandbox.AdminKey, sandbox.AdminSecret, ""),
		HTTPClient:  &http.Client{Transport: server.Transport()},
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}
