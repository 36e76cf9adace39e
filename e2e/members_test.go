package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/testtool"
	"ecs-reconciler/pkg/daemon/lease"
)

// dynamos are those who play DynamoDB.
var dynamos = []string{dynalite, moto, ministack}

const (
	// quickLease is short, so that many go by in a test, and long beside the
	// hiccups of a busy machine.
	quickLease = 3 * time.Second
	quickPoll  = quickLease / 6
	// hiccup is what a busy machine may add to what is measured.
	hiccup = 4 * time.Second
)

// TestLeaseTable: every player of DynamoDB keeps the conditions that leases are
// made of.
func TestLeaseTable(t *testing.T) {
	for _, name := range dynamos {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := shared.running(t, name).url
			table := tableAt(url, createTable(t, url, "fleet", "key"))
			r := lease.Record{Key: "shard/1/r/a", Owner: "m", Version: "v1", Duration: 1500 * time.Millisecond, Fence: 1 << 60, Written: time.Unix(1, 5).UTC()}
			if err := table.Put(t.Context(), r, ""); err != nil {
				t.Fatal(err)
			}
			conflicts(t, table.Put(t.Context(), r, ""), &r)
			next := r
			next.Version, next.Released, next.Fence = "v2", true, 1
			if err := table.Put(t.Context(), next, "v1"); err != nil {
				t.Fatal(err)
			}
			conflicts(t, table.Put(t.Context(), r, "v1"), &next)
			conflicts(t, table.Delete(t.Context(), r.Key, "v1"), &next)
			other := *table
			other.Fleet = "another"
			conflicts(t, other.Put(t.Context(), r, "v2"), nil)
			if got, err := table.List(t.Context()); err != nil || len(got) != 1 || !cmp.Equal(got[0], next) {
				t.Errorf("listed %v, %v", got, err)
			}
			if err := table.Delete(t.Context(), r.Key, "v2"); err != nil {
				t.Fatal(err)
			}
			conflicts(t, table.Delete(t.Context(), r.Key, "v2"), nil)
			if got, err := other.List(t.Context()); err != nil || len(got) != 0 {
				t.Errorf("listed %v, %v", got, err)
			}
		})
	}
}

func conflicts(t *testing.T, err error, with *lease.Record) {
	t.Helper()
	var conflict *lease.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("no conflict: %v", err)
	}
	if diff := cmp.Diff(with, conflict.Now); diff != "" {
		t.Error(diff)
	}
}

// TestLeaseTableThatIsNone: what is missing is said with the command that makes
// it, and that command is right.
func TestLeaseTableThatIsNone(t *testing.T) {
	for _, name := range dynamos {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := shared.running(t, name).url
			wrong := createTable(t, url, "id", "sort")
			for _, table := range []string{wrong, "missing-" + wrong} {
				err := runOnce(t, tableAt(url, table))
				var setup *lease.SetupError
				if !errors.As(err, &setup) || !strings.Contains(err.Error(), lease.CreateTable(table)) {
					t.Errorf("%s: %v", table, err)
				}
			}
			missing := "missing-" + wrong
			words := strings.Fields(lease.CreateTable(missing))
			cmd := exec.Command(python(t), append([]string{testtool.Tool(t, "aws"), "--endpoint-url", url, "--region", "us-west-2"}, words[1:]...)...)
			cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=members", "AWS_SECRET_ACCESS_KEY=members")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			awaitTable(t, dynamoAt(url), missing)
			if got, err := tableAt(url, missing).List(t.Context()); err != nil || len(got) > 0 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// runOnce is what a member says that does not get far.
func runOnce(t *testing.T, table *lease.Table) error {
	t.Helper()
	m, err := lease.New(table, lease.Options{Name: "m"})
	if err != nil {
		t.Fatal(err)
	}
	return m.Run(t.Context(), nil)
}

// TestMembersThatAreKilled are followed within a lease and a poll; those that
// leave within a poll.
func TestMembersThatAreKilled(t *testing.T) {
	for _, name := range dynamos {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, shared.running(t, name), 4)
			a := f.start(t)
			f.worked(t, a, 4, time.Minute)
			b := f.start(t)
			f.worked(t, b, 2, quickLease+hiccup)
			f.followed(t, a, syscall.SIGTERM, b, quickPoll+hiccup)
			c := f.start(t)
			f.worked(t, c, 2, quickLease+hiccup)
			f.followed(t, b, syscall.SIGKILL, c, quickLease+quickPoll+hiccup)
			f.end(t)
		})
	}
}

