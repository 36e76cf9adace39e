package awsenv

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"errors"
)

func TestPartitions(t *testing.T) {
	for region, want := range map[string]string{
		"us-west-2": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov", "eusc-de-east-1": "aws-eusc",
	} {
		if got := PartitionOf(region); got != want {
			t.Errorf("%s is in %s, not %s", region, got, want)
		}
	}
}

func TestDrawing(t *testing.T) {
	e := &Env{Rand: rand.NewChaCha8([32]byte{7})}
	again := &Env{Rand: rand.NewChaCha8([32]byte{7})}
	one, two := e.Random(20, UniqueID), again.Random(20, UniqueID)
	if one != two || len(one) != 20 || strings.Trim(one, UniqueID) != "" {
		t.Errorf("%s, %s", one, two)
	}
	if e.Random(20, UniqueID) == one {
		t.Error("the same was drawn twice")
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for range 50 {
		if id := e.UUID(); !uuid.MatchString(id) {
			t.Errorf("%s is no UUID", id)
		}
	}
	dry := &Env{Rand: iotest.ErrReader(errors.New("dry"))}
	if got := dry.Random(4, Upper); got != "AAAA" {
		t.Errorf("a source that fails yields %q", got)
	}
}

func TestWithin(t *testing.T) {
	e := &Env{Rand: rand.NewChaCha8([32]byte{})}
	seen := map[time.Duration]bool{}
	for range 200 {
		d := e.Within(3)
		if d < 1 || d > 3 {
			t.Fatalf("%d is not within 3", d)
		}
		seen[d] = true
	}
	if len(seen) != 3 {
		t.Errorf("only %v were drawn", seen)
	}
	dry := &Env{Rand: iotest.ErrReader(errors.New("dry"))}
	if got := dry.Within(5); got != 5 {
		t.Errorf("a source that fails yields %d", got)
	}
}

func TestARNs(t *testing.T) {
	e := &Env{Account: "012345678901", Region: "cn-north-1", Partition: "aws-cn"}
	if got := e.ARN("ecs", "cluster/x"); got != "arn:aws-cn:ecs:cn-north-1:012345678901:cluster/x" {
		t.Error(got)
	}
	if got := e.GlobalARN("iam", "role/x"); got != "arn:aws-cn:iam::012345678901:role/x" {
		t.Error(got)
	}
}
