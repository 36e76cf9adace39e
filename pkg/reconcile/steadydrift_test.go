package reconcile

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/internal/sandbox"
	"ecs-reconciler/internal/sandbox/sandboxtest"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// byHand is something done behind the back of a Reconciler that has seen all
// there is, to the objects of task-0001.
type byHand struct {
	name   string
	do     func(t *testing.T, cfg aws.Config)
	kind   resource.Type
	action resource.Action
	reason resource.Reason
}

const hand = "task-0001"

// newestOf is a family's newest revision with its tags.
func newestOf(t *testing.T, cfg aws.Config, family string) (*types.TaskDefinition, []types.Tag) {
	t.Helper()
	out, err := ecs.NewFromConfig(cfg).DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &family,
		Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}})
	must(t, err)
	return out.TaskDefinition, out.Tags
}

// register makes a revision like the newest one, with another image.
func register(t *testing.T, cfg aws.Config, tags []types.Tag) {
	t.Helper()
	d, _ := newestOf(t, cfg, hand)
	d.ContainerDefinitions[0].Image = aws.String("example.org/theirs:1")
	_, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{Family: d.Family, NetworkMode: d.NetworkMode,
		ContainerDefinitions: d.ContainerDefinitions, Cpu: d.Cpu, Memory: d.Memory, RequiresCompatibilities: d.RequiresCompatibilities,
		TaskRoleArn: d.TaskRoleArn, ExecutionRoleArn: d.ExecutionRoleArn, Tags: tags})
	must(t, err)
}

func doneByHand() []byHand {
	untag := func(keys ...string) func(*testing.T, aws.Config) {
		return func(t *testing.T, cfg aws.Config) {
			d, _ := newestOf(t, cfg, hand)
			_, err := ecs.NewFromConfig(cfg).UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: d.TaskDefinitionArn, TagKeys: keys})
			must(t, err)
		}
	}
	return []byHand{
		{"another's revision", func(t *testing.T, cfg aws.Config) { register(t, cfg, nil) }, "task_definition", resource.Update, resource.Drift},
		{"another's revision with our tags", func(t *testing.T, cfg aws.Config) {
			_, tags := newestOf(t, cfg, hand)
			register(t, cfg, tags)
		}, "task_definition", resource.Update, resource.Drift},
		{"a tag taken off", untag("team"), "task_definition", resource.Update, resource.Drift},
		{"the owner tag taken off", untag(spec.TagOwner), "task_definition", resource.Update, resource.Adopted},
		{"the applied tag taken off", untag(spec.TagApplied), "task_definition", resource.Update, resource.Drift},
		{"a tag changed", func(t *testing.T, cfg aws.Config) {
			d, _ := newestOf(t, cfg, hand)
			_, err := ecs.NewFromConfig(cfg).TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: d.TaskDefinitionArn, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("mine")}}})
			must(t, err)
		}, "task_definition", resource.Update, resource.Drift},
		{"deregistered", func(t *testing.T, cfg aws.Config) {
			d, _ := newestOf(t, cfg, hand)
			_, err := ecs.NewFromConfig(cfg).DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: d.TaskDefinitionArn})
			must(t, err)
		}, "task_definition", resource.Create, resource.Missing},
		{"a secret put", func(t *testing.T, cfg aws.Config) {
			_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("fleet/" + hand + ".env"), SecretString: aws.String("A=mine")})
			must(t, err)
		}, "secret", resource.Update, resource.Drift},
		{"a policy changed", func(t *testing.T, cfg aws.Config) {
			_, err := iam.NewFromConfig(cfg).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String(hand), PolicyName: aws.String("ecs-reconciler"),
				PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)})
			must(t, err)
		}, "role", resource.Update, resource.Drift},
	}
}

// clock is moved by hand.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

// lateness is how late the lists of a late sandbox are.
const lateness = time.Minute

// watched is a converged fleet in a sandbox, late or not, and a Reconciler that
// has seen it twice.
func watched(t *testing.T, late bool) (*Reconciler, aws.Config, *spec.Deployment, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	server, cfg := sandboxtest.New(t, func(o *sandbox.Options) {
		o.Now = func() time.Time { return c.now }
		if late {
			o.Lag, o.Seed = lateness, 7
		}
	})
	d := fleet(t, 5)
	s := connect(t, server)
	r := realKinds(s.Config, s.Gate)
	converge(t, r, d)
	c.pass(2 * lateness)
	cycle(t, r, d)
	cycle(t, r, d)
	return r, cfg, d, c
}

// TestDriftIsSeenInTheNextCycle: what is kept from cycle to cycle hides nothing,
// once the lists know of it, and is put back.
func TestDriftIsSeenInTheNextCycle(t *testing.T) {
	for _, late := range []bool{false, true} {
		for _, c := range doneByHand() {
			r, cfg, d, clock := watched(t, late)
			c.do(t, cfg)
			if late {
				clock.pass(2 * lateness)
			}
			p, err := r.Plan(t.Context(), d, Scope{})
			must(t, err)
			writes := 0
			for _, s := range p.Steps {
				if !s.Action.Writes() {
					continue
				}
				writes++
				if s.Key.Type != c.kind || s.Action != c.action || s.Reason != c.reason {
					t.Errorf("%s, late %v: %s is %s for %s, want %s for %s", c.name, late, s.Key, s.Action, s.Reason, c.action, c.reason)
				}
			}
			if writes != 1 {
				t.Errorf("%s, late %v: %d changes are planned", c.name, late, writes)
			}
			o := options()
			o.Adopt = true
			for _, res := range r.Apply(t.Context(), p, o) {
				if res.Status != apply.Done {
					t.Errorf("%s, late %v: %s is %s: %v", c.name, late, res.Key, res.Status, res.Err)
				}
			}
			for range 3 { // while the lists still show what was there before
				cycle(t, r, d)
				clock.pass(lateness / 3)
			}
		}
	}
}

// TestAListIsAskedOnlyWhereItSpares: beside a few tasks of ours, an account full
// of others' revisions is not read through again and again.
func TestAListIsAskedOnlyWhereItSpares(t *testing.T) {
	d := fleet(t, 5)
	server, cfg := sandboxtest.New(t)
	s := connect(t, server)
	r := realKinds(s.Config, s.Gate)
	converge(t, r, d)
	for range 500 {
		_, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{Family: aws.String("others"),
			ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("i"), Memory: aws.Int32(64)}}})
		must(t, err)
	}
	cycle(t, r, d)
	before := s.Calls.Counts()
	cycle(t, r, d)
	now := s.Calls.Counts()
	if lists, reads := now["ecs:ListTaskDefinitions"]-before["ecs:ListTaskDefinitions"], now["ecs:DescribeTaskDefinition"]-before["ecs:DescribeTaskDefinition"]; lists != 0 || reads != 5 {
		t.Errorf("%d pages are read and %d revisions", lists, reads)
	}
}
