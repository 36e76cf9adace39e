package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/fault"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/daemon/status"
	"ecs-reconciler/pkg/reconcile/suspension"
	"ecs-reconciler/pkg/spec"
)

func TestAnotherWriterIsLeftAloneAfterThreeCorrections(t *testing.T) {
	simulate(t, 1, func(o *Options) { o.Interval = 30 * time.Second }, func(w *world) {
		roles := iam.NewFromConfig(sandboxtest.Config(w.server, region))
		meddle := func(i int) {
			if _, err := roles.UpdateAssumeRolePolicy(context.Background(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("task-0000"),
				PolicyDocument: aws.String(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"S%d","Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, i))}); err != nil {
				t.Fatal(err)
			}
			w.pass(30 * time.Second)
		}
		w.happened()
		for i := range maxCorrections {
			meddle(i)
		}
		if diff := cmp.Diff([]string{"corrected task-0000", "corrected task-0000", "corrected task-0000", "drift task-0000", "drift task-0000", "drift task-0000"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		meddle(9)
		w.pass(time.Minute)
		if diff := cmp.Diff([]string{"drift task-0000", "fought task-0000"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if c := w.condition("task-0000", status.Drifted); c.Status != status.True {
			t.Errorf("%+v", c)
		}
		if c := w.condition("task-0000", status.RoleSynced); !strings.Contains(c.Message, "another writer keeps changing it") {
			t.Errorf("%+v", c)
		}
		w.pass(correctionWindow)
		if diff := cmp.Diff([]string{"corrected task-0000"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNothingIsChangedOutsideOfTheWindow(t *testing.T) {
	window, err := ParseWindow("Sat,Sun 00:00-00:10") // simulated time begins at midnight, on a Saturday
	if err != nil {
		t.Fatal(err)
	}
	simulate(t, 1, func(o *Options) { o.Window = window }, func(w *world) {
		w.pass(10 * time.Minute)
		w.happened()
		w.meddle("task-0000", "A=other")
		w.pass(3 * time.Minute)
		if diff := cmp.Diff([]string{"drift fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if c := w.condition("task-0000", status.SecretsSynced); !strings.Contains(c.Message, "outside of the change window Sat,Sun 00:00-00:10") {
			t.Errorf("%+v", c)
		}
		w.pass(24 * time.Hour)
		if diff := cmp.Diff([]string{"corrected fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASuspendedTaskIsLeftAlone(t *testing.T) {
	simulate(t, 2, nil, func(w *world) {
		until := time.Now().Add(time.Hour)
		key := spec.TagSuspended + "task-0000"
		value, err := suspension.Suspension{Reason: "migration of the database", Until: &until}.Text()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.secrets().TagResource(context.Background(), &secretsmanager.TagResourceInput{SecretId: aws.String(secretOf("task-0000")),
			Tags: []smtypes.Tag{{Key: &key, Value: &value}}}); err != nil {
			t.Fatal(err)
		}
		w.happened()
		w.meddle("task-0000", "A=other")
		w.meddle("task-0001", "A=other")
		w.pass(2 * time.Minute)
		if diff := cmp.Diff([]string{"corrected fleet/task-0001.env", "drift fleet/task-0000.env", "drift fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if c := w.condition("task-0000", status.Suspended); c.Status != status.True || !strings.HasPrefix(c.Message, "migration of the database (until ") {
			t.Errorf("%+v", c)
		}
		w.pass(time.Hour)
		if diff := cmp.Diff([]string{"corrected fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTooManyWritesStopTheCycle(t *testing.T) {
	simulate(t, 3, func(o *Options) { o.MaxWrites = 9 }, func(w *world) {
		w.pass(time.Minute)
		w.happened()
		w.daemon.worked()[0].opts.MaxWrites = 2
		for _, task := range []string{"task-0000", "task-0001", "task-0002"} {
			w.meddle(task, "A=other")
		}
		w.pass(3 * time.Minute)
		if diff := cmp.Diff([]string{"drift fleet/task-0000.env", "drift fleet/task-0001.env", "drift fleet/task-0002.env", "stopped "}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if e := w.environment(); e.Conditions.Is(status.WithinLimits) {
			t.Errorf("%+v", e.Conditions)
		}
		w.meddle("task-0002", "A=task-0002")
		w.pass(time.Minute)
		if e := w.environment(); !e.Conditions.Is(status.WithinLimits) {
			t.Errorf("%+v", e.Conditions)
		}
	})
}

func TestPruningIsBounded(t *testing.T) {
	simulate(t, 3, func(o *Options) { o.Prune, o.MaxDeletes = true, 2 }, func(w *world) {
		w.happened()
		all := w.spec
		w.respec(func(d *spec.Deployment) { d.Tasks, d.Secrets, d.Roles = d.Tasks[:1], d.Secrets[:1], d.Roles[:1] })
		w.pass(time.Minute)
		if diff := cmp.Diff([]string{"stopped "}, w.happened()); diff != "" {
			t.Error(diff)
		}
		w.respec(func(d *spec.Deployment) { *d = *all })
		w.pass(time.Minute)
		w.respec(func(d *spec.Deployment) {
			d.Secrets = d.Secrets[:2]
			d.Tasks[2].EnvLocations = nil
			d.Roles[2].GrantLocations = nil
		})
		w.pass(2 * time.Minute)
		if diff := cmp.Diff([]string{"applied fleet/task-0002.env", "applied task-0002"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASharedObjectIsWrittenOnce(t *testing.T) {
	simulate(t, 2, nil, func(w *world) {
		w.respec(func(d *spec.Deployment) {
			d.Secrets[0].Tasks = []string{"task-0000", "task-0001"}
			d.Tasks[1].EnvLocations = append(d.Tasks[1].EnvLocations, d.Tasks[0].EnvLocations[0])
		})
		w.happened()
		before := w.sent("secretsmanager:PutSecretValue")
		w.meddle("task-0000", "A=other")
		w.pass(2 * time.Minute)
		if diff := cmp.Diff([]string{"corrected fleet/task-0000.env", "drift fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if n := w.sent("secretsmanager:PutSecretValue") - before; n != 1 {
			t.Errorf("%d writes", n)
		}
	})
}

func TestAFailureForGoodIsParkedUntilSomethingChanges(t *testing.T) {
	simulate(t, 2, nil, func(w *world) {
		w.fault(fault.Rule{Kind: fault.Error, Match: "secretsmanager:PutSecretValue", Code: "InvalidRequestException", Status: 400})
		w.happened()
		w.meddle("task-0000", "A=other")
		w.pass(10 * time.Minute)
		if diff := cmp.Diff([]string{"drift fleet/task-0000.env", "failed fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if n := w.sent("secretsmanager:PutSecretValue"); n != 1 {
			t.Errorf("it was tried %d times", n)
		}
		if c := w.condition("task-0000", status.SecretsSynced); c.Reason != "Failed" {
			t.Errorf("%+v", c)
		}
		w.fault()
		w.pass(10 * time.Minute)
		if n := w.sent("secretsmanager:PutSecretValue"); n != 1 {
			t.Errorf("it was tried %d times", n)
		}
		w.meddle("task-0000", "A=yet another")
		w.pass(time.Minute)
		if diff := cmp.Diff([]string{"corrected fleet/task-0000.env", "drift fleet/task-0000.env", "recovered fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatCannotBeReadIsTriedAgain(t *testing.T) {
	simulate(t, 2, func(o *Options) { o.Interval = time.Hour }, func(w *world) {
		w.happened()
		w.fault(fault.Rule{Kind: fault.Error, Match: "secretsmanager:ListSecrets", Code: "AccessDeniedException", Status: 400})
		w.respec(func(d *spec.Deployment) { d.Secrets[0].Value = spec.NewSecret("A=new") })
		w.pass(5 * time.Minute)
		if diff := cmp.Diff([]string{"failed "}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if e := w.environment(); e.Conditions.Is(status.Scanned) || len(e.Tasks) != 2 {
			t.Errorf("%+v", e)
		}
		w.fault()
		w.pass(2 * time.Minute)
		if diff := cmp.Diff([]string{"applied fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASlowTaskDelaysNoOther(t *testing.T) {
	simulate(t, 2, func(o *Options) { o.Interval = 10 * time.Second }, func(w *world) {
		w.happened()
		w.fault(fault.Rule{Kind: fault.Latency, Match: "secretsmanager:PutSecretValue", Count: 1, Delay: 5 * time.Minute})
		w.meddle("task-0000", "A=other")
		w.pass(15 * time.Second)
		w.meddle("task-0001", "A=other")
		w.pass(15 * time.Second)
		if got := w.value("task-0001"); got != "A=task-0001" {
			t.Errorf("the other secret is %q", got)
		}
		if got := w.value("task-0000"); got != "A=other" {
			t.Errorf("the slow secret is %q already", got)
		}
		w.pass(5 * time.Minute)
		if diff := cmp.Diff([]string{"corrected fleet/task-0000.env", "corrected fleet/task-0001.env", "drift fleet/task-0000.env", "drift fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnEventHasItsTaskLookedAtOnce(t *testing.T) {
	simulate(t, 3, func(o *Options) { o.Interval = time.Hour }, func(w *world) {
		w.happened()
		w.meddle("task-0001", "A=other")
		event := Change{Kind: "secret", Name: secretOf("task-0001"), Account: account, Region: region, Who: "alice"}
		other := event
		other.Account = "999999999999"
		w.daemon.Changed(other)
		w.settle()
		if diff := cmp.Diff([]string{}, w.happened()); diff != "" {
			t.Error(diff)
		}
		start := time.Now()
		w.daemon.Changed(event)
		synctest.Wait()
		if took := time.Since(start); took > 0 {
			t.Errorf("it took %s", took)
		}
		if diff := cmp.Diff([]string{"corrected fleet/task-0001.env", "drift fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if who := w.environment().History[0].Who; who != "alice" {
			t.Errorf("it was %q", who)
		}
	})
}

func TestALostLeaseStopsWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _ := sandboxtest.New(t)
		lost := errors.New("the lease is lost")
		w := &world{t: t, server: server, board: status.NewBoard(), spec: fleet(t, 1)}
		w.daemon = New(w.options())
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.daemon.Keep(ctx, w, func() error { return lost }) }()
		w.settle()
		roles := iam.NewFromConfig(sandboxtest.Config(w.server, region))
		var none *iamtypes.NoSuchEntityException
		if _, err := roles.GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("task-0000")}); !errors.As(err, &none) {
			t.Errorf("the role was made: %v", err)
		}
		if e := w.environment(); !strings.Contains(e.Tasks[0].Objects[0].Message, lost.Error()) {
			t.Errorf("%+v", e.Tasks[0].Objects)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// Lists that are late do not hide what an event tells of.
func TestAnEventIsNotLostToLateLists(t *testing.T) {
	late := func(o *sandbox.Options) { o.Lag = 2 * time.Minute }
	simulate(t, 3, func(o *Options) { o.Interval = time.Hour }, func(w *world) {
		w.pass(10 * time.Minute)
		w.happened()
		w.meddle("task-0001", "A=other")
		roles := iam.NewFromConfig(sandboxtest.Config(w.server, region))
		if _, err := roles.UpdateAssumeRolePolicy(context.Background(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("task-0002"),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)}); err != nil {
			t.Fatal(err)
		}
		w.daemon.Changed(Change{Kind: "secret", Name: secretOf("task-0001"), Account: account, Region: region, Who: "alice"})
		w.daemon.Changed(Change{Kind: "role", Name: "task-0002", Account: account, Who: "bob"})
		w.settle()
		if diff := cmp.Diff([]string{"corrected fleet/task-0001.env", "corrected task-0002", "drift fleet/task-0001.env", "drift task-0002"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	}, late)
}

// What is planned from a scan that began before another task's write ended is
// not carried out.
func TestASharedObjectThatWasWrittenMeanwhileIsLookedAtAgain(t *testing.T) {
	for name, slow := range map[string]fault.Rule{
		"while it is written":    {Kind: fault.Latency, Match: "secretsmanager:PutSecretValue", Count: 1, Delay: 20 * time.Second},
		"by a scan that is late": {Kind: fault.Latency, Match: "iam:GetRole", After: time.Second, Delay: 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, 3, func(o *Options) { o.Interval = time.Hour }, func(w *world) {
				w.respec(func(d *spec.Deployment) {
					d.Secrets[0].Tasks = []string{"task-0000", "task-0001"}
					d.Tasks[1].EnvLocations = append(d.Tasks[1].EnvLocations, d.Tasks[0].EnvLocations[0])
				})
				w.happened()
				before := w.sent("secretsmanager:PutSecretValue")
				w.fault(fault.Rule{Kind: fault.Latency, Match: "secretsmanager:PutSecretValue", Count: 1, Delay: 2 * time.Second}, slow)
				w.meddle("task-0000", "A=other")
				w.daemon.Changed(Change{Kind: "task_definition", Name: "task-0000", Account: account, Region: region})
				time.Sleep(1500 * time.Millisecond)
				w.daemon.Changed(Change{Kind: "task_definition", Name: "task-0001", Account: account, Region: region})
				w.pass(2 * time.Minute)
				if diff := cmp.Diff([]string{"corrected fleet/task-0000.env", "drift fleet/task-0000.env"}, w.happened()); diff != "" {
					t.Error(diff)
				}
				if n := w.sent("secretsmanager:PutSecretValue") - before; n != 1 {
					t.Errorf("%d writes", n)
				}
			})
		})
	}
}

func TestNothingIsDeletedWhileSomethingFails(t *testing.T) {
	simulate(t, 2, func(o *Options) { o.Prune = true }, func(w *world) {
		w.fault(fault.Rule{Kind: fault.Error, Match: "secretsmanager:PutSecretValue", Code: "InvalidRequestException", Status: 400})
		w.meddle("task-0000", "A=other")
		w.happened()
		w.respec(func(d *spec.Deployment) {
			d.Secrets = d.Secrets[:1]
			d.Tasks[1].EnvLocations = nil
			d.Roles[1].GrantLocations = nil
		})
		w.pass(3 * time.Minute)
		if diff := cmp.Diff([]string{"applied task-0001", "drift fleet/task-0000.env", "failed fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		w.fault()
		w.meddle("task-0000", "A=yet another")
		w.pass(3 * time.Minute)
		if got := w.happened(); !slices.Contains(got, "applied fleet/task-0001.env") || !slices.Contains(got, "corrected fleet/task-0000.env") {
			t.Errorf("%v", got)
		}
	})
}

// The token of a put tells without a read whether it is drift: one of somebody
// else's is, and one that proves what the spec wants is no news, whoever put it.
func TestTheTokenOfAPutTellsWithoutARead(t *testing.T) {
	simulate(t, 2, func(o *Options) { o.Interval = time.Hour }, func(w *world) {
		w.pass(time.Minute)
		out, err := w.secrets().GetSecretValue(context.Background(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(secretOf("task-0001"))})
		if err != nil {
			t.Fatal(err)
		}
		event := Change{Kind: "secret", Name: secretOf("task-0001"), Account: account, Region: region, Who: "a pipeline", Token: aws.ToString(out.VersionId)}
		w.happened()
		cycles, calls := len(w.cycles), total(w.calls.Counts())
		w.daemon.Changed(event)
		w.settle()
		if len(w.cycles) != cycles || total(w.calls.Counts()) != calls || len(w.happened()) > 0 {
			t.Errorf("our own put had %d cycles and %d calls made", len(w.cycles)-cycles, total(w.calls.Counts())-calls)
		}
		w.fault(fault.Rule{Kind: fault.Latency, Delay: 10 * time.Second})
		w.meddle("task-0001", "A=other")
		event.Who, event.Token = "alice", "0bb77580-78dc-4729-a98a-38cb038beb18"
		w.daemon.Changed(event)
		synctest.Wait() // no time passes, so that nothing was answered
		if diff := cmp.Diff([]string{"drift fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		w.pass(3 * time.Minute)
		if diff := cmp.Diff([]string{"corrected fleet/task-0001.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
	})
}

// production is a world under another name.
type production struct{ *world }

// Name is that of the environment.
func (production) Name() string { return "production" }

func TestASlowEnvironmentDelaysNoOther(t *testing.T) {
	simulate(t, 1, nil, func(w *world) {
		server, _ := sandboxtest.New(w.t)
		slow := &world{t: w.t, server: server, board: w.board, spec: fleet(w.t, 1)}
		slow.fault(fault.Rule{Kind: fault.Latency, Delay: time.Hour})
		ctx, stop := context.WithCancel(w.t.Context())
		kept := make(chan error, 1)
		go func() { kept <- w.daemon.Keep(ctx, production{slow}, nil) }()
		w.happened()
		w.pass(2 * time.Minute)
		w.meddle("task-0000", "A=other")
		w.pass(time.Minute)
		if diff := cmp.Diff([]string{"corrected fleet/task-0000.env", "drift fleet/task-0000.env"}, w.happened()); diff != "" {
			t.Error(diff)
		}
		if err := w.daemon.Ready(); err == nil || !strings.Contains(err.Error(), "production was not read yet") {
			t.Errorf("ready: %v", err)
		}
		stop()
		if err := <-kept; err != nil {
			t.Error(err)
		}
	})
}