// TestMembersThatArePaused write nothing after they go on: by then their shards
// are another's.
func TestMembersThatArePaused(t *testing.T) {
	for _, name := range dynamos {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, shared.running(t, name), 3)
			a := f.start(t)
			f.worked(t, a, 3, time.Minute)
			b := f.start(t)
			f.worked(t, b, 1, quickLease+hiccup)
			f.followed(t, a, syscall.SIGSTOP, b, quickLease+quickPoll+hiccup)
			a.signal(t, syscall.SIGCONT)
			f.worked(t, a, 1, quickLease+2*hiccup)
			f.end(t)
		})
	}
}

// fleet are processes that are members, with the log that they all write.
type fleet struct {
	emulator *emulator
	settings memberSettings
	program  func(memberSettings) *exec.Cmd // what a member is
	members  []*member
	read     int64 // how much of the log was judged
	tallied  tally
}

func newFleet(t *testing.T, e *emulator, shards int) *fleet {
	t.Helper()
	log := filepath.Join(t.TempDir(), "writes")
	if err := os.WriteFile(log, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	f := &fleet{emulator: e, program: memberProgram, tallied: tally{last: map[string]logged{}}, settings: memberSettings{Endpoint: e.url, Table: createTable(t, e.url, "fleet", "key"), Log: log, Lease: quickLease}}
	for i := range shards {
		f.settings.Shards = append(f.settings.Shards, fmt.Sprintf("012345678901/us-west-2/e%d", i))
	}
	t.Cleanup(func() { f.stop(t) })
	return f
}

// memberProgram is the test binary as a member.
func memberProgram(s memberSettings) *exec.Cmd {
	text, err := json.Marshal(s)
	if err != nil {
		text = []byte(err.Error()) // the member complains
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), memberVariable+"="+string(text))
	return cmd
}

// member is a process. The first member's clock is right; of those after it,
// each is wrong in its own way.
type member struct {
	cmd  *exec.Cmd
	log  *lockedBuffer
	done chan error
}

func (f *fleet) start(t *testing.T) *member {
	t.Helper()
	s := f.settings
	n := len(f.members)
	s.Name, s.Rate, s.Ahead = fmt.Sprint("m", n), 100, time.Duration(n)*17*time.Hour
	if n > 0 {
		s.Rate = 90 + n*10%30
	}
	m := &member{cmd: f.program(s), log: &lockedBuffer{}, done: make(chan error, 1)}
	m.cmd.Stdout, m.cmd.Stderr = m.log, m.log
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { m.done <- m.cmd.Wait() }()
	f.members = append(f.members, m)
	return m
}

func (m *member) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := m.cmd.Process.Signal(s); err != nil {
		t.Fatalf("%v: %v\n%s", s, err, m.log)
	}
}

// stop ends whoever is left.
func (f *fleet) stop(t *testing.T) {
	for _, m := range f.members {
		if m.cmd.ProcessState == nil {
			if err := m.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Error(err)
			}
		}
	}
}

// worked waits until a member has written for so many shards of late.
func (f *fleet) worked(t *testing.T, m *member, shards int, atMost time.Duration) {
	t.Helper()
	for began := time.Now(); f.recent(t, m) != shards; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > atMost {
			t.Fatalf("after %s a member works %d shards, not %d\n%s", atMost, f.recent(t, m), shards, m.log)
		}
	}
}

