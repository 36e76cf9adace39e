package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"ecs-reconciler/pkg/awsapi"
	"ecs-reconciler/pkg/reconcile"
	"ecs-reconciler/pkg/reconcile/apply"
	"ecs-reconciler/pkg/reconcile/kind/all"
	"ecs-reconciler/pkg/reconcile/resource"
	"ecs-reconciler/pkg/spec"
)

// lived is a Reconciler that lives on, in one process with the test, and the
// session that it goes through.
type lived struct {
	*reconcile.Reconciler
	session *awsapi.Session
	d       *spec.Deployment
}

// live converges a few tasks in an account, and plans them twice.
func live(t *testing.T, c *cloud) lived {
	t.Helper()
	s, err := awsapi.Open(t.Context(), awsapi.Options{Region: region, Static: true})
	if err != nil {
		t.Fatal(err)
	}
	k := c.keys()
	s.Config.BaseEndpoint, s.Config.Credentials = &c.url, credentials.NewStaticCredentialsProvider(k.id, k.secret, k.token)
	l := lived{session: s, d: few(t, c.account)}
	l.Reconciler = &reconcile.Reconciler{Gate: s.Gate, Kinds: all.Kinds(s.Config, all.Options{Parallelism: 4, Wait: func(string) {}, Sleep: pause, Pause: pause})}
	l.converge(t)
	for range 2 {
		if got := l.changes(t); len(got) > 0 {
			t.Fatalf("%v is planned right after the apply", got)
		}
	}
	return l
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// few are tasks, each with a secret, a role and a task definition.
func few(t *testing.T, account string) *spec.Deployment {
	t.Helper()
	d := &spec.Deployment{Project: "few", Environment: "staging", AccountID: account, Partition: "aws", Region: region, Tags: map[string]string{"team": "data"}}
	for i := range 4 {
		name := fmt.Sprintf("steady-%d", i)
		arn := "arn:aws:secretsmanager:" + region + ":" + account + ":secret:few/" + name
		location, err := spec.ParseLocation(arn)
		if err != nil {
			t.Fatal(err)
		}
		role := "arn:aws:iam::" + account + ":role/" + name
		d.Secrets = append(d.Secrets, spec.ManagedSecret{Name: "few/" + name, Value: spec.NewSecret("A=" + name), Tasks: []string{name}})
		d.Roles = append(d.Roles, spec.ManagedRole{ARN: role, Path: "/", Name: name, Grant: true, GrantLocations: []spec.Location{location}, Tasks: []string{name}})
		d.Tasks = append(d.Tasks, spec.Task{Name: name, RoleARN: role, EnvLocations: []spec.EnvLocation{{Location: arn, Secret: "few/" + name}},
			TaskDefinition: spec.Document{"family": name, "containerDefinitions": []any{map[string]any{"name": "main", "image": "example.org/ours:1", "memory": 64}}}})
	}
	return d
}

func (l lived) converge(t *testing.T) {
	t.Helper()
	p, err := l.Plan(t.Context(), l.d, reconcile.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range l.Apply(t.Context(), p, apply.Options{Parallelism: 4, Adopt: true, Now: time.Now, Sleep: pause}) {
		if res.Status != apply.Done {
			t.Fatalf("%s is %s: %v", res.Key, res.Status, res.Err)
		}
	}
}

// changes are the objects that the next cycle would write.
func (l lived) changes(t *testing.T) []resource.Key {
	t.Helper()
	p, err := l.Plan(t.Context(), l.d, reconcile.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	var out []resource.Key
	for _, s := range p.Steps {
		if s.Action.Writes() {
			out = append(out, s.Key)
		}
	}
	return out
}

// TestALivingReconcilerSeesDrift: it keeps what it has read, and yet sees in its
// next cycle what was done by hand, on emulators that others wrote too.
func TestALivingReconcilerSeesDrift(t *testing.T) {
	for _, target := range []string{moto, ministack, sandbox} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			l := live(t, newCloud(t, target))
			for i, by := range []func(*testing.T, string){l.registerByHand, l.untagByHand, l.deregisterByHand} {
				family := fmt.Sprintf("steady-%d", i)
				by(t, family)
				l.wants(t, resource.Key{Type: "task_definition", Name: family})
			}
			l.putByHand(t, "few/steady-1")
			l.wants(t, resource.Key{Type: "secret", Name: "few/steady-1"})
			l.openByHand(t, "steady-2")
			l.wants(t, resource.Key{Type: "role", Name: "steady-2"})
		})
	}
}

