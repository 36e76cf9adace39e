package secretsmanager

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// listPage is the size of a page unless the request says less.
const listPage = 100

// ListSecrets lists secrets, without those scheduled for deletion unless they
// are asked for.
func (b *Backend) ListSecrets(in *secretsmanager.ListSecretsInput) (*secretsmanager.ListSecretsOutput, error) {
	if err := checkFilters(in.Filters); err != nil {
		return nil, err
	}
	b.expire()
	listed := slices.DeleteFunc(b.ordered(in.SortBy, in.SortOrder), func(s *Secret) bool {
		return s.Deleted != nil && !aws.ToBool(in.IncludePlannedDeletion) || !s.passes(in.Filters)
	})
	which := []any{"ListSecrets", in.Filters, in.SortBy, in.SortOrder, aws.ToBool(in.IncludePlannedDeletion)}
	shown, next, err := page(listed, (*Secret).arn, paging{which, in.NextToken, in.MaxResults, listPage})
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.ListSecretsOutput{SecretList: []types.SecretListEntry{}, NextToken: next}
	for _, s := range shown {
		out.SecretList = append(out.SecretList, s.entry())
	}
	return out, nil
}

// sorted lists all secrets, oldest first.
func (b *Backend) sorted() []*Secret {
	return slices.SortedFunc(maps.Values(b.state.Secrets), func(x, y *Secret) int {
		return cmp.Or(x.Created.Compare(y.Created), strings.Compare(x.Name, y.Name))
	})
}

// ordered lists all secrets in the order asked for.
func (b *Backend) ordered(by types.SortByType, order types.SortOrderType) []*Secret {
	out := b.sorted()
	slices.SortStableFunc(out, func(x, y *Secret) int {
		switch by {
		case types.SortByTypeName:
			return strings.Compare(x.Name, y.Name)
		case types.SortByTypeLastChangedDate:
			return x.Changed.Compare(y.Changed)
		case types.SortByTypeLastAccessedDate:
			return orZero(x.Accessed).Compare(orZero(y.Accessed))
		default:
			return 0
		}
	})
	if order == types.SortOrderTypeDesc {
		slices.Reverse(out)
	}
	return out
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// ListSecretVersionIds lists a secret's versions; those without a label only if
// deprecated ones are asked for.
func (b *Backend) ListSecretVersionIds(
	in *secretsmanager.ListSecretVersionIdsInput,
) (*secretsmanager.ListSecretVersionIdsOutput, error) {
	s, err := b.find(in.SecretId)
	if err != nil {
		return nil, err
	}
	listed := slices.DeleteFunc(slices.Clone(s.Versions), func(v *Version) bool {
		return len(v.Stages) == 0 && !aws.ToBool(in.IncludeDeprecated)
	})
	which := []any{"ListSecretVersionIds", s.ARN, aws.ToBool(in.IncludeDeprecated)}
	shown, next, err := page(listed, (*Version).id, paging{which, in.NextToken, in.MaxResults, listPage})
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.ListSecretVersionIdsOutput{
		ARN: aws.String(s.ARN), Name: aws.String(s.Name), NextToken: next, Versions: []types.SecretVersionsListEntry{},
	}
	for _, v := range shown {
		out.Versions = append(out.Versions, v.entry())
	}
	return out, nil
}

func (v *Version) entry() types.SecretVersionsListEntry {
	return types.SecretVersionsListEntry{
		CreatedDate:      aws.Time(v.Created),
		KmsKeyIds:        slices.Clone(v.KMSKeys),
		LastAccessedDate: v.Accessed,
		VersionId:        aws.String(v.ID),
		VersionStages:    v.labels(),
	}
}