// recent is for how many shards the last write is the member's.
func (f *fleet) recent(t *testing.T, m *member) int {
	t.Helper()
	n := 0
	for _, w := range f.judged(t).last {
		if w.pid == m.cmd.Process.Pid {
			n++
		}
	}
	return n
}

// followed does something to a member, and waits until another has worked on
// each of its shards.
func (f *fleet) followed(t *testing.T, m *member, s syscall.Signal, by *member, atMost time.Duration) {
	t.Helper()
	began := time.Now()
	m.signal(t, s)
	f.worked(t, by, len(f.settings.Shards), atMost)
	t.Logf("%v: followed after %s, and %s is the most", s, time.Since(began).Round(time.Millisecond), atMost)
}

// wasEnded tells whether a member ended because it was killed, or sent away
// before it had begun to listen for that.
func (m *member) wasEnded(err error) bool {
	return strings.Contains(err.Error(), "killed") || strings.Contains(err.Error(), "terminated") && m.log.String() == ""
}

// end lets everybody leave and looks at what was written.
func (f *fleet) end(t *testing.T) tally {
	t.Helper()
	for _, m := range f.members {
		if err := m.cmd.Process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range f.members {
		select {
		case err := <-m.done:
			if err != nil && !m.wasEnded(err) {
				t.Errorf("a member ended badly: %v\n%s", err, m.log)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("a member does not leave\n%s", m.log)
		}
	}
	v := f.judged(t)
	for _, line := range v.doubled {
		t.Errorf("a shard was worked by two: %s", line)
	}
	return v
}

// logged is a line of the log.
type logged struct {
	at    int64
	shard string
	fence int64
	pid   int
}

// tally is what the log tells.
type tally struct {
	writes, moves int
	doubled       []string // writes by who was not the shard's last holder any more
	last          map[string]logged
}

// judged reads what was written since it was last asked. The log's order is that
// of the writes: who writes for a shard after a later holder did has worked what
// another works.
func (f *fleet) judged(t *testing.T) tally {
	t.Helper()
	file, err := os.Open(f.settings.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.NewSectionReader(file, f.read, 1<<62))
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	f.read += int64(whole)
	for line := range strings.Lines(string(text[:whole])) {
		w := logged{}
		if _, err := fmt.Sscanf(line, "%d %s %d %d", &w.at, &w.shard, &w.fence, &w.pid); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		f.tallied.judge(w, line)
	}
	return f.tallied
}

func (v *tally) judge(w logged, line string) {
	v.writes++
	before, ok := v.last[w.shard]
	switch {
	case !ok:
	case w.fence < before.fence || w.fence == before.fence && w.pid != before.pid:
		v.doubled = append(v.doubled, line)
		return
	case w.fence > before.fence:
		v.moves++
	}
	v.last[w.shard] = w
}

func TestTheJudgeOfMembers(t *testing.T) {
	v := tally{last: map[string]logged{}}
	for _, w := range []logged{{1, "a", 1, 10}, {2, "b", 1, 11}, {3, "a", 2, 11}, {4, "a", 1, 10}, {5, "b", 1, 10}, {6, "a", 2, 11}} {
		v.judge(w, fmt.Sprint(w.at))
	}
	if !slices.Equal(v.doubled, []string{"4", "5"}) || v.moves != 1 || v.writes != 6 {
		t.Errorf("%+v", v)
	}
}

// createTable makes a table with the keys, and returns its name.
func createTable(t *testing.T, url, hash, sort string) string {
	t.Helper()
	name := "members-" + shared.newAccount()
	client := dynamoAt(url)
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	if _, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{key(hash, types.KeyTypeHash), key(sort, types.KeyTypeRange)},
		AttributeDefinitions: []types.AttributeDefinition{attribute(hash), attribute(sort)}}); err != nil {
		t.Fatal(err)
	}
	awaitTable(t, client, name)
	return name
}

func awaitTable(t *testing.T, client *dynamodb.Client, name string) {
	t.Helper()
	if err := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 100 * time.Millisecond }).
		Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		t.Fatal(err)
	}
}
