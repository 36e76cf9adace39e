package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// request is a line of the emulator's log.
type request struct {
	Time                      time.Time
	Service, Operation, Error string
	AccessKey                 string `json:"access_key"`
	MS                        float64
	Parameters                map[string]any
}

// String is what an error shows of it.
func (r request) String() string {
	return fmt.Sprintf("%s %s %s %s %s", r.Time.Format(time.StampMilli), r.AccessKey, r.Operation, r.object(), r.Error)
}

func (r request) ended() time.Time {
	return r.Time.Add(time.Duration(r.MS * float64(time.Millisecond)))
}

var reads = regexp.MustCompile(`^(Get|List|Describe|BatchGet|Simulate)`)

// arnSuffix is what Secrets Manager appends to a name in an ARN.
var arnSuffix = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

// object is the name of what a request is about, without a revision.
func (r request) object() string {
	for _, key := range []string{"RoleName", "SecretId", "Name", "family", "resourceArn", "taskDefinition"} {
		name, ok := r.Parameters[key].(string)
		switch {
		case !ok:
			continue
		case !strings.HasPrefix(name, "arn:"):
			return name
		case strings.HasPrefix(name, "arn:aws:secretsmanager:"):
			return arnSuffix.ReplaceAllString(name[strings.LastIndex(name, ":")+1:], "")
		default:
			name, _, _ = strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
			return name
		}
	}
	return ""
}

// requestsIn are those of a log, in the order in which they arrived.
func requestsIn(t *testing.T, text string) []request {
	t.Helper()
	var out []request
	for line := range strings.Lines(text) {
		var r request
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if r.Operation != "" { // else it tells of a client that went away
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b request) int { return a.Time.Compare(b.Time) })
	return out
}

// tenure is a time in which a member held an environment, as its log has it. It
// ends when the next begins, at the latest.
type tenure struct {
	environment string
	fence       int64
	began       time.Time
}

func tenuresIn(t *testing.T, log string) []tenure {
	t.Helper()
	var out []tenure
	for line := range strings.Lines(log) {
		var entry struct {
			TS, Msg, Environment string
			Fence                int64
		}
		if json.Unmarshal([]byte(line), &entry) != nil || entry.Msg != "the lease is held" {
			continue // what else a process prints
		}
		began, err := time.Parse("2006-01-02T15:04:05.000Z0700", entry.TS)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tenure{entry.Environment, entry.Fence, began})
	}
	return out
}

// fenceAt is that of the last tenure that had begun; 0 where none had.
func fenceAt(tenures []tenure, environment string, at time.Time) int64 {
	fence := int64(0)
	for _, x := range tenures {
		if x.environment == environment && !x.began.After(at) {
			fence = max(fence, x.fence)
		}
	}
	return fence
}

// findings is what the logs tell of daemons.
type findings struct {
	tally  tally
	moves  int // tenures after the first of each environment
	drifts int // changes by hand
	vain   []string
	spans  map[string]*span // by object
	stood  time.Duration    // the longest time of a drift
}

// span is what happened to an object since it was last changed by hand.
type span struct {
	drifted time.Time      // when it was; zero while it never was
	writes  map[string]int // of members, by operation
}

// String are the figures.
func (v *findings) String() string {
	return fmt.Sprintf("%d leases moved, %d writes made, %d double-worked environments, %d writes in vain, %d drifts, of which the longest stood %s",
		v.moves, v.tally.writes, len(v.tally.doubled), len(v.vain), v.drifts, v.stood.Round(time.Millisecond))
}

// standing are the objects that nobody put back.
func (v *findings) standing() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(v.spans)) {
		if s := v.spans[name]; !s.drifted.IsZero() && len(s.writes) == 0 {
			out = append(out, name+" since "+s.drifted.Format(time.StampMilli))
		}
	}
	return out
}

