package secretsmanager

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/internal/sandbox/awserr"
)

// listPage is the size of a page unless the request says less.
const listPage = 100

// ListSecrets lists secrets, without those scheduled for deletion unless they
// are asked for.
func (b *Backend) ListSecrets(in *secretsmanager.ListSecretsInput) (*secretsmanager.ListSecretsOutput, error) {
	b.expire()
	entries := []types.SecretListEntry{}
	for _, s := range b.ordered(in.SortBy, in.SortOrder) {
		if (s.Deleted == nil || aws.ToBool(in.IncludePlannedDeletion)) && s.passes(in.Filters) {
			entries = append(entries, s.entry())
		}
	}
	shown, next, err := page(entries, in.NextToken, in.MaxResults, listPage)
	if err != nil {
		return nil, err
	}
	return &secretsmanager.ListSecretsOutput{SecretList: shown, NextToken: next}, nil
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

// page cuts a list at a token and a size. The token is the position to go on
// from, wrapped so that nobody relies on its form.
func page[T any](all []T, token *string, size *int32, most int) ([]T, *string, error) {
	from := 0
	if token != nil {
		raw, err := base64.RawURLEncoding.DecodeString(*token)
		position, ok := strings.CutPrefix(string(raw), "from:")
		if err == nil && ok {
			from, err = strconv.Atoi(position)
		}
		if err != nil || !ok || from < 0 {
			return nil, nil, awserr.New("InvalidNextTokenException", "The NextToken value is invalid.")
		}
	}
	from = min(from, len(all))
	to := from + most
	if size != nil {
		to = from + min(int(*size), most)
	}
	if to >= len(all) {
		return all[from:], nil, nil
	}
	next := base64.RawURLEncoding.EncodeToString([]byte("from:" + strconv.Itoa(to)))
	return all[from:to], &next, nil
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
	entries := []types.SecretVersionsListEntry{}
	for _, v := range s.Versions {
		if len(v.Stages) == 0 && !aws.ToBool(in.IncludeDeprecated) {
			continue
		}
		entries = append(entries, v.entry())
	}
	shown, next, err := page(entries, in.NextToken, in.MaxResults, listPage)
	if err != nil {
		return nil, err
	}
	return &secretsmanager.ListSecretVersionIdsOutput{
		ARN: aws.String(s.ARN), Name: aws.String(s.Name), Versions: shown, NextToken: next,
	}, nil
}

func (v *Version) entry() types.SecretVersionsListEntry {
	out := types.SecretVersionsListEntry{
		CreatedDate:      aws.Time(v.Created),
		KmsKeyIds:        slices.Clone(v.KMSKeys),
		LastAccessedDate: v.Accessed,
		VersionId:        aws.String(v.ID),
	}
	if len(v.Stages) > 0 {
		out.VersionStages = slices.Clone(v.Stages)
	}
	return out
}
