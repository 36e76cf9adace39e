package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

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
	region      string // the spec's; may be empty
	environment string
	assumed     bool     // whether config's credentials are those of a role
	wanted      []string // the secrets and parameters whose sources are asked
}

func (s *outside) isWanted(name string) bool { return slices.Contains(s.wanted, name) }

// Object reads from S3.
func (s *outside) Object(ctx context.Context, o spec.Object) (data []byte, err error) {
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
func (s *outside) Parameter(ctx context.Context, name string) ([]byte, error) {
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
