package lease

import (
	"crypto/rand"
	"strings"
	"time"
)

// Record is an item of the table: a shard's lease, or that a member is there.
type Record struct {
	Key      string        // of a shard or of a member
	Owner    string        // the member that wrote it
	Version  string        // random, and new with every write
	Duration time.Duration // how long nobody else may take it, counted by whoever waits
	Fence    int64         // of a shard: one more with every member that takes it
	Released bool          // may be taken at once
	Written  time.Time     // by the writer's clock; for people, nothing is decided by it
}

const (
	shardPrefix  = "shard/"
	memberPrefix = "member/"
)

func shardKey(shard string) string { return shardPrefix + shard }
func memberKey(id string) string   { return memberPrefix + id }

// shard is the shard whose lease the record is.
func (r Record) shard() (string, bool) { return strings.CutPrefix(r.Key, shardPrefix) }

// member is the member that the record announces.
func (r Record) member() (string, bool) { return strings.CutPrefix(r.Key, memberPrefix) }

func newVersion() string { return rand.Text() }
