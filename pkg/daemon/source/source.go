package source

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// Source is a place that specs come from. Its methods may be called at once.
type Source interface {
	// Fetch makes the present specs available in a folder. While nothing changes
	// it answers the same snapshot again, and costs a look at the source. An error
	// means that the specs are not known, not that there are none: whoever has a
	// snapshot goes on with it.
	Fetch(context.Context) (Snapshot, error)
	// Watch calls changed whenever Fetch would answer something new: another
	// snapshot, an error, or a snapshot after an error. It may call once too often.
	// It returns when the context ends.
	Watch(ctx context.Context, changed func())
	// Close removes every folder that was made, used or not.
	Close() error
}

// Snapshot is the specs of one revision.
type Snapshot struct {
	Dir      string    // the deploy_config, absolute
	WorkDir  string    // what paths outside of it are relative to, absolute; load.Options.WorkDir
	Revision string    // git: the commit; others: a text that differs whenever anything does
	At       time.Time // when the revision was made: the commit, the newest object, the newest file
	Author   string    // of the commit, NAME <ADDRESS>; "" for what has none
	release  func()
}

// Release tells that a snapshot is no longer read. Its folder is removed once
// nobody reads it and the source is at another revision. A folder that is the
// source itself stays.
func (s Snapshot) Release() {
	if s.release != nil {
		s.release()
	}
}

// What Options say when they say nothing.
const (
	defaultInterval = 30 * time.Second
	defaultBytes    = 64 << 20
	defaultFiles    = 10_000
)

// Options say how a source is read. All of them may be empty but those that the
// form of the source needs.
type Options struct {
	WorkDir      string // absolute: what a folder's relative path and its snapshots' paths are relative to
	DeployConfig string // the folder that an empty Ref means, absolute
	// Interval is the time between two looks at the source, with jitter; 30 s.
	// Changes of a folder are noticed at once, and this is for file systems that
	// do not tell.
	Interval time.Duration
	Temp     string // where private folders are made; the system's
	MaxBytes int64  // of a snapshot that is fetched; 64 MB
	MaxFiles int    // of a snapshot that is fetched; 10,000

	Env       func(name string) (string, bool) // SSH_AUTH_SOCK, GIT_SSH_COMMAND, SSH_KNOWN_HOSTS, GIT_TOKEN, NETRC
	Home      string                           // where .ssh and .netrc are; "" has none
	SSHKey    string                           // file of a private key without a passphrase
	TokenFile string                           // file of a token, or of USER:TOKEN, for https; read anew each time
	Verify    string                           // file of the keys that may sign commits; read anew each time

	// Objects is a client of S3 for a region, "" for the one configured.
	Objects func(region string) (Objects, error)

	Now    func() time.Time
	After  func(time.Duration) <-chan time.Time
	Jitter func() float64 // in [0, 1)
}

// Open prepares a source. It reads nothing of it yet, and removes what killed
// processes left behind.
func Open(ref Ref, o Options) (Source, error) {
	o = o.filled()
	if ref.Git == nil && ref.Bucket == nil {
		return openFolder(ref.Folder, o)
	}
	from, err := originOf(ref, o)
	if err != nil {
		return nil, err
	}
	shelf, err := newShelf(o)
	if err != nil {
		return nil, err
	}
	return newFetched(ref, from, shelf, o), nil
}

func originOf(ref Ref, o Options) (origin, error) {
	if ref.Git != nil {
		return newGitOrigin(*ref.Git, o), nil
	}
	if o.Objects == nil {
		return nil, errors.New("there is no client of S3")
	}
	objects, err := o.Objects(ref.Bucket.Region)
	return &bucketOrigin{Bucket: *ref.Bucket, objects: objects, options: o}, err
}

func (o Options) filled() Options {
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultBytes
	}
	if o.MaxFiles <= 0 {
		o.MaxFiles = defaultFiles
	}
	if o.Temp == "" {
		o.Temp = os.TempDir()
	}
	if o.Env == nil {
		o.Env = func(string) (string, bool) { return "", false }
	}
	return o.clocked()
}

func (o Options) clocked() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

// below is path, which may be relative to dir.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
