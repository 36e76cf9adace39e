package secret

import (
	"context"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/errgroup"
)

// date reads when the current versions were put, where that matters. No list
// of secrets tells it: one call a secret.
func (v *view) date(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(v.opts.Parallelism)
	for name, o := range maps.Clone(v.seen) {
		if !v.wanted[name].Dated || !o.Deleted.IsZero() || o.current() == "" {
			continue
		}
		group.Go(func() error {
			written, err := v.writtenAt(ctx, o)
			v.mu.Lock()
			defer v.mu.Unlock()
			o.written = written
			v.seen[name] = o
			return err
		})
	}
	return group.Wait()
}

// earlier bounds a version's date by that of the secret's last change, which some
// emulators tell better.
func earlier(created, changed time.Time) time.Time {
	if !changed.IsZero() && changed.Before(created) {
		return changed
	}
	return created
}

// writtenAt is when the current version was put, or the one that a rotation had
// the value from. It is zero for a version that has gone since it was listed.
func (k *Kind) writtenAt(ctx context.Context, o Observed) (time.Time, error) {
	if at, ok := o.since(); ok {
		return at, nil
	}
	pages := secretsmanager.NewListSecretVersionIdsPaginator(k.api, &secretsmanager.ListSecretVersionIdsInput{SecretId: &o.ARN, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return time.Time{}, wrap("list the versions of", o.Name, err)
		}
		for _, version := range page.Versions {
			if aws.ToString(version.VersionId) == o.current() {
				return earlier(aws.ToTime(version.CreatedDate), o.Changed), nil
			}
		}
	}
	return time.Time{}, nil
}
