package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"
)

// Objects are the operations of S3 that a source needs.
type Objects interface {
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// How objects are fetched.
const (
	fetchedAtOnce = 8
	fetchAttempts = 4 // while somebody writes
)

// errMoved says that objects changed while they were fetched.
var errMoved = errors.New("the objects change while they are read")

// bucketOrigin is a prefix in a bucket.
type bucketOrigin struct {
	Bucket
	objects Objects
	options Options

	mu   sync.Mutex
	last listing // what was fetched, whose revision is the last
	same int     // how many different listings showed as this revision
	text string  // the revision shown last
}

func (b *bucketOrigin) close() {}

// item is an object. Its tag may be made of its content, and is not shown.
type item struct {
	name, key, tag string
	size           int64
	modified       time.Time
}

// listing is what there is, by name.
type listing []item

// head is a digest of what one pass over the prefix lists.
func (b *bucketOrigin) head(ctx context.Context) (string, error) {
	list, err := b.list(ctx)
	return list.head(), err
}

// fetch gets what is listed, each object only as it was listed, and lists again:
// when that says the same, there was a moment at which all of it was there.
func (b *bucketOrigin) fetch(ctx context.Context, t *tree) (found, error) {
	for range fetchAttempts {
		list, err := b.list(ctx)
		if err != nil {
			return found{}, err
		}
		contents, err := b.contents(ctx, list)
		if err == nil {
			err = b.unmoved(ctx, list)
		}
		if err == nil {
			return b.write(list, contents, t)
		}
		if !errors.Is(err, errMoved) {
			return found{}, err
		}
	}
	return found{}, errMoved
}

func (b *bucketOrigin) unmoved(ctx context.Context, list listing) error {
	head, err := b.head(ctx)
	if err == nil && head != list.head() {
		return errMoved
	}
	return err
}

// list is every object, and an error when there is none or too much.
func (b *bucketOrigin) list(ctx context.Context) (listing, error) {
	prefix := b.Prefix
	if prefix != "" {
		prefix += "/"
	}
	var list listing
	size := int64(0)
	pages := s3.NewListObjectsV2Paginator(b.objects, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("the objects cannot be listed: %w", err)
		}
		for _, o := range page.Contents {
			name := strings.TrimPrefix(aws.ToString(o.Key), prefix)
			if name == "" || strings.HasSuffix(name, "/") && aws.ToInt64(o.Size) == 0 {
				continue // stands for a folder
			}
			size += aws.ToInt64(o.Size)
			list = append(list, item{name, aws.ToString(o.Key), aws.ToString(o.ETag), aws.ToInt64(o.Size), aws.ToTime(o.LastModified)})
		}
		if err := b.bounds(len(list), size); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		return nil, errors.New("there is no object under that prefix")
	}
	slices.SortFunc(list, func(a, b item) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

func (b *bucketOrigin) bounds(files int, size int64) error {
	switch {
	case files > b.options.MaxFiles:
		return b.options.tooMany()
	case size > b.options.MaxBytes:
		return b.options.tooLarge()
	default:
		return nil
	}
}

// digest is over what write puts in.
func digest(write func(hash.Hash)) string {
	sum := sha256.New()
	write(sum)
	return hex.EncodeToString(sum.Sum(nil))
}

func (l listing) head() string {
	return digest(func(h hash.Hash) {
		for _, o := range l {
			fmt.Fprintf(h, "%q %q %d %d\n", o.name, o.tag, o.size, o.modified.UnixNano())
		}
	})
}

func (l listing) newest() time.Time {
	return slices.MaxFunc(l, func(a, b item) int { return a.modified.Compare(b.modified) }).modified
}

// contents gets every object by the tag that it was listed with.
func (b *bucketOrigin) contents(ctx context.Context, list listing) ([][]byte, error) {
	contents := make([][]byte, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(fetchedAtOnce)
	for i, o := range list {
		group.Go(func() (err error) {
			contents[i], err = b.content(ctx, o)
			return err
		})
	}
	return contents, group.Wait()
}

func (b *bucketOrigin) content(ctx context.Context, o item) (data []byte, err error) {
	out, err := b.objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: &o.key, IfMatch: &o.tag})
	if isMoved(err) {
		return nil, errMoved
	}
	if err != nil {
		return nil, fmt.Errorf("the object %s cannot be read: %w", o.name, err)
	}
	defer func() { err = errors.Join(err, out.Body.Close()) }()
	if aws.ToString(out.ETag) != o.tag {
		return nil, errMoved
	}
	data, err = io.ReadAll(io.LimitReader(out.Body, o.size+1))
	if err == nil && int64(len(data)) != o.size {
		return nil, errMoved
	}
	return data, err
}

// isMoved knows the answers to an object that is another one, or gone (AWS: S3
// API, GetObject and its error codes).
func isMoved(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && slices.Contains([]string{"PreconditionFailed", "NoSuchKey", "NotFound"}, answer.ErrorCode())
}

// write puts the objects into a tree. They have no modes, and none can be run.
func (b *bucketOrigin) write(list listing, contents [][]byte, t *tree) (found, error) {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = o.name
	}
	if err := t.of(path.Base(b.Prefix), names); err != nil {
		return found{}, err
	}
	for i, o := range list {
		if err := checkName(o.name); err != nil {
			return found{}, err
		}
		if err := t.file(path.Join(t.place, o.name), false, o.size, bytes.NewReader(contents[i])); err != nil {
			return found{}, fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return found{head: list.head(), revision: b.revision(list), at: list.newest()}, nil
}

// revision is made of names and dates. S3's tags of objects are, often, digests
// of their content, so that they must not go into what is shown. Where two
// listings differ in their tags alone, a number tells them apart.
func (b *bucketOrigin) revision(list listing) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	const digits = 12
	text := list.newest().UTC().Format(time.RFC3339) + "-" + digest(func(h hash.Hash) {
		for _, o := range list {
			fmt.Fprintf(h, "%q %d\n", o.name, o.modified.UnixNano())
		}
	})[:digits]
	switch {
	case text != b.text:
		b.same = 0
	case list.head() != b.last.head():
		b.same++
	}
	b.last, b.text = list, text
	if b.same > 0 {
		text += fmt.Sprintf("-%d", b.same+1)
	}
	return text
}
