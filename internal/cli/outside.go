package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/spec"
)

// maxSource bounds what is read from outside of the project, in bytes: far more
// than a secret may hold, and enough for a Terraform state.
const maxSource = 64 << 20

// outside reads what secrets are made of outside of the project, with the
// deployment's own credentials.
type outside struct {
	*app
	config      aws.Config
	environment string
}

// sourceGrace is how long the children of a command that was killed may hold its
// output open.
const sourceGrace = time.Second

// Output is what a command prints. What it says to standard error goes to ours
// as it comes, for it may be a question; standard output is never shown.
func (s outside) Output(ctx context.Context, argv []string, dir string, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out := &limited{left: maxSource}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, append(append([]string{}, s.Environ...), "DEPLOYMENT_ENVIRONMENT="+s.environment), sourceGrace
	cmd.Stdout, cmd.Stderr = out, s.Stderr
	err := cmd.Run()
	var ended *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s did not end within %s", argv[0], timeout)
	case out.left < 0:
		return nil, fmt.Errorf("%s prints more than %d MB", argv[0], maxSource>>20)
	case errors.As(err, &ended):
		return nil, fmt.Errorf("%s failed: %w", argv[0], err)
	case err != nil:
		return nil, fmt.Errorf("cannot run %w", err)
	}
	return out.kept, nil
}

// limited keeps what is written to it until it is too much.
type limited struct {
	kept []byte
	left int // below 0 when more came than there was room for
}

// Write fails when there is no room left, which ends the writer.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, io.ErrShortWrite
	}
	l.kept = append(l.kept, p...)
	return len(p), nil
}

// Object reads from S3.
func (s outside) Object(ctx context.Context, o spec.Object) (data []byte, err error) {
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.Version != "" {
		in.VersionId = &o.Version
	}
	// An endpoint that is an address has no names below it for buckets.
	out, err := s3.NewFromConfig(s.config, func(c *s3.Options) { c.UsePathStyle = aws.ToString(c.BaseEndpoint) != "" }).GetObject(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("cannot get s3://%s/%s: %w", o.Bucket, o.Key, awsapi.Classify(err))
	}
	defer func() { err = errors.Join(err, out.Body.Close()) }()
	data, err = io.ReadAll(io.LimitReader(out.Body, maxSource+1))
	if len(data) > maxSource {
		return nil, fmt.Errorf("s3://%s/%s is larger than %d MB", o.Bucket, o.Key, maxSource>>20)
	}
	return data, err
}

// Parameter reads from SSM, in the region that an ARN names.
func (s outside) Parameter(ctx context.Context, name string) ([]byte, error) {
	region := func(o *ssm.Options) {
		if arn, err := spec.ParseARN(name); err == nil && arn.Region != "" {
			o.Region = arn.Region
		}
	}
	out, err := ssm.NewFromConfig(s.config, region).GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	if err != nil {
		return nil, fmt.Errorf("cannot get the parameter %s: %w", name, awsapi.Classify(err))
	}
	return []byte(aws.ToString(out.Parameter.Value)), nil
}
