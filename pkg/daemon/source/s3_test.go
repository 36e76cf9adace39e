package source_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/daemon/source"
)

// bucket is one of S3's, as far as a source sees it. What S3 itself does is for
// the tests against an emulator; this one can be changed between two calls.
type bucket struct {
	mu       sync.Mutex
	objects  map[string]string
	modified map[string]time.Time
	now      time.Time
	fails    error
	onGet    func(key string)
	gets     int
}

func newBucket(objects map[string]string) *bucket {
	b := &bucket{objects: map[string]string{}, modified: map[string]time.Time{}, now: time.Unix(1.8e9, 0)}
	for key, text := range objects {
		b.put(key, text)
	}
	return b
}

func (b *bucket) put(key, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key], b.modified[key] = text, b.now
}

func (b *bucket) remove(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
}

func tag(text string) string { return fmt.Sprintf(`"%x"`, md5.Sum([]byte(text))) }

// ListObjectsV2 gives three objects a page.
func (b *bucket) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails != nil {
		return nil, b.fails
	}
	out := &s3.ListObjectsV2Output{}
	var keys []string
	for key := range b.objects {
		if strings.HasPrefix(key, aws.ToString(in.Prefix)) && key > aws.ToString(in.ContinuationToken) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) > 3 {
		keys = keys[:3]
		out.IsTruncated, out.NextContinuationToken = aws.Bool(true), aws.String(keys[2])
	}
	for _, key := range keys {
		out.Contents = append(out.Contents, types.Object{Key: aws.String(key), ETag: aws.String(tag(b.objects[key])), Size: aws.Int64(int64(len(b.objects[key]))), LastModified: aws.Time(b.modified[key])})
	}
	return out, nil
}

func (b *bucket) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	if b.onGet != nil {
		b.onGet(*in.Key)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gets++
	text, ok := b.objects[*in.Key]
	switch {
	case !ok:
		return nil, &types.NoSuchKey{}
	case tag(text) != aws.ToString(in.IfMatch):
		return nil, &smithy.GenericAPIError{Code: "PreconditionFailed"}
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(text)), ETag: aws.String(tag(text))}, nil
}

func (b *bucket) options() source.Options {
	return source.Options{MaxFiles: 20, MaxBytes: 1 << 20, Objects: func(string) (source.Objects, error) { return b, nil }}
}

// under is files by their keys below a prefix.
func under(prefix string, files map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range files {
		out[prefix+name] = text
	}
	return out
}

func TestS3(t *testing.T) {
	leaks(t)
	b := newBucket(under("a/b/", project()))
	b.put("a/b/", "")
	b.put("a/b/deploy_config/", "")
	b.put("a/bc", "another")
	s := open(t, "s3://bucket/a/b", b.options())
	got := fetch(t, s)
	if diff := cmp.Diff(project(), read(t, got.WorkDir)); diff != "" {
		t.Error(diff)
	}
	gets := b.gets
	if again := fetch(t, s); again.Revision != got.Revision || again.Dir != got.Dir || b.gets != gets {
		t.Errorf("nothing changed, and %+v became %+v", got, again)
	}
	b.now = b.now.Add(time.Hour)
	b.put("a/b/deploy_config/tasks/second.yaml", "kind: Task\n")
	second := fetch(t, s)
	if second.Revision == got.Revision || !second.At.Equal(b.now) || len(read(t, second.Dir)) != 5 {
		t.Errorf("%+v", second)
	}
	b.remove("a/b/deploy_config/tasks/second.yaml")
	third := fetch(t, s)
	if third.Revision == second.Revision || len(read(t, third.Dir)) != 4 {
		t.Errorf("%+v", third)
	}
	itself := fetch(t, open(t, "s3://bucket/a/b/deploy_config", b.options()))
	if diff := cmp.Diff(read(t, third.Dir), read(t, itself.Dir)); diff != "" || itself.Dir != filepath.Join(itself.WorkDir, "deploy_config") {
		t.Error(diff)
	}
}