// wants the next cycle to put back one object, and the one after it nothing.
func (l lived) wants(t *testing.T, key resource.Key) {
	t.Helper()
	if got := l.changes(t); len(got) != 1 || got[0] != key {
		t.Errorf("the next cycle changes %v, want %s", got, key)
	}
	l.converge(t)
	if got := l.changes(t); len(got) > 0 {
		t.Errorf("the cycle after %s changes %v", key, got)
	}
}

// TestARoleIsAssumedWithWhatItWants: emulators take the external id and the tags
// as AWS does.
func TestARoleIsAssumedWithWhatItWants(t *testing.T) {
	for _, target := range []string{moto, ministack, sandbox} {
		t.Run(target, func(t *testing.T) {
			c := newCloud(t, target)
			for _, entry := range c.environ() {
				name, value, _ := strings.Cut(entry, "=")
				t.Setenv(name, value)
			}
			c.boto3(t, "iam", "create_role", arguments{"RoleName": "deployer", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:iam::` + c.account + `:root"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`})
			s, err := awsapi.Open(t.Context(), awsapi.Options{Region: region, AssumeRoleARN: c.roleARN("deployer"), SessionName: "reconciler",
				ExternalID: "for-us", SessionTags: map[string]string{"team": "data"}})
			if err != nil {
				t.Fatal(err)
			}
			caller, err := s.Caller(t.Context())
			if err != nil || caller.AccountID != c.account || !strings.Contains(caller.ARN, "assumed-role/deployer/reconciler") {
				t.Errorf("the caller is %+v, %v", caller, err)
			}
		})
	}
}

// hand opens the gate for what is done by hand, and closes it.
func (l lived) hand(t *testing.T, do func(aws.Config) error) {
	t.Helper()
	l.session.Gate.Open()
	defer l.session.Gate.Close()
	if err := do(l.session.Config); err != nil {
		t.Fatal(err)
	}
}

func (l lived) newest(t *testing.T, family string) *string {
	t.Helper()
	out, err := ecs.NewFromConfig(l.session.Config).DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: &family})
	if err != nil {
		t.Fatal(err)
	}
	return out.TaskDefinition.TaskDefinitionArn
}

func (l lived) registerByHand(t *testing.T, family string) {
	l.hand(t, func(cfg aws.Config) error {
		_, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{Family: &family,
			ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("example.org/theirs:1"), Memory: aws.Int32(64)}}})
		return err
	})
}

func (l lived) untagByHand(t *testing.T, family string) {
	arn := l.newest(t, family)
	l.hand(t, func(cfg aws.Config) error {
		_, err := ecs.NewFromConfig(cfg).UntagResource(t.Context(), &ecs.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"team"}})
		return err
	})
}

func (l lived) deregisterByHand(t *testing.T, family string) {
	arn := l.newest(t, family)
	l.hand(t, func(cfg aws.Config) error {
		_, err := ecs.NewFromConfig(cfg).DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: arn})
		return err
	})
}

func (l lived) putByHand(t *testing.T, name string) {
	l.hand(t, func(cfg aws.Config) error {
		_, err := secretsmanager.NewFromConfig(cfg).PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: aws.String("A=mine")})
		return err
	})
}

func (l lived) openByHand(t *testing.T, role string) {
	l.hand(t, func(cfg aws.Config) error {
		_, err := iam.NewFromConfig(cfg).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &role, PolicyName: aws.String("ecs-reconciler"), PolicyDocument: aws.String(openPolicy)})
		return err
	})
}