// judgeDaemons judges what members wrote, by three rules. A write belongs to the
// member's last tenure of the environment that had begun; once a later tenure of
// the environment has written, whoever writes under an earlier one, or under
// none, works what another works. A change by hand is put right by the first
// write to the object after it. Until the next change by hand, one write of an
// operation to an object is enough, and any further one is in vain; so is every
// one to an object that was made and never changed.
func judgeDaemons(t *testing.T, requests []request, objects []keptObject, tenures map[string][]tenure) *findings {
	t.Helper()
	v := &findings{tally: tally{last: map[string]logged{}}, spans: map[string]*span{}}
	environments := map[string]string{}
	for _, o := range objects {
		environments[o.name] = o.environment
	}
	for _, list := range tenures {
		v.moves += len(list)
	}
	for _, r := range requests {
		if reads.MatchString(r.Operation) {
			continue
		}
		if r.AccessKey == tormentor {
			v.spoil(r)
			continue
		}
		environment, known := environments[r.object()]
		if !known {
			environment = environmentOf(r.object())
		}
		fence := fenceAt(tenures[r.AccessKey], environment, r.Time)
		if fence == 0 {
			v.tally.doubled = append(v.tally.doubled, r.String()+" without a lease")
			continue
		}
		v.tally.judge(logged{at: r.Time.UnixNano(), shard: environment, fence: fence}, r.String())
		v.put(r)
	}
	v.moves -= len(v.tally.last)
	return v
}

// environmentOf is that of the key by which secrets are told apart, which no
// spec names.
func environmentOf(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) < 3 {
		return "?"
	}
	return parts[1]
}

func (v *findings) spoil(r request) {
	v.drifts++
	if s := v.spans[r.object()]; s != nil && !s.drifted.IsZero() && len(s.writes) == 0 {
		return // it stands since then
	}
	v.spans[r.object()] = &span{drifted: r.Time, writes: map[string]int{}}
}

func (v *findings) put(r request) {
	s := v.spans[r.object()]
	if s == nil {
		s = &span{writes: map[string]int{}}
		v.spans[r.object()] = s
	}
	if !s.drifted.IsZero() && len(s.writes) == 0 {
		v.stood = max(v.stood, r.ended().Sub(s.drifted))
	}
	if s.writes[r.Operation]++; s.writes[r.Operation] > 1 {
		v.vain = append(v.vain, r.String())
	}
}

func TestTheJudgeOfDaemons(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0).UTC() }
	ask := func(s int, who, operation, name string) request {
		return request{Time: at(s), AccessKey: who, Operation: operation, Parameters: map[string]any{"SecretId": name}}
	}
	objects := []keptObject{{"secret", "p/a/x", "a"}, {"secret", "p/a/y", "a"}, {"secret", "p/b/z", "b"}}
	tenures := map[string][]tenure{"m0": {{"a", 1, at(0)}, {"a", 3, at(20)}}, "m1": {{"a", 2, at(10)}}}
	v := judgeDaemons(t, []request{
		ask(1, "m0", "CreateSecret", "p/a/x"),
		ask(2, "m0", "CreateSecret", "arn:aws:secretsmanager:r:1:secret:p/a/y-abcdef"),
		ask(3, "m0", "ListSecrets", ""),
		ask(4, tormentor, "PutSecretValue", "p/a/x"),
		ask(9, "m0", "PutSecretValue", "p/a/x"),
		ask(11, tormentor, "PutSecretValue", "p/a/x"),
		ask(12, "m1", "PutSecretValue", "p/a/x"),
		ask(13, "m0", "TagResource", "p/a/x"),    // after m1 took over
		ask(14, "m1", "PutSecretValue", "p/a/x"), // twice
		ask(15, "m1", "CreateSecret", "p/a/y"),   // it is there
		ask(16, "m1", "CreateSecret", "p/b/z"),   // of an environment that it never held
		ask(17, tormentor, "PutSecretValue", "p/a/y"),
		ask(18, tormentor, "PutSecretValue", "p/a/y"),
	}, objects, tenures)
	brief := func(lines []string) (out []string) {
		for _, line := range lines {
			out = append(out, strings.Join(strings.Fields(line)[3:6], " "))
		}
		slices.SortFunc(out, cmp.Compare)
		return out
	}
	if diff := gocmp.Diff([]string{"m0 TagResource p/a/x", "m1 CreateSecret p/b/z"}, brief(v.tally.doubled)); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff([]string{"m1 CreateSecret p/a/y", "m1 PutSecretValue p/a/x"}, brief(v.vain)); diff != "" {
		t.Error(diff)
	}
	if v.moves != 2 || v.drifts != 4 || v.stood != 5*time.Second || len(v.standing()) != 1 {
		t.Errorf("%s; %v", v, v.standing())
	}
}