// What is shown of a revision is the same for contents that differ; that they
// differ is told all the same.
func TestS3RevisionsTellNothingOfValues(t *testing.T) {
	revision := func(value string) (string, *bucket, source.Source) {
		files := project()
		files["deploy_config/env/.env.staging"] = value
		b := newBucket(files)
		s := open(t, "s3://bucket", b.options())
		return fetch(t, s).Revision, b, s
	}
	one, b, s := revision("A=1\n")
	if other, _, _ := revision("A=22\n"); one != other {
		t.Errorf("%s tells %s apart", one, other)
	}
	b.put("deploy_config/env/.env.staging", "A=3\n")
	second := fetch(t, s)
	if second.Revision == one || read(t, second.Dir)["env/.env.staging"] != "A=3\n" {
		t.Errorf("%+v", second)
	}
	b.put("deploy_config/env/.env.staging", "A=4\n")
	if third := fetch(t, s); third.Revision == second.Revision || third.Revision == one {
		t.Errorf("%+v", third)
	}
}

// Objects that change while they are read are read anew, all of them.
func TestS3WhileItChanges(t *testing.T) {
	b := newBucket(project())
	var n atomic.Int64
	b.onGet = func(string) {
		if n.Add(1) == 5 {
			b.now = b.now.Add(time.Minute)
			for key, text := range map[string]string{"README": "second", "deploy_config/tasks/nightly.yaml": "kind: Task # 2\n", "new": "1"} {
				b.put(key, text)
			}
			b.remove("deploy_config/env/locked.bin")
		}
	}
	files := read(t, fetch(t, open(t, "s3://bucket", b.options())).WorkDir)
	if diff := cmp.Diff(b.objects, files); diff != "" {
		t.Error(diff)
	}
	b.onGet = func(string) {
		b.put("README", fmt.Sprint(n.Add(1)))
	}
	refuses(t, open(t, "s3://bucket", b.options()), "change while they are read")
}

func TestS3Refuses(t *testing.T) {
	b := newBucket(project())
	s := open(t, "s3://bucket", b.options())
	good := fetch(t, s)
	for name, c := range map[string]struct {
		objects map[string]string
		why     string
	}{
		"nothing":           {nil, "no object under that prefix"},
		"a way out":         {map[string]string{"deploy_config/../../x": "1", "deploy_config/reconciler.yaml": "1"}, "leads elsewhere"},
		"an absolute name":  {map[string]string{"/etc/passwd": "1", "deploy_config/reconciler.yaml": "1"}, "leads elsewhere"},
		"git's own":         {map[string]string{".git/config": "1", "deploy_config/reconciler.yaml": "1"}, "leads elsewhere"},
		"a file and folder": {map[string]string{"deploy_config/reconciler.yaml": "1", "deploy_config/reconciler.yaml/x": "1"}, "reconciler.yaml/x"},
		"no deploy_config":  {map[string]string{"x": "1"}, "no deploy_config there"},
		"no specs":          {map[string]string{"deploy_config/x": "1"}, "no specs"},
		"an empty task":     {map[string]string{"deploy_config/reconciler.yaml": "1", "deploy_config/tasks/x.yaml": ""}, "x.yaml is empty"},
		"too many":          {files(30), "more than 20 files"},
		"too much":          {map[string]string{"deploy_config/reconciler.yaml": strings.Repeat("x", 1<<20), "x": "1"}, "more than 1048576 bytes"},
	} {
		b.objects, b.modified = map[string]string{}, map[string]time.Time{}
		for key, text := range c.objects {
			b.put(key, text)
		}
		t.Run(name, func(t *testing.T) { refuses(t, s, c.why) })
	}
	b.fails = errors.New("AccessDenied")
	refuses(t, s, "cannot be listed: AccessDenied")
	if diff := cmp.Diff(project(), read(t, good.WorkDir)); diff != "" {
		t.Errorf("the last good specs changed: %s", diff)
	}
	if _, err := source.Open(source.Ref{Bucket: &source.Bucket{Name: "b"}}, source.Options{Temp: t.TempDir()}); err == nil {
		t.Error("there is no client, and no error")
	}
}

func TestWatchS3(t *testing.T) {
	leaks(t)
	b := newBucket(project())
	o := b.options()
	o.Interval = 20 * time.Millisecond
	s := open(t, "s3://bucket", o)
	before := fetch(t, s)
	calls := watching(t, s)
	b.put("deploy_config/tasks/nightly.yaml", "kind: Task # 2\n")
	told(t, s, calls, before, "an object")
}

func TestS3ManyFiles(t *testing.T) {
	b := newBucket(files(500))
	o := b.options()
	o.MaxFiles = 0
	got := fetch(t, open(t, "s3://bucket", o))
	var all bytes.Buffer
	for _, text := range read(t, got.WorkDir) {
		all.WriteString(text)
	}
	if n := len(read(t, got.WorkDir)); n != 501 || all.Len() == 0 {
		t.Errorf("%d files", n)
	}
}
