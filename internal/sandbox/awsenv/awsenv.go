// Package awsenv is what every sandbox backend knows about its surroundings:
// the account, region and partition it plays, the clock, the source of
// randomness, and who is calling.
//
// It guarantees that two runs with one seed and one clock draw the same
// identifiers, so that a test may compare whole answers.
package awsenv

import (
	"encoding/binary"
	"io"
	"strings"
	"time"
)

// Env is one account in one region. The frame holds a lock around every call,
// so a backend may read it freely; only the frame changes the caller.
type Env struct {
	// Account is twelve digits.
	Account string
	// Region is a name such as us-west-2.
	Region string
	// Partition is aws, aws-cn, aws-us-gov or aws-eusc.
	Partition string
	// Now is the clock. Backends never ask the operating system.
	Now func() time.Time
	// Rand is where random identifiers come from; seeded, they repeat.
	Rand io.Reader
	// CallerARN is the principal of the call being served.
	CallerARN string
	// CallerID is the principal's unique id, such as AIDA… or AROA…:session.
	CallerID string
	// Noted is set by a reading operation that left something behind, such as
	// the day of an access; the frame then keeps the call as it keeps a write.
	Noted bool
}

// Defaults of an Env, where the frame's options leave a field empty.
const (
	DefaultAccount = "012345678901"
	DefaultRegion  = "us-west-2"
)

// Alphabets for Random.
const (
	Upper        = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Lower        = "abcdefghijklmnopqrstuvwxyz"
	Digits       = "0123456789"
	AlphaNumeric = Upper + Lower + Digits
	// UniqueID is the alphabet of IAM's AROA… and ANPA… identifiers.
	UniqueID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	Hex      = Digits + "abcdef"
)

// PartitionOf names the partition that a region belongs to, by the prefixes
// that the SDK's endpoint rules use.
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	default:
		return "aws"
	}
}

// Random draws n characters of an alphabet (at most 256 long). A source that
// fails yields the alphabet's first character, so the result has always n.
func (e *Env) Random(n int, alphabet string) string {
	buf := make([]byte, n)
	read, err := io.ReadFull(e.Rand, buf)
	if err != nil {
		clear(buf[read:])
	}
	for i, b := range buf {
		buf[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(buf)
}

// Within draws a time longer than nothing and up to most.
func (e *Env) Within(most time.Duration) time.Duration {
	buf := make([]byte, 8)
	if _, err := io.ReadFull(e.Rand, buf); err != nil || most <= 0 {
		return most
	}
	return 1 + time.Duration(binary.LittleEndian.Uint64(buf)%uint64(most))
}

// UUID draws a version 4 UUID in its usual lower-case form.
func (e *Env) UUID() string {
	h := []byte(e.Random(32, Hex))
	h[12] = '4'
	h[16] = "89ab"[int(h[16])%4]
	s := string(h)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// ARN builds an ARN of this account and region, such as
// ARN("ecs", "task-definition/web:1").
func (e *Env) ARN(service, resource string) string {
	return "arn:" + e.Partition + ":" + service + ":" + e.Region + ":" + e.Account + ":" + resource
}

// GlobalARN builds an ARN without a region, such as GlobalARN("iam", "role/web").
func (e *Env) GlobalARN(service, resource string) string {
	return "arn:" + e.Partition + ":" + service + "::" + e.Account + ":" + resource
}
