package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/spec"
	"ecs-reconciler/pkg/spec/load"
)

// passwordStore fetches vault passwords from AWS with the deployment's own
// credentials. That is before the spec can be read as a whole, so what it says
// in the clear tells the role, the region and the account; where it does not
// tell the account, that is compared afterwards.
type passwordStore struct {
	*app
	declares func() load.Declared // nil where there is no spec
	declared load.Declared
	session  *awsapi.Session
	caller   awsapi.Caller
}

// fetch is what is at s3://BUCKET/KEY or secretsmanager:NAME.
func (s *passwordStore) fetch(ctx context.Context, address string) ([]byte, error) {
	name, isSecret := strings.CutPrefix(address, "secretsmanager:")
	object, err := spec.ParseObject(address)
	if err != nil && (!isSecret || name == "") {
		return nil, fmt.Errorf("%q is no address; want s3://BUCKET/KEY or secretsmanager:NAME", address)
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if !isSecret {
		return (&outside{app: s.app, config: s.session.Config}).Object(ctx, object)
	}
	region := func(o *secretsmanager.Options) {
		if arn, err := spec.ParseARN(name); err == nil {
			o.Region = arn.Region
		}
	}
	out, err := secretsmanager.NewFromConfig(s.session.Config, region).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return nil, fmt.Errorf("cannot get the secret %s: %w", name, awsapi.Classify(err))
	}
	if out.SecretString == nil {
		return out.SecretBinary, nil
	}
	return []byte(aws.ToString(out.SecretString)), nil
}

// open connects once, and wants the right account.
func (s *passwordStore) open(ctx context.Context) (err error) {
	if s.session != nil {
		return s.guard(s.declared.AccountID)
	}
	if s.global.sandbox != "" {
		return errors.New("it is in AWS, and --sandbox does not go there")
	}
	log, err := s.logger()
	if err != nil {
		return err
	}
	if s.declares != nil {
		s.declared = s.declares()
	}
	role := s.assumedRole(&spec.Deployment{AssumeRoleARN: s.declared.AssumeRoleARN})
	session, err := awsapi.Open(ctx, awsapi.Options{Region: s.declared.Region, AssumeRoleARN: role, SessionName: "reconciler",
		ExternalID: s.declared.AssumeRole.ExternalID, SessionTags: s.declared.AssumeRole.SessionTags, Log: log})
	if err != nil {
		return err
	}
	if s.caller, err = session.Caller(ctx); err != nil {
		return err
	}
	s.session = session
	return s.guard(s.declared.AccountID)
}

// guard compares the account of the credentials with the one that is meant,
// where either is known.
func (s *passwordStore) guard(account string) error {
	if s.session == nil || account == "" || s.caller.AccountID == account {
		return nil
	}
	return fmt.Errorf("these credentials are of account %s (%s) and the spec says %s: no vault password is fetched with them (name a role with --assume-role-arn)",
		s.caller.AccountID, s.caller.ARN, account)
}
