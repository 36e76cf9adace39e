package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	daemonsource "ecs-reconciler/pkg/daemon/source"
)

// TestDaemonSourceS3: specs come out of a bucket whole and of one moment,
// whether it keeps versions or not, and a prefix that is empty is an error.
func TestDaemonSourceS3(t *testing.T) {
	t.Parallel()
	for _, versioning := range []string{"Enabled", "Suspended", ""} {
		t.Run("versioning "+versioning, func(t *testing.T) {
			t.Parallel()
			b := newSpecBucket(t, versioning)
			b.put("specs/deploy_config/reconciler.yaml", "kind: Project\n")
			b.put("specs/deploy_config/tasks/web.yaml", "kind: Task\n")
			b.put("specs/deploy_config/", "")
			b.put("specs/README", "")
			b.put("other/deploy_config/tasks/x.yaml", "kind: Task\n")
			b.reads(map[string]string{"README": "", "deploy_config/reconciler.yaml": "kind: Project\n", "deploy_config/tasks/web.yaml": "kind: Task\n"})
			b.put("specs/deploy_config/tasks/web.yaml", "kind: Task # 2\n")
			b.put("specs/deploy_config/tasks/b c+ü.yaml", "kind: Task\n")
			b.reads(map[string]string{"README": "", "deploy_config/reconciler.yaml": "kind: Project\n", "deploy_config/tasks/web.yaml": "kind: Task # 2\n",
				"deploy_config/tasks/b c+ü.yaml": "kind: Task\n"})
			b.remove("specs/deploy_config/tasks/b c+ü.yaml")
			b.reads(map[string]string{"README": "", "deploy_config/reconciler.yaml": "kind: Project\n", "deploy_config/tasks/web.yaml": "kind: Task # 2\n"})
			for _, key := range []string{"reconciler.yaml", "tasks/web.yaml", ""} {
				b.remove("specs/deploy_config/" + key)
			}
			b.refuses("no deploy_config there")
			b.remove("specs/README")
			b.refuses("no object under that prefix")
			b.put("specs/deploy_config/reconciler.yaml", "kind: Project # again\n")
			b.reads(map[string]string{"deploy_config/reconciler.yaml": "kind: Project # again\n"})
		})
	}
}

// TestDaemonSourceS3IsConsistent: while objects are written one after the other,
// every snapshot is what the bucket held at some moment.
func TestDaemonSourceS3IsConsistent(t *testing.T) {
	t.Parallel()
	b := newSpecBucket(t, "")
	const objects = 12
	all := func(text string) {
		for i := range objects {
			b.put(fmt.Sprintf("specs/deploy_config/tasks/%d.yaml", i), text)
		}
	}
	b.put("specs/deploy_config/reconciler.yaml", "kind: Project\n")
	all("0")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 6 {
			all(fmt.Sprint(i + 1))
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		got, err := b.source.Fetch(t.Context())
		if err != nil {
			if !strings.Contains(err.Error(), "change while they are read") {
				t.Fatal(err)
			}
			continue
		}
		b.inOrder(got, objects)
		got.Release()
	}
	b.inOrder(b.fetch(), objects)
}

// specBucket is a bucket of moto's and a source that reads specs/ in it.
type specBucket struct {
	testing.TB
	*cloud
	name   string
	client *s3.Client
	source daemonsource.Source
}

func newSpecBucket(t testing.TB, versioning string) *specBucket {
	t.Helper()
	c := newCloud(t, moto)
	b := &specBucket{TB: t, cloud: c, name: "specs" + c.account}
	b.client = s3.New(s3.Options{Region: region, BaseEndpoint: &c.url, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider(c.keys().id, c.keys().secret, "")})
	c.boto3(t, "s3", "create_bucket", arguments{"Bucket": b.name, "CreateBucketConfiguration": arguments{"LocationConstraint": region}})
	if versioning != "" {
		c.boto3(t, "s3", "put_bucket_versioning", arguments{"Bucket": b.name, "VersioningConfiguration": arguments{"Status": versioning}})
	}
	var err error
	b.source, err = daemonsource.Open(daemonsource.Ref{Bucket: &daemonsource.Bucket{Name: b.name, Prefix: "specs"}}, daemonsource.Options{Temp: t.TempDir(), Interval: time.Second,
		Objects: func(string) (daemonsource.Objects, error) { return b.client, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.source.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *specBucket) put(key, text string) {
	if _, err := b.client.PutObject(b.Context(), &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: strings.NewReader(text), ContentLength: aws.Int64(int64(len(text)))}); err != nil {
		b.Error(err)
	}
}

func (b *specBucket) remove(key string) {
	b.Helper()
	if _, err := b.client.DeleteObject(b.Context(), &s3.DeleteObjectInput{Bucket: &b.name, Key: &key}); err != nil {
		b.Fatal(err)
	}
}

func (b *specBucket) fetch() daemonsource.Snapshot {
	b.Helper()
	got, err := b.source.Fetch(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return got
}

// reads fetches twice, and compares the files.
func (b *specBucket) reads(want map[string]string) {
	b.Helper()
	got, again := b.fetch(), b.fetch()
	defer got.Release()
	defer again.Release()
	files := map[string]string{}
	for name := range want {
		data, err := os.ReadFile(filepath.Join(got.WorkDir, filepath.FromSlash(name)))
		if err != nil {
			b.Error(err)
		}
		files[name] = string(data)
	}
	tasks, err := os.ReadDir(filepath.Join(got.Dir, "tasks"))
	if diff := cmp.Diff(want, files); diff != "" || got.Revision != again.Revision || err == nil && len(tasks) > len(want) {
		b.Errorf("%s: %s, %v", diff, got.Revision, tasks)
	}
}

func (b *specBucket) refuses(why string) {
	b.Helper()
	if got, err := b.source.Fetch(b.Context()); err == nil || !strings.Contains(err.Error(), why) {
		b.Fatalf("%+v %v; want %q", got, err, why)
	}
}

// inOrder checks that the objects are as they were at some moment: the first
// are at most one text ahead of the last.
func (b *specBucket) inOrder(s daemonsource.Snapshot, objects int) {
	b.Helper()
	before := ""
	changes := 0
	for i := range objects {
		data, err := os.ReadFile(filepath.Join(s.Dir, "tasks", fmt.Sprint(i)+".yaml"))
		if err != nil {
			b.Fatal(err)
		}
		if text := string(data); text != before {
			if before != "" && text > before {
				b.Errorf("object %d has %s, and the one written before it %s", i, text, before)
			}
			before = text
			changes++
		}
	}
	if changes > 2 {
		b.Errorf("%d texts in one snapshot", changes)
	}
}
