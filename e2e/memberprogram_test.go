package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"ecs-reconciler/pkg/daemon/lease"
)

// memberVariable makes the test binary a member: it holds memberSettings.
const memberVariable = "RECONCILER_E2E_MEMBER"

// memberSettings are what a member is told.
type memberSettings struct {
	Endpoint, Table, Name, Log string
	Shards                     []string
	Lease                      time.Duration
	Ahead                      time.Duration // of its clock before others'
	Rate                       int           // of its clock, in percent
}

// writeEvery is how often a member writes for each of its shards.
const writeEvery = 10 * time.Millisecond

// runMember takes part until SIGTERM, and returns the exit code.
func runMember(text string) int {
	err := func() error {
		var s memberSettings
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return err
		}
		log, err := os.OpenFile(s.Log, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		members, err := lease.New(tableAt(s.Endpoint, s.Table), lease.Options{Name: s.Name, Lease: s.Lease, Clock: wrongClock{s.Ahead, time.Duration(s.Rate), time.Now()}})
		if err != nil {
			return err
		}
		members.Serve(s.Shards)
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		return members.Run(ctx, func(ctx context.Context, held *lease.Held) error { return scribble(ctx, held, log) })
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// scribble is a member's work: one line for each write, appended by one system
// call to a file that all members share, so that the kernel puts the writes of
// all in order.
func scribble(ctx context.Context, held *lease.Held, log *os.File) error {
	for tick := time.NewTicker(writeEvery); ; {
		select {
		case <-held.Ending():
			return nil
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		line := fmt.Appendf(nil, "%d %s %d %d\n", time.Now().UnixNano(), held.Shard(), held.Fence(), os.Getpid())
		if held.Valid() {
			if _, err := log.Write(line); err != nil {
				return err
			}
		}
	}
}

// wrongClock is ahead or behind, and fast or slow.
type wrongClock struct {
	ahead, percent time.Duration
	began          time.Time
}

// Now is the time by that clock.
func (c wrongClock) Now() time.Time {
	return c.began.Add(c.ahead + time.Since(c.began)*c.percent/100)
}

// After waits by that clock.
func (c wrongClock) After(d time.Duration) <-chan time.Time { return time.After(d * 100 / c.percent) }

func dynamoAt(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: "us-west-2", BaseEndpoint: &endpoint, Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("members", "members", ""))})
}

func tableAt(endpoint, table string) *lease.Table {
	return &lease.Table{Client: dynamoAt(endpoint), Name: table, Fleet: "reports"}
}
