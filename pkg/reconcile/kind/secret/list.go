package secret

import (
	"context"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// pageSize is the most secrets that ListSecrets returns at once, maxPrefixes
// the most values of one filter (AWS: ListSecrets).
const (
	pageSize    = 100
	maxPrefixes = 10
)

// list finds the secrets of those names, pending deletion included. What it
// returns may be five minutes old (AWS: ListSecrets).
func (k *Kind) list(ctx context.Context, names []string) (map[string]Observed, error) {
	in := &secretsmanager.ListSecretsInput{IncludePlannedDeletion: aws.Bool(true)}
	if prefixes := cover(names, maxPrefixes); prefixes != nil {
		in.Filters = []types.Filter{{Key: types.FilterNameStringTypeName, Values: prefixes}}
	}
	found, err := k.scan(ctx, in)
	if err != nil {
		return nil, err
	}
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	maps.DeleteFunc(found, func(name string, _ Observed) bool { return !wanted[name] })
	return found, nil
}

// scan reads all pages of a list.
func (k *Kind) scan(ctx context.Context, in *secretsmanager.ListSecretsInput) (map[string]Observed, error) {
	in.MaxResults = aws.Int32(pageSize)
	found := map[string]Observed{}
	pages := secretsmanager.NewListSecretsPaginator(k.api, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot list secrets: %w", awsapi.Classify(err))
		}
		for _, entry := range page.SecretList {
			o := fromList(entry, k.region)
			found[o.Name] = o
		}
	}
	return found, nil
}

// Owned lists the secrets that carry the deployment's owner tag and are not
// pending deletion, but for the fingerprint key and for replicas, which follow
// the secret in their primary region.
func (k *Kind) Owned(ctx context.Context, d *spec.Deployment) ([]resource.Key, error) {
	found, err := k.scan(ctx, &secretsmanager.ListSecretsInput{Filters: []types.Filter{
		{Key: types.FilterNameStringTypeTagKey, Values: []string{spec.TagOwner}},
		{Key: types.FilterNameStringTypeTagValue, Values: []string{d.Owner()}},
	}})
	if err != nil {
		return nil, err
	}
	key := scope{owner: d.Owner()}.keyName()
	var owned []resource.Key
	for _, name := range sortedKeys(found) {
		o := found[name]
		if o.Tags[spec.TagOwner] == d.Owner() && o.Deleted.IsZero() && !o.replica() && name != key && (declares(d, name) || !d.RefersToSecret(name)) {
			owned = append(owned, KeyOf(name))
		}
	}
	return owned, nil
}

func declares(d *spec.Deployment, name string) bool {
	_, ok := d.Secret(name)
	return ok
}
