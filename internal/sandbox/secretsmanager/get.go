package secretsmanager

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// batchPage is the most values of one BatchGetSecretValue.
const batchPage = 20

// GetSecretValue reads a version: AWSCURRENT unless another is named.
func (b *Backend) GetSecretValue(in *secretsmanager.GetSecretValueInput) (*secretsmanager.GetSecretValueOutput, error) {
	s, err := b.live(in.SecretId)
	if err != nil {
		return nil, err
	}
	v, err := s.wanted(in.VersionId, in.VersionStage)
	if err != nil {
		return nil, err
	}
	b.access(s, v)
	return &secretsmanager.GetSecretValueOutput{
		ARN:           aws.String(s.ARN),
		CreatedDate:   aws.Time(v.Created),
		Name:          aws.String(s.Name),
		SecretBinary:  v.Binary,
		SecretString:  v.String,
		VersionId:     aws.String(v.ID),
		VersionStages: v.labels(),
	}, nil
}

// wanted finds the version that an id, a label, or both name.
func (s *Secret) wanted(id, label *string) (*Version, error) {
	if id == nil {
		stage := cmp.Or(aws.ToString(label), current)
		if v := s.staged(stage); v != nil && !v.empty() {
			return v, nil
		}
		return nil, notFound("Secrets Manager can't find the specified secret value for staging label: %s", stage)
	}
	v := s.version(*id)
	if v == nil || v.empty() {
		return nil, notFound("Secrets Manager can't find the specified secret value for VersionId: %s", *id)
	}
	if label != nil && !slices.Contains(v.Stages, *label) {
		return nil, invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.")
	}
	return v, nil
}

// BatchGetSecretValue reads the AWSCURRENT version of up to 20 secrets. A
// secret that cannot be read is an entry of Errors, not a failure of the call.
func (b *Backend) BatchGetSecretValue(
	in *secretsmanager.BatchGetSecretValueInput,
) (*secretsmanager.BatchGetSecretValueOutput, error) {
	if (len(in.SecretIdList) == 0) == (len(in.Filters) == 0) {
		return nil, invalidParameter("You must include Filters or SecretIdList, but not both.")
	}
	if in.SecretIdList != nil && (in.MaxResults != nil || in.NextToken != nil) {
		return nil, invalidParameter("You can use MaxResults and NextToken only with Filters.")
	}
	ids, next, err := b.batchIDs(in)
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.BatchGetSecretValueOutput{
		NextToken: next, SecretValues: []types.SecretValueEntry{}, Errors: []types.APIErrorType{},
	}
	for _, id := range ids {
		b.batchOne(id, out)
	}
	return out, nil
}

// batchIDs is what a batch reads, and the token of its next page.
func (b *Backend) batchIDs(in *secretsmanager.BatchGetSecretValueInput) ([]string, *string, error) {
	if in.SecretIdList != nil {
		return in.SecretIdList, nil, nil
	}
	if err := checkFilters(in.Filters); err != nil {
		return nil, nil, err
	}
	b.expire()
	var ids []string
	for _, s := range b.sorted() {
		if s.Deleted == nil && s.passes(in.Filters) {
			ids = append(ids, s.ARN)
		}
	}
	which := []any{"BatchGetSecretValue", in.Filters}
	return page(ids, strings.Clone, paging{which, in.NextToken, in.MaxResults, batchPage})
}

// readByBatch reads one secret if the caller may.
func (b *Backend) readByBatch(id string) (*secretsmanager.GetSecretValueOutput, error) {
	if b.MayRead != nil {
		if err := b.MayRead(id); err != nil {
			return nil, err
		}
	}
	return b.GetSecretValue(&secretsmanager.GetSecretValueInput{SecretId: aws.String(id)})
}

func (b *Backend) batchOne(id string, out *secretsmanager.BatchGetSecretValueOutput) {
	got, err := b.readByBatch(id)
	if err != nil {
		failure := awserr.From(err)
		out.Errors = append(out.Errors, types.APIErrorType{
			SecretId: aws.String(id), ErrorCode: aws.String(failure.Code), Message: aws.String(failure.Message),
		})
		return
	}
	out.SecretValues = append(out.SecretValues, types.SecretValueEntry{
		ARN: got.ARN, CreatedDate: got.CreatedDate, Name: got.Name, SecretBinary: got.SecretBinary,
		SecretString: got.SecretString, VersionId: got.VersionId, VersionStages: got.VersionStages,
	})
}
