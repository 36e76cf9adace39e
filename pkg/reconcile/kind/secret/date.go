package secret

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/errgroup"
)

// dates are when versions were put, by secret: the last one that was read of
// each. A version's date never changes.
type dates struct {
	mu sync.Mutex
	of map[string]dated
}

// dated is a version of the secret of that ARN.
type dated struct {
	arn, version string
	written      time.Time
}

func newDates() *dates { return &dates{of: map[string]dated{}} }

// known is zero for another version than the last one that was read.
func (d *dates) known(o Observed) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if last := d.of[o.Name]; last.arn == o.ARN && last.version == o.current() {
		return last.written
	}
	return time.Time{}
}

func (d *dates) note(o Observed, written time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.of[o.Name] = dated{o.ARN, o.current(), written}
}

// only drops the secrets that are not dated any more.
func (d *dates) only(wanted map[string]Desired) {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.of, func(name string, _ dated) bool { return !wanted[name].Dated })
}

// date reads when the current versions were put, where that matters. No list
// of secrets tells it: one call for a version that was not seen before.
func (v *view) date(ctx context.Context) error {
	v.dates.only(v.wanted)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(v.opts.Parallelism)
	for name, o := range maps.Clone(v.seen) {
		if !v.wanted[name].Dated || !o.Deleted.IsZero() || o.current() == "" {
			continue
		}
		if o.written = v.dates.known(o); !o.written.IsZero() {
			v.put(name, o)
			continue
		}
		group.Go(func() error {
			var err error
			o.written, err = v.writtenAt(ctx, o)
			v.put(name, o)
			return err
		})
	}
	return group.Wait()
}

func (v *view) put(name string, o Observed) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[name] = o
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
				written := earlier(aws.ToTime(version.CreatedDate), o.Changed)
				k.dates.note(o, written)
				return written, nil
			}
		}
	}
	return time.Time{}, nil
}
